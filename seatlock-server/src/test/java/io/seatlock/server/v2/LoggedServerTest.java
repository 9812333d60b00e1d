package io.seatlock.server.v2;

import static io.seatlock.server.testing.V2TestServer.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.seatlock.core.Command;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.server.testing.V2TestServer;
import io.seatlock.server.testing.V2TestServer.Client;
import io.seatlock.testkit.MemoryLog;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose log the test holds, refuses and restarts, from the outside. */
@Timeout(60)
class LoggedServerTest {

  private MemoryLog log = MemoryLog.create();
  private V2TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new V2TestServer(ShowSettings.DEFAULT, 2, log);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void restart() throws IOException {
    server.stop();
    log = log.reopened();
    start();
  }

  private Client kiosk() {
    Client client = server.v2("main");
    client.hello(null);
    return client;
  }

  private void awaitHeld(int count) {
    await().until(() -> log.held() == count);
  }

  private static String text(JsonObject message, String field) {
    return message.get(field).getAsString();
  }

  private List<Snapshot.Session> sessions() {
    return server.show("main").snapshot().sessions();
  }

  // --- hello

  @Test
  void hello_isAnsweredWhenTheSessionIsInTheLog_andWhatCameMeanwhileAfterIt() {
    log.hold();
    Client client = server.v2("main");
    client.send("{'action':'hello','id':1}");
    client.send("{'action':'lock','id':2,'seats':['A1']}");
    client.send("{'action':'ping','id':3}");
    awaitHeld(1);
    assertThat(sessions()).isEmpty();
    log.release();
    client.next("welcome");
    client.next("startstate");
    List<String> rest = List.of(text(client.next(), "event"), text(client.next(), "event"));
    assertThat(rest).containsExactlyInAnyOrder("lockedForYou", "pong");
  }

  @Test
  void hello_whileTheLogTakesNothing_isBusyAndCanBeSaidAgain() {
    log.refuse("away");
    Client client = server.v2("main");
    client.send("{'action':'hello','id':1}");
    client.send("{'action':'lock','id':2,'seats':['A1']}");
    assertThat(text(client.next("error"), "code")).isEqualTo("busy");
    assertThat(text(client.next("error"), "message")).contains("hello");
    log.accept();
    client.hello(null);
    client.send("{'action':'lock','id':2,'seats':['A1']}");
    client.next("lockedForYou");
  }

  /** They were invalid, and ten of them closed the connection for good. */
  @Test
  void hello_busyWithManyRequestsBehindIt_makesThemBusyToo() {
    log.refuse("away");
    Client client = server.v2("main");
    client.send("{'action':'hello','id':0}");
    for (int i = 1; i <= 20; i++) {
      client.send("{'action':'lock','id':%d,'seats':['A1']}", i);
    }
    for (int i = 0; i <= 20; i++) {
      JsonObject busy = client.next("error");
      assertThat(text(busy, "code")).isEqualTo("busy");
      assertThat(busy.get("id").getAsInt()).isEqualTo(i);
    }
    log.accept();
    client.hello(null);
    client.expectNothing();
  }

  @Test
  void hello_connectionLostBeforeItIsAnswered_leavesNoSessionBehindThatHasAConnection() {
    log.hold();
    Client client = server.v2("main");
    client.send("{'action':'hello','id':1}");
    awaitHeld(1);
    client.drop();
    Client other = server.v2("main"); // its hello is held, too: then the first one's end was seen
    other.send("{'action':'hello','id':1}");
    awaitHeld(2);
    log.release();
    other.next("welcome");
    await().until(() -> sessions().stream().filter(s -> s.connection() == null).count() == 1);
  }

  // --- rules

  @Test
  void restart_withOtherRules_givesThemToTheShowsThatThereAre() throws IOException {
    Client before = kiosk();
    before.send("{'action':'lock','id':1,'seats':['A1','A2']}");
    before.next("lockedForYou");
    server.stop();
    log = log.reopened();
    server = new V2TestServer(ShowSettings.DEFAULT.withMaxLocks(1), 2, log);
    Client after = kiosk();
    after.send("{'action':'lock','id':1,'seats':['B1','B2']}");
    assertThat(text(after.next("refused"), "reason")).isEqualTo("limitReached");
    assertThat(server.show("main").snapshot().seats(SeatStatus.LOCKED)).containsExactly("A1", "A2");
  }

