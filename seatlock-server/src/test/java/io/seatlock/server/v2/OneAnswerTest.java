package io.seatlock.server.v2;

import static io.seatlock.server.testing.V2TestServer.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.testing.V2TestServer;
import io.seatlock.server.testing.V2TestServer.Client;
import io.seatlock.testkit.MemoryLog;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One id has one answer, whatever is on its way and whatever is said against the request by then;
 * with a limit of one lock for the address.
 */
@Timeout(60)
class OneAnswerTest {

  private MemoryLog log = MemoryLog.create();
  private V2TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new V2TestServer(ShowSettings.DEFAULT, 1, log, 1);
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

  private static String reason(JsonObject message) {
    return message.get("reason").getAsString();
  }

  private static String code(JsonObject message) {
    return message.get("code").getAsString();
  }

  // --- on its way

  /** The second one was refused before the first one was granted. */
  @Test
  void sameIdWhileItIsOnItsWay_hasTheSameAnswerAfterwards() {
    Client me = kiosk();
    log.hold();
    for (int i = 0; i < 3; i++) {
      me.send("{'action':'lock','id':1,'seats':['A1']}");
    }
    me.send("{'action':'lock','id':1,'seats':['A2']}");
    me.expectNothing();
    assertThat(log.held()).isEqualTo(1);
    log.release();
    for (int i = 0; i < 3; i++) {
      assertThat(me.next("lockedForYou").get("seq").getAsLong()).isEqualTo(1);
    }
    assertThat(code(me.next("error"))).isEqualTo("idReused");
    me.expectNothing();
    assertThat(server.show("main").snapshot().seats(SeatStatus.LOCKED)).containsExactly("A1");
  }

  @Test
  void sameIdWhileItIsOnItsWay_isBusyIfTheFirstOneIs() {
    Client me = kiosk();
    log.hold();
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.expectNothing();
    log.fail(new IOException("the disk is full"));
    for (int i = 0; i < 2; i++) {
      assertThat(code(me.next("error"))).isEqualTo("busy");
    }
  }

  /** It was refused for a lock whose end was on its way before it. */
  @Test
  void lockBehindAnUnlock_atTheLimit_waitsForItAndIsGranted() {
    Client me = kiosk();
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    log.hold();
    me.send("{'action':'unlock','id':2,'seats':['A1']}");
    me.send("{'action':'lock','id':3,'seats':['A2']}");
    me.send("{'action':'lock','id':4,'seats':['A3']}");
    awaitHeld(1);
    log.release();
    assertThat(me.next("unlockedForYou").get("id").getAsInt()).isEqualTo(2);
    assertThat(me.next("lockedForYou").get("id").getAsInt()).isEqualTo(3);
    assertThat(me.next("refused").get("id").getAsInt()).isEqualTo(4);
  }

  @Test
  void classic_lockBehindAnUnlock_atTheLimit_waitsForItAndIsGranted() {
    Client me = server.classic("main");
    me.next("startstate");
    me.send("{'action':'lock','seat':'A1'}");
    me.next("lockedForYou");
    log.hold();
    me.send("{'action':'unlock','seat':'A1'}");
    me.send("{'action':'lock','seat':'A2'}");
    me.send("{'action':'lock','seat':'A3'}");
    awaitHeld(1);
    log.release();
    me.expect("{'event':'unlockedForYou','data':'A1'}");
    me.expect("{'event':'lockedForYou','data':'A2'}");
    me.expect("{'event':'limitReached','data':'A3'}");
  }

  /** More than a session remembers would be more than it could answer again. */
  @Test
  void requests_beyondWhatASessionRemembers_waitUntilOthersAreAnswered() {
    Client me = kiosk();
    log.hold();
    for (int i = 0; i < 600; i++) {
      me.send("{'action':'extend','id':%d}", i);
    }
    awaitHeld(256);
    log.release();
    for (int i = 0; i < 600; i++) {
      assertThat(me.next("refused").get("id").getAsInt()).isEqualTo(i);
    }
    me.expectNothing();
  }

  // --- answered before

  @Test
  void refusalForALimitOfTheAddress_isRememberedLikeAnyOther() throws IOException {
    Client me = server.v2("main");
    String token = me.hello(null).get("session").getAsString();
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    me.send("{'action':'lock','id':2,'seats':['A2','A3']}");
    JsonObject refused = me.next("refused");
    assertThat(reason(refused)).isEqualTo("limitReached");
    me.send("{'action':'unlock','id':3,'seats':['A1']}");
    me.next("unlockedForYou");
    me.send("{'action':'lock','id':2,'seats':['A2','A3']}");
    assertThat(me.next()).isEqualTo(refused);
    me.send("{'action':'unlockAll','id':2}");
    assertThat(code(me.next("error"))).isEqualTo("idReused");
    restart();
    Client again = server.v2("main");
    again.send("{'action':'hello','id':0,'session':'%s'}", token);
    again.next("welcome");
    again.next("startstate");
    again.send("{'action':'lock','id':2,'seats':['A2','A3']}");
    assertThat(again.next()).isEqualTo(refused);
  }

  /** It was answered busy, which says that nothing was done. */
  @Test
  void sameIdWhileTheLogTakesNothing_isAnsweredAgain() {
    Client me = server.v2("main");
    me.hello(KEY);
    me.send("{'action':'pay','id':17,'seats':['A1']}");
    JsonObject paid = me.next("paid");
    log.refuse("away");
    me.send("{'action':'pay','id':17,'seats':['A1']}");
    assertThat(me.next()).isEqualTo(paid);
    me.send("{'action':'pay','id':18,'seats':['A2']}");
    assertThat(code(me.next("error"))).isEqualTo("busy");
  }

  // --- what is counted

  /** Each restart gave the address its whole quota anew. */
  @Test
  void locksOfASessionThatComesBackAfterARestart_countAgain() throws IOException {
    Client me = server.v2("main");
    String token = me.hello(null).get("session").getAsString();
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    restart();
    Client again = server.v2("main");
    again.send("{'action':'hello','id':0,'session':'%s'}", token);
    again.next("welcome");
    again.next("startstate");
    again.send("{'action':'lock','id':2,'seats':['A2']}");
    assertThat(reason(again.next("refused"))).isEqualTo("limitReached");
    Client other = kiosk();
    other.send("{'action':'lock','id':1,'seats':['A3']}");
    assertThat(reason(other.next("refused"))).isEqualTo("limitReached");
    // It comes back once more, and is counted once.
    Client oncemore = server.v2("main");
    oncemore.send("{'action':'hello','id':0,'session':'%s'}", token);
    oncemore.next("welcome");
    oncemore.next("startstate");
    oncemore.send("{'action':'unlock','id':3,'seats':['A1']}");
    oncemore.next("unlockedForYou");
    other.next("unlocked");
    other.send("{'action':'lock','id':2,'seats':['A3']}");
    other.next("lockedForYou");
  }
}