  // --- actions

  @Test
  void actions_whileTheLogTakesNothing_areBusyAndTheMapIsServed() {
    Client kiosk = kiosk();
    kiosk.send("{'action':'lock','id':1,'seats':['A1']}");
    kiosk.next("lockedForYou");
    log.refuse("away");
    kiosk.send("{'action':'lock','id':2,'seats':['A2']}");
    JsonObject busy = kiosk.next("error");
    assertThat(text(busy, "code")).isEqualTo("busy");
    assertThat(text(busy, "id")).isEqualTo("2");
    kiosk.send("{'action':'bye','id':3}");
    assertThat(text(kiosk.next("error"), "code")).isEqualTo("busy");
    kiosk.send("{'action':'state','id':4}");
    assertThat(kiosk.next("startstate").get("locked").toString()).isEqualTo("[\"A1\"]");
    log.accept();
    kiosk.send("{'action':'lock','id':2,'seats':['A2']}");
    kiosk.next("lockedForYou");
  }

  @Test
  void classic_whileTheLogTakesNothing_isToldBusyAndCanLockAfterwards() {
    log.refuse("away");
    Client client = server.classic("main");
    client.next("startstate");
    client.send("{'action':'lock','seat':'A1'}");
    client.expect("{'event':'busy','data':'A1'}");
    log.accept();
    client.send("{'action':'lock','seat':'A1'}");
    client.expect("{'event':'lockedForYou','data':'A1'}");
  }

  @Test
  void classic_thatOnlyLooks_leavesNothingInTheLog() {
    Client client = server.classic("main");
    client.next("startstate");
    client.send("{'action':'reserve','seat':'A1','authorizationString':'%s'}", KEY);
    client.expect("{'event':'reserved','data':'A1'}");
    client.drop();
    Client kiosk = server.classic("main");
    kiosk.next("startstate");
    kiosk.send("{'action':'unlock','seat':'A1'}");
    kiosk.expect("{'event':'notYours','data':'A1'}");
    assertThat(log.entries("main"))
        .extracting(entry -> entry.command().getClass().getSimpleName())
        .containsExactly("Sale", "OpenSession", "Unlock");
  }

  @Test
  void answer_waitsForTheLog_andBroadcastsToo() {
    Client author = kiosk();
    Client watcher = kiosk();
    log.hold();
    author.send("{'action':'lock','id':1,'seats':['A1']}");
    awaitHeld(1);
    author.expectNothing();
    watcher.expectNothing();
    log.release();
    author.next("lockedForYou");
    watcher.next("locked");
  }

  @Test
  void action_ofWhichNobodyKnows_isNotAnsweredHereButByTheNextServer() throws Exception {
    Client kiosk = server.v2("main");
    String token = text(kiosk.hello(null), "session");
    log.hold();
    kiosk.send("{'action':'lock','id':1,'seats':['A1']}");
    awaitHeld(1);
    log.lose(true);
    kiosk.expectNothing();
    restart();
    Client again = server.v2("main");
    again.send("{'action':'hello','id':0,'session':'%s'}", token);
    again.next("welcome");
    again.next("startstate");
    again.send("{'action':'lock','id':1,'seats':['A1']}");
    assertThat(again.next("lockedForYou").get("seq").getAsLong()).isEqualTo(1);
  }

  // --- restarts and other nodes

  @Test
  void restart_v2ResumesItsSessionWithItsLocks_classicLocksAreFree() throws Exception {
    Client kiosk = server.v2("main");
    String token = text(kiosk.hello(null), "session");
    kiosk.send("{'action':'lock','id':1,'seats':['A1']}");
    kiosk.next("lockedForYou");
    Client classic = server.classic("main");
    classic.next("startstate");
    classic.send("{'action':'lock','seat':'B1'}");
    classic.expect("{'event':'lockedForYou','data':'B1'}");
    restart();
    Client again = server.v2("main");
    again.send("{'action':'hello','id':0,'session':'%s'}", token);
    JsonObject welcome = again.next("welcome");
    assertThat(welcome.get("resumed").getAsBoolean()).isTrue();
    assertThat(welcome.get("locks").toString()).isEqualTo("[\"A1\"]");
    assertThat(again.next("startstate").get("locked").toString()).isEqualTo("[\"A1\"]");
    again.send("{'action':'lock','id':1,'seats':['A1']}");
    assertThat(again.next("lockedForYou").get("seq").getAsLong()).isEqualTo(1);
  }

  @Test
  void sessionTakenOverOnAnotherNode_closesTheConnectionHere() {
    Client kiosk = server.v2("main");
    String token = text(kiosk.hello(null), "session");
    SessionToken known = SessionToken.parse(token).orElseThrow();
    server
        .show("main")
        .apply(new Command.ResumeSession(known.holder(), known.credential(), "elsewhere/1"));
    assertThat(kiosk.closeCode()).isEqualTo(4001);
    await().until(() -> server.show("main").snapshot().sessions().size() == 1);
    assertThat(sessions().get(0).connection()).isEqualTo("elsewhere/1");
  }

  /** A server that had stood still read, and did, what its client had asked elsewhere since. */
  @Test
  void request_ofAConnectionThatLostTheSession_isNeitherDoneNorAnswered() {
    Client kiosk = server.v2("main");
    String token = text(kiosk.hello(null), "session");
    SessionToken known = SessionToken.parse(token).orElseThrow();
    log.hold();
    server
        .show("main")
        .apply(
            new Command.ResumeSession(known.holder(), known.credential(), "elsewhere/1"),
            result -> {});
    kiosk.send("{'action':'lock','id':1,'seats':['A1']}");
    kiosk.send("{'action':'bye','id':2}");
    awaitHeld(3);
    log.release();
    assertThat(kiosk.closeCode()).isEqualTo(4001);
    kiosk.expectNoMore();
    assertThat(server.show("main").snapshot().seats(SeatStatus.LOCKED)).isEmpty();
    assertThat(sessions()).singleElement().extracting("connection").isEqualTo("elsewhere/1");
  }

  @Test
  void takeover_withARequestOnItsWay_isDoneOnce_andAnsweredAgainOnTheNewConnection() {
    Client first = server.v2("main");
    String token = text(first.hello(null), "session");
    log.hold();
    first.send("{'action':'lock','id':1,'seats':['A1']}");
    awaitHeld(1);
    Client second = server.v2("main");
    second.send("{'action':'hello','id':0,'session':'%s'}", token);
    awaitHeld(2);
    log.release();
    assertThat(first.next("lockedForYou").get("seq").getAsLong()).isEqualTo(1);
    assertThat(first.closeCode()).isEqualTo(4001);
    assertThat(second.next("welcome").get("locks").toString()).isEqualTo("[\"A1\"]");
    second.next("startstate");
    second.send("{'action':'lock','id':1,'seats':['A1']}");
    assertThat(second.next("lockedForYou").get("seq").getAsLong()).isEqualTo(1);
    second.expectNothing();
  }

  @Test
  void changeThatNoAnswerTells_isToldToItsAuthorAsToEveryone() {
    Client kiosk = server.v2("main");
    String holder = text(kiosk.hello(null), "holder");
    Client watcher = kiosk();
    // As if the holder had asked another node for it and come here meanwhile.
    server.show("main").applyEventually(Command.pay("A1").by(holder));
    for (Client client : List.of(kiosk, watcher)) {
      client.expect("{'event':'paid','seq':1,'seats':['A1']}");
    }
    kiosk.send("{'action':'lock','id':1,'seats':['A2']}");
    kiosk.next("lockedForYou");
    kiosk.expectNothing();
  }

  @Test
  void log_thatCannotGoOn_endsTheServer() {
    log.fail(new IOException("the disk is full"));
    await().until(() -> !server.failures().isEmpty());
    assertThat(server.failures().get(0)).hasMessage("the disk is full");
  }

  @Test
  void stop_putsTheEndOfEveryConnectionIntoTheLog() throws Exception {
    Client classic = server.classic("main");
    classic.next("startstate");
    classic.send("{'action':'lock','seat':'A1'}");
    classic.expect("{'event':'lockedForYou','data':'A1'}");
    kiosk();
    restart();
    assertThat(server.show("main").snapshot().seats(SeatStatus.LOCKED)).isEmpty();
    assertThat(sessions()).singleElement().satisfies(s -> assertThat(s.connection()).isNull());
  }
}
