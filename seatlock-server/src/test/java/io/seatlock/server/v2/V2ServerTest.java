package io.seatlock.server.v2;

import static io.seatlock.server.testing.V2TestServer.Client.without;
import static io.seatlock.server.testing.V2TestServer.KEY;
import static io.seatlock.server.testing.V2TestServer.json;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.V2TestServer;
import io.seatlock.server.testing.V2TestServer.Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The v2 dialect from the outside: a server, sockets and JSON. */
class V2ServerTest {

  private static final ShowSettings SETTINGS = ShowSettings.DEFAULT.withMaxLocks(300);

  private V2TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new V2TestServer(SETTINGS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void restart(ShowSettings settings, int selectors) throws IOException {
    server.close();
    server = new V2TestServer(settings, selectors);
  }

  private Client kiosk() {
    Client client = server.v2("main");
    client.hello(null);
    return client;
  }

  private Client backend() {
    Client client = server.v2("main");
    client.hello(KEY);
    return client;
  }

  private static String text(JsonObject message, String field) {
    return message.get(field).getAsString();
  }

  // --- hello

  @Test
  void hello_newSession_isWelcomedAndToldTheState() {
    Client client = server.v2("hamlet");
    client.send("{'action':'hello','id':'first'}");
    JsonObject welcome = client.next("welcome");
    String token = text(welcome, "session");
    String holder = text(welcome, "holder");
    assertThat(token).matches("[0-9a-f]{20}\\.[0-9a-f]{40}").startsWith(holder + ".");
    assertThat(welcome)
        .isEqualTo(
            json(
                "{'event':'welcome','id':'first','session':'%s','holder':'%s','show':'hamlet',"
                    + "'seq':0,'resumed':false,'locks':[],'limits':{'maxLocks':300,"
                    + "'timeLimitMillis':600000,'maxTimeMillis':1800000,'graceMillis':30000},"
                    + "'role':'kiosk'}",
                token, holder));
    client.expect(
        "{'event':'startstate','seq':0,'locked':[],'reserved':[],'paid':[],'blocked':[],"
            + "'yours':[]}");
  }

  @Test
  void hello_everyStatus_isInTheStartstate() {
    Client backend = backend();
    backend.send("{'action':'reserve','id':1,'seats':['R1']}");
    backend.send("{'action':'pay','id':2,'seats':['P1','P2']}");
    backend.send("{'action':'block','id':3,'seats':['B1']}");
    backend.send("{'action':'lock','id':4,'seats':['L2','L1']}");
    backend.send("{'action':'state','id':5}");
    for (int i = 0; i < 4; i++) {
      backend.next();
    }
    backend.expect(
        "{'event':'startstate','id':5,'seq':4,'locked':['L2','L1'],'reserved':['R1'],"
            + "'paid':['P1','P2'],'blocked':['B1'],'yours':['L2','L1']}");
    Client other = server.v2("main");
    other.send("{'action':'hello','id':1}");
    other.next("welcome");
    other.expect(
        "{'event':'startstate','seq':4,'locked':['L2','L1'],'reserved':['R1'],"
            + "'paid':['P1','P2'],'blocked':['B1'],'yours':[]}");
  }

  @Test
  void hello_pipelinedWithALock_isWelcomedFirst() {
    Client client = server.v2("main");
    client.send("{'action':'hello','id':1}");
    client.send("{'action':'lock','id':2,'seats':['A1']}");
    client.next("welcome");
    client.next("startstate");
    assertThat(text(client.next("lockedForYou"), "id")).isEqualTo("2");
  }

  @Test
  void hello_wrongKey_isUnauthorizedAndMayTryAgain() {
    Client client = server.v2("main");
    client.send("{'action':'hello','id':1,'key':'wrong'}");
    client.expect(
        "{'event':'error','id':1,'code':'unauthorized','message':'This key opens nothing.'}");
    client.send("{'action':'lock','id':2,'seats':['A1']}");
    assertThat(text(client.next("error"), "code")).isEqualTo("invalid");
    assertThat(text(client.hello(KEY), "role")).isEqualTo("backend");
  }

  @Test
  void hello_notFirstOrTwice_isInvalid() {
    Client client = server.v2("main");
    client.send("{'action':'ping','id':1}");
    client.expect(
        "{'event':'error','id':1,'code':'invalid','message':'The first message must be hello.'}");
    client.hello(null);
    client.send("{'action':'hello','id':2}");
    client.expect(
        "{'event':'error','id':2,'code':'invalid','message':'There was a hello already.'}");
  }

  // --- what a holder does

  @Test
  void lock_isToldToItsAuthorAndToTheOthers() {
    Client me = kiosk();
    Client other = kiosk();
    me.send("{'action':'lock','id':1,'seats':['A1','A2']}");
    assertThat(without("expiresInMillis", me.next(), 590_000, 600_000))
        .isEqualTo(json("{'event':'lockedForYou','id':1,'seq':1,'seats':['A1','A2']}"));
    other.expect("{'event':'locked','seq':1,'seats':['A1','A2']}");
    me.send("{'action':'lock','id':2,'seats':['A1','A3']}");
    assertThat(without("expiresInMillis", me.next(), 590_000, 600_000))
        .isEqualTo(json("{'event':'lockedForYou','id':2,'seq':2,'seats':['A1','A3']}"));
    other.expect("{'event':'locked','seq':2,'seats':['A3']}");
    me.send("{'action':'lock','id':3,'seats':['A1']}");
    assertThat(without("expiresInMillis", me.next(), 590_000, 600_000))
        .isEqualTo(json("{'event':'lockedForYou','id':3,'seq':2,'seats':['A1']}"));
    other.expectNothing();
    me.expectNothing();
  }

  @Test
  void unlock_isToldToItsAuthorAndToTheOthers() {
    Client me = kiosk();
    Client other = kiosk();
    me.send("{'action':'lock','id':1,'seats':['A1','A2','A3']}");
    me.next("lockedForYou");
    other.next("locked");
    me.send("{'action':'unlock','id':2,'seats':['A2']}");
    me.expect("{'event':'unlockedForYou','id':2,'seq':2,'seats':['A2']}");
    other.expect("{'event':'unlocked','seq':2,'seats':['A2']}");
    me.send("{'action':'unlockAll','id':3}");
    me.expect("{'event':'unlockedForYou','id':3,'seq':3,'seats':['A1','A3']}");
    other.expect("{'event':'unlocked','seq':3,'seats':['A1','A3']}");
    me.send("{'action':'unlockAll','id':4}");
    me.expect("{'event':'unlockedForYou','id':4,'seq':3,'seats':[]}");
    other.expectNothing();
  }

  @Test
  void lock_oneSeatTaken_refusesAllAndNamesEachReason() {
    Client me = backend();
    Client other = kiosk();
    other.send("{'action':'lock','id':1,'seats':['A2']}");
    other.next("lockedForYou");
    me.next("locked");
    me.send("{'action':'pay','id':1,'seats':['A3']}");
    me.next("paid");
    me.send("{'action':'lock','id':2,'seats':['A1','A2','A3']}");
    me.expect(
        "{'event':'refused','id':2,'reason':'alreadyLocked',"
            + "'seats':{'A2':'alreadyLocked','A3':'alreadyPaid'}}");
    me.send("{'action':'unlock','id':3,'seats':['A2','A1']}");
    me.expect(
        "{'event':'refused','id':3,'reason':'notYours',"
            + "'seats':{'A2':'notYours','A1':'alreadyUnlocked'}}");
    me.send("{'action':'state','id':4}");
    assertThat(me.next("startstate").get("locked").toString()).isEqualTo("[\"A2\"]");
  }

  @Test
  void lock_moreThanAHolderMayHave_isRefused() throws IOException {
    restart(SETTINGS.withMaxLocks(2), 1);
    Client me = kiosk();
    me.send("{'action':'lock','id':1,'seats':['A1','A2','A3']}");
    me.expect("{'event':'refused','id':1,'reason':'limitReached','seats':{'A3':'limitReached'}}");
  }

  @Test
  void extend_startsTheTimeLimitAnewUpToTheCap() throws IOException {
    restart(SETTINGS.withTimeLimit(Duration.ofMinutes(2)).withMaxTime(Duration.ofMinutes(2)), 1);
    Client me = kiosk();
    me.send("{'action':'extend','id':1}");
    me.expect("{'event':'refused','id':1,'reason':'nothingLocked','seats':{}}");
    me.send("{'action':'lock','id':2,'seats':['A1']}");
    me.next("lockedForYou");
    me.send("{'action':'extend','id':3}");
    me.expect("{'event':'refused','id':3,'reason':'limitReached','seats':{}}");
    restart(SETTINGS, 1);
    Client other = kiosk();
    other.send("{'action':'lock','id':2,'seats':['A1']}");
    other.next("lockedForYou");
    other.send("{'action':'extend','id':3}");
    assertThat(without("expiresInMillis", other.next(), 590_000, 600_000))
        .isEqualTo(json("{'event':'extended','id':3}"));
    other.expectNothing();
  }

  // --- what the backend does

  @ParameterizedTest
  @CsvSource({
    "'',        reserve,   reserved",
    "reserve,   unreserve, unreserved",
    "'',        pay,       paid",
    "reserve,   pay,       paid",
    "pay,       unpay,     unpaid",
    "reserve,   revoke,    unreserved",
    "pay,       revoke,    unpaid",
    "'',        block,     blocked",
    "block,     unblock,   unblocked"
  })
  void sale_isToldToEveryoneAndToItsAuthorWithTheId(String before, String action, String event) {
    Client me = backend();
    Client other = kiosk();
    if (!before.isEmpty()) {
      me.send("{'action':'%s','id':'before','seats':['A1','A2']}", before);
      me.next();
      other.next();
    }
    int seq = before.isEmpty() ? 1 : 2;
    me.send("{'action':'%s','id':1,'seats':['A1','A2'],'reason':'why not'}", action);
    me.expect("{'event':'%s','id':1,'seq':%d,'seats':['A1','A2']}", event, seq);
    other.expect("{'event':'%s','seq':%d,'seats':['A1','A2']}", event, seq);
    me.send("{'action':'%s','id':1,'seats':['A1','A2'],'reason':'why not'}", action);
    me.expect("{'event':'%s','id':1,'seq':%d,'seats':['A1','A2']}", event, seq);
    other.expectNothing();
    me.expectNothing();
  }

  @ParameterizedTest
  @CsvSource({
    "reserve,   alreadyPaid",
    "pay,       alreadyPaid",
    "unreserve, notReserved",
    "block,     alreadyPaid",
    "unblock,   alreadyPaid",
    "lock,      alreadyPaid",
    "unlock,    notYours"
  })
  void action_onAPaidSeat_isRefused(String action, String reason) {
    Client me = backend();
    me.send("{'action':'pay','id':1,'seats':['A1']}");
    me.next("paid");
    me.send("{'action':'%s','id':2,'seats':['A1']}", action);
    me.expect("{'event':'refused','id':2,'reason':'%s','seats':{'A1':'%s'}}", reason, reason);
  }

  @Test
  void block_ofBlockedSeats_isAnsweredThoughNothingChanges() {
    Client me = backend();
    Client other = kiosk();
    me.send("{'action':'unblock','id':1,'seats':['A1']}");
    me.expect("{'event':'unblocked','id':1,'seq':0,'seats':['A1']}");
    me.send("{'action':'block','id':2,'seats':['A1']}");
    me.expect("{'event':'blocked','id':2,'seq':1,'seats':['A1']}");
    me.send("{'action':'block','id':3,'seats':['A1']}");
    me.expect("{'event':'blocked','id':3,'seq':1,'seats':['A1']}");
    other.expect("{'event':'blocked','seq':1,'seats':['A1']}");
    other.expectNothing();
  }

  @Test
  void revoke_ofReservedAndPaidSeats_isToldAsTwoChangesOfWhichTheLastAnswers() {
    Client me = backend();
    me.send("{'action':'reserve','id':1,'seats':['A1']}");
    me.send("{'action':'pay','id':2,'seats':['A2']}");
    me.next("reserved");
    me.next("paid");
    me.send("{'action':'revoke','id':3,'seats':['A1','A2']}");
    me.expect("{'event':'unreserved','seq':3,'seats':['A1']}");
    me.expect("{'event':'unpaid','id':3,'seq':4,'seats':['A2']}");
  }

  /** The seat is somebody else's by the time the payment comes. */
  @Test
  void pay_holderConditionAfterTheLockPassedOn_isRefused() {
    Client slow = server.v2("main");
    String slowHolder = text(slow.hello(null), "holder");
    Client quick = server.v2("main");
    String quickHolder = text(quick.hello(null), "holder");
    Client backend = backend();
    slow.send("{'action':'lock','id':1,'seats':['A1']}");
    slow.next("lockedForYou");
    slow.send("{'action':'unlock','id':2,'seats':['A1']}");
    slow.next("unlockedForYou");
    backend.next("locked");
    backend.next("unlocked");
    backend.send("{'action':'pay','id':1,'seats':['A1'],'holder':'%s'}", slowHolder);
    backend.expect(
        "{'event':'refused','id':1,'reason':'alreadyUnlocked','seats':{'A1':'alreadyUnlocked'}}");
    quick.next("locked");
    quick.next("unlocked");
    quick.send("{'action':'lock','id':1,'seats':['A1']}");
    quick.next("lockedForYou");
    backend.next("locked");
    backend.send("{'action':'pay','id':2,'seats':['A1'],'holder':'%s'}", slowHolder);
    backend.expect("{'event':'refused','id':2,'reason':'notYours','seats':{'A1':'notYours'}}");
    backend.send(
        "{'action':'pay','id':3,'seats':['A1'],'holder':'%s','ref':'order 17'}", quickHolder);
    backend.expect("{'event':'paid','id':3,'seq':4,'seats':['A1']}");
    quick.expect("{'event':'paid','seq':4,'seats':['A1']}");
  }

  @Test
  void reserve_withADueTime_endsThen() {
    Client me = backend();
    Client other = kiosk();
    me.send("{'action':'reserve','id':1,'seats':['A1'],'due':'%s'}", Instant.now().plusMillis(300));
    me.next("reserved");
    other.next("reserved");
    me.expect("{'event':'unreserved','seq':2,'seats':['A1']}");
    other.expect("{'event':'unreserved','seq':2,'seats':['A1']}");
  }

  // --- roles

  @ParameterizedTest
  @ValueSource(strings = {"reserve", "unreserve", "pay", "unpay", "revoke", "block", "unblock"})
  void privilegedAction_withoutKey_isForbiddenAndChangesNothing(String action) {
    Client me = kiosk();
    me.send("{'action':'%s','id':1,'seats':['A1']}", action);
    me.expect(
        "{'event':'error','id':1,'code':'forbidden',"
            + "'message':'The role kiosk may not do that.'}");
    me.send("{'action':'state','id':2}");
    assertThat(me.next("startstate").get("seq").getAsLong()).isZero();
  }

  // --- sessions that outlive their connection

  @Test
  void hello_sinceWithinTheLog_isToldExactlyWhatWasMissed() {
    Client me = server.v2("main");
    String token = text(me.hello(null), "session");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    Client other = backend();
    me.drop();
    other.send("{'action':'lock','id':1,'seats':['B1']}");
    other.send("{'action':'pay','id':2,'seats':['B1']}");
    other.next("lockedForYou");
    other.next("paid");
    Client again = server.v2("main");
    again.send("{'action':'hello','id':9,'session':'%s','since':1}", token);
    JsonObject welcome = without("expiresInMillis", again.next("welcome"), 500_000, 600_000);
    assertThat(text(welcome, "session")).isEqualTo(token);
    assertThat(welcome.get("resumed").getAsBoolean()).isTrue();
    assertThat(welcome.get("locks").toString()).isEqualTo("[\"A1\"]");
    assertThat(welcome.get("seq").getAsLong()).isEqualTo(3);
    again.expect("{'event':'locked','seq':2,'seats':['B1']}");
    again.expect("{'event':'paid','seq':3,'seats':['B1']}");
    again.send("{'action':'unlock','id':2,'seats':['A1']}");
    again.expect("{'event':'unlockedForYou','id':2,'seq':4,'seats':['A1']}");
  }

  @Test
  void hello_sinceNow_isToldNothingBefore() {
    Client me = server.v2("main");
    String token = text(me.hello(null), "session");
    kiosk();
    me.drop();
    Client again = server.v2("main");
    again.send("{'action':'hello','id':9,'session':'%s','since':0}", token);
    again.next("welcome");
    again.expectNothing();
  }

  /** What happened before any v2 client came is in no log. */
  @ParameterizedTest
  @ValueSource(strings = {",'since':0", ",'since':1", ",'since':999", ""})
  void hello_sinceUnknownOrNotGiven_isToldTheState(String since) {
    Client classic = server.classic("main");
    classic.send("{'action':'lock','seat':'B1'}");
    classic.send("{'action':'unlock','seat':'B1'}");
    classic.next("startstate");
    classic.next("lockedForYou");
    classic.next("unlockedForYou");
    Client me = server.v2("main");
    String token = text(me.hello(null), "session");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    Client again = server.v2("main");
    again.send("{'action':'hello','id':9,'session':'%s'%s}", token, since);
    again.next("welcome");
    again.expect(
        "{'event':'startstate','seq':3,'locked':['A1'],'reserved':[],'paid':[],"
            + "'blocked':[],'yours':['A1']}");
  }

  @Test
  void hello_tokenOfNoSession_opensANewOne() {
    Client me = server.v2("main");
    String token = text(me.hello(null), "session");
    for (String wrong :
        List.of("", "x", ".", token + "0", token.replace('.', 'x'), token.substring(0, 60))) {
      Client other = server.v2("main");
      other.send("{'action':'hello','id':1,'session':'%s'}", wrong);
      JsonObject welcome = other.next("welcome");
      assertThat(welcome.get("resumed").getAsBoolean()).as(wrong).isFalse();
      assertThat(text(welcome, "session")).isNotEqualTo(token);
      other.next("startstate");
    }
    Client elsewhere = server.v2("hamlet");
    elsewhere.send("{'action':'hello','id':1,'session':'%s'}", token);
    assertThat(elsewhere.next("welcome").get("resumed").getAsBoolean()).isFalse();
    me.expectNothing();
  }

  @Test
  void hello_tokenOfALiveSession_takesItOverAndClosesTheFirst() {
    Client first = server.v2("main");
    String token = text(first.hello(null), "session");
    first.send("{'action':'lock','id':1,'seats':['A1']}");
    first.next("lockedForYou");
    Client second = server.v2("main");
    second.send("{'action':'hello','id':1,'session':'%s'}", token);
    assertThat(second.next("welcome").get("locks").toString()).isEqualTo("[\"A1\"]");
    second.next("startstate");
    assertThat(first.closeCode()).isEqualTo(4001);
    second.send("{'action':'unlock','id':2,'seats':['A1']}");
    second.expect("{'event':'unlockedForYou','id':2,'seq':2,'seats':['A1']}");
  }

  @Test
  void hello_manyAtOnceWithOneToken_leavesExactlyOneOnTheSession() throws Exception {
    restart(SETTINGS.withGrace(Duration.ofMillis(300)), 2);
    Client first = server.v2("main");
    String token = text(first.hello(null), "session");
    first.send("{'action':'lock','id':1,'seats':['A1']}");
    first.next("lockedForYou");
    List<Client> rivals = IntStream.range(0, 12).mapToObj(i -> server.v2("main")).toList();
    rivals.parallelStream()
        .forEach(rival -> rival.send("{'action':'hello','id':1,'session':'%s'}", token));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> rivals.stream().filter(Client::isClosed).count() == 11);
    assertThat(first.closeCode()).isEqualTo(4001);
    Client left = rivals.stream().filter(rival -> !rival.isClosed()).findFirst().orElseThrow();
    left.next("welcome");
    left.next("startstate");
    Thread.sleep(600);
    left.send("{'action':'lock','id':2,'seats':['A2']}");
    assertThat(without("expiresInMillis", left.next(), 0, 600_000))
        .isEqualTo(json("{'event':'lockedForYou','id':2,'seq':2,'seats':['A2']}"));
  }

  @Test
  void drop_notResumedWithinTheGrace_unlocks() throws IOException {
    restart(SETTINGS.withGrace(Duration.ofMillis(400)), 1);
    Client other = kiosk();
    Client me = server.v2("main");
    String token = text(me.hello(null), "session");
    me.send("{'action':'lock','id':1,'seats':['A1','A2']}");
    me.next("lockedForYou");
    other.next("locked");
    long dropped = System.nanoTime();
    me.drop();
    other.expect("{'event':'unlocked','seq':2,'seats':['A1','A2']}");
    assertThat(Duration.ofNanos(System.nanoTime() - dropped)).isGreaterThan(Duration.ofMillis(399));
    Client again = server.v2("main");
    again.send("{'action':'hello','id':1,'session':'%s'}", token);
    assertThat(again.next("welcome").get("resumed").getAsBoolean()).isFalse();
  }

  @Test
  void bye_endsTheSessionAtOnce() {
    Client other = kiosk();
    Client me = server.v2("main");
    String token = text(me.hello(null), "session");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    other.next("locked");
    me.send("{'action':'bye','id':2}");
    me.expect("{'event':'goodbye','id':2}");
    assertThat(me.closeCode()).isEqualTo(1000);
    other.expect("{'event':'unlocked','seq':2,'seats':['A1']}");
    Client again = server.v2("main");
    again.send("{'action':'hello','id':1,'session':'%s'}", token);
    assertThat(again.next("welcome").get("resumed").getAsBoolean()).isFalse();
  }

  // --- at most once

  @Test
  void sameIdAgain_overAReconnect_isAnsweredAgainAndChangesNothing() {
    Client me = server.v2("main");
    String token = text(me.hello(KEY), "session");
    me.send("{'action':'pay','id':'p1','seats':['A1'],'ref':'order 17'}");
    me.expect("{'event':'paid','id':'p1','seq':1,'seats':['A1']}");
    Client other = backend();
    other.send("{'action':'unpay','id':1,'seats':['A1']}");
    other.next("unpaid");
    me.drop();
    Client again = server.v2("main");
    again.send("{'action':'hello','id':1,'key':'%s','session':'%s'}", KEY, token);
    again.next("welcome");
    again.next("startstate");
    again.send("{'action':'pay','id':'p1','seats':['A1'],'ref':'order 17'}");
    again.expect("{'event':'paid','id':'p1','seq':1,'seats':['A1']}");
    other.expectNothing();
    again.send("{'action':'pay','id':'p1','seats':['A2'],'ref':'order 17'}");
    assertThat(text(again.next("error"), "code")).isEqualTo("idReused");
    again.send("{'action':'pay','id':'p1','seats':['A1'],'ref':'order 18'}");
    assertThat(text(again.next("error"), "code")).isEqualTo("idReused");
  }

  /** It was answered {@code unreserved}. */
  @Test
  void sameIdAgain_revokeOfAPaidSeat_isAnsweredUnpaidAgain() {
    Client me = backend();
    me.send("{'action':'pay','id':1,'seats':['A1']}");
    me.next("paid");
    for (int i = 0; i < 2; i++) {
      me.send("{'action':'revoke','id':2,'seats':['A1']}");
      me.expect("{'event':'unpaid','id':2,'seq':2,'seats':['A1']}");
    }
  }

  /** It was answered {@code unpaid} with the reserved seat, too. */
  @Test
  void sameIdAgain_revokeOfReservedAndPaidSeats_isAnsweredWithTheLastChangeAgain() {
    Client me = backend();
    me.send("{'action':'reserve','id':1,'seats':['R1']}");
    me.next("reserved");
    me.send("{'action':'pay','id':2,'seats':['P1']}");
    me.next("paid");
    me.send("{'action':'revoke','id':3,'seats':['R1','P1']}");
    me.expect("{'event':'unreserved','seq':3,'seats':['R1']}");
    for (int i = 0; i < 2; i++) {
      me.expect("{'event':'unpaid','id':3,'seq':4,'seats':['P1']}");
      me.send("{'action':'revoke','id':3,'seats':['R1','P1']}");
    }
    me.expect("{'event':'unpaid','id':3,'seq':4,'seats':['P1']}");
    me.expectNothing();
  }

  @Test
  void sameIdAgain_blockOfWhichSomeWereBlocked_isAnsweredWithTheSameSeatsAgain() {
    Client me = backend();
    me.send("{'action':'block','id':1,'seats':['A1']}");
    me.next("blocked");
    for (int i = 0; i < 2; i++) {
      me.send("{'action':'block','id':2,'seats':['A1','A2']}");
      me.expect("{'event':'blocked','id':2,'seq':2,'seats':['A2']}");
    }
  }

  @Test
  void sameIdAgain_lock_tellsHowLongTheLocksLastNow() {
    Client me = kiosk();
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.next("lockedForYou");
    me.send("{'action':'unlockAll','id':2}");
    me.next("unlockedForYou");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    me.expect("{'event':'lockedForYou','id':1,'seq':1,'seats':['A1'],'expiresInMillis':0}");
  }

  @Test
  void sameIdAgain_withARoleThatMayNot_isAnsweredAgain_andOtherwiseForbidden() {
    Client me = server.v2("main");
    String token = text(me.hello(KEY), "session");
    me.send("{'action':'pay','id':17,'seats':['A1']}");
    me.next("paid");
    Client again = server.v2("main");
    again.send("{'action':'hello','id':0,'session':'%s'}", token);
    assertThat(text(again.next("welcome"), "role")).isEqualTo("kiosk");
    again.next("startstate");
    again.send("{'action':'pay','id':17,'seats':['A1']}");
    again.expect("{'event':'paid','id':17,'seq':1,'seats':['A1']}");
    again.send("{'action':'pay','id':17,'seats':['A2']}");
    assertThat(text(again.next("error"), "code")).isEqualTo("idReused");
    again.send("{'action':'pay','id':18,'seats':['A2']}");
    assertThat(text(again.next("error"), "code")).isEqualTo("forbidden");
    again.send("{'action':'state','id':19}");
    assertThat(again.next("startstate").get("paid").toString()).isEqualTo("[\"A1\"]");
  }

  @Test
  void sameIdAgain_refused_isRefusedAgain() {
    Client me = kiosk();
    Client other = kiosk();
    other.send("{'action':'lock','id':1,'seats':['A1']}");
    other.next("lockedForYou");
    me.next("locked");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    JsonObject refused = me.next("refused");
    other.send("{'action':'unlockAll','id':2}");
    me.next("unlocked");
    me.send("{'action':'lock','id':1,'seats':['A1']}");
    assertThat(me.next()).isEqualTo(refused);
  }

  // --- time

  @Test
  void timeLimit_isWarnedOfAndThenDeletes() throws IOException {
    restart(
        SETTINGS.withTimeLimit(Duration.ofMillis(800)).withWarnBefore(Duration.ofMillis(400)), 1);
    Client other = kiosk();
    Client me = kiosk();
    me.send("{'action':'lock','id':1,'seats':['A1','A2']}");
    me.next("lockedForYou");
    other.next("locked");
    assertThat(without("expiresInMillis", me.next(), 1, 400))
        .isEqualTo(json("{'event':'expiring','seats':['A1','A2']}"));
    me.expect("{'event':'deleted','seq':2,'seats':['A1','A2']}");
    other.expect("{'event':'unlocked','seq':2,'seats':['A1','A2']}");
  }

  // --- the server goes away

  /** Half of those who obeyed came back after their sessions had ended. */
  @Test
  void close_withAShortGrace_asksEveryoneBackBeforeItEnds() throws IOException {
    restart(SETTINGS.withGrace(Duration.ofMillis(40)), 1);
    List<Client> all = IntStream.range(0, 20).mapToObj(i -> kiosk()).toList();
    server.stop();
    all.forEach(client -> without("retryAfterMillis", client.next("goingAway"), 0, 20));
  }

  @Test
  void close_tellsEveryoneWhenToComeBackAndCloses1012() {
    Client me = kiosk();
    Client silent = server.v2("main");
    server.stop();
    without("retryAfterMillis", me.next("goingAway"), 0, 10_000);
    assertThat(me.closeCode()).isEqualTo(1012);
    silent.next("goingAway");
    assertThat(silent.closeCode()).isEqualTo(1012);
  }

  // --- both dialects

  @Test
  void bothDialects_onOneShow_seeEachOthersChanges() {
    Client classic = server.classic("main");
    classic.expect("{'event':'startstate','data':{'locked':[],'reserved':[],'paid':[]}}");
    Client v2 = backend();
    v2.send("{'action':'lock','id':1,'seats':['A1','A2']}");
    v2.next("lockedForYou");
    classic.expect("{'event':'locked','data':'A1'}");
    classic.expect("{'event':'locked','data':'A2'}");
    classic.send("{'action':'lock','seat':'A1'}");
    classic.expect("{'event':'alreadyLocked','data':'A1'}");
    classic.send("{'action':'lock','seat':'B1'}");
    classic.expect("{'event':'lockedForYou','data':'B1'}");
    v2.expect("{'event':'locked','seq':2,'seats':['B1']}");
    v2.send("{'action':'pay','id':2,'seats':['A1','B1']}");
    v2.next("paid");
    classic.expect("{'event':'paid','data':'A1'}");
    classic.expect("{'event':'paid','data':'B1'}");
    v2.send("{'action':'block','id':3,'seats':['C1']}");
    v2.next("blocked");
    classic.expect("{'event':'reserved','data':'C1'}");
    classic.send("{'action':'revoke','seat':'A1','authorizationString':'%s'}", KEY);
    classic.expect("{'event':'unpaid','data':'A1'}");
    v2.expect("{'event':'unpaid','seq':5,'seats':['A1']}");
    v2.send("{'action':'bye','id':4}");
    classic.expect("{'event':'unlocked','data':'A2'}");
  }

  // --- what is not understood

  static Stream<String> invalid() {
    return Stream.of(
        "x",
        "[]",
        "{'id':7,'action':'fly'}",
        "{'id':7}",
        "{'action':'lock','seats':['A1']}",
        "{'id':7,'action':'lock'}",
        "{'id':7,'action':'lock','seats':[]}",
        "{'id':7,'action':'lock','seats':['A 1']}",
        "{'id':7,'action':'lock','seats':['A1','A1']}",
        "{'id':7,'action':'lock','seats':['']}");
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void invalidMessage_isAnsweredWithItsIdAndForgiven(String message) {
    Client me = kiosk();
    me.send(message);
    JsonObject error = me.next("error");
    assertThat(text(error, "code")).isEqualTo("invalid");
    assertThat(error.has("id")).isEqualTo(message.contains("'id'"));
    assertThat(text(error, "message")).endsWith(".");
    me.expectNothing();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "unreserve, 'due':'2099-01-01T00:00:00Z'",
        "pay,       'due':'2099-01-01T00:00:00Z'",
        "unpay,     'ref':'order 17'",
        "block,     'holder':'h1'",
        "reserve,   'due':'1969-01-01T00:00:00Z'"
      })
  void sale_withAFieldThatItCannotHave_isInvalid(String action, String field) {
    Client me = backend();
    me.sendRaw(
        "{\"action\":\"%s\",\"id\":1,\"seats\":[\"A1\"],%s}"
            .formatted(action, field.replace('\'', '"')));
    JsonObject error = me.next("error");
    assertThat(text(error, "code")).isEqualTo("invalid");
    assertThat(text(error, "id")).isEqualTo("1");
  }

  @Test
  void tenInvalidMessagesInARow_close1008() {
    Client me = kiosk();
    for (int i = 0; i < 9; i++) {
      me.send("x");
      me.next("error");
    }
    me.expectNothing();
    for (int i = 0; i < 9; i++) {
      me.send("x");
    }
    me.sendBinary();
    for (int i = 0; i < 10; i++) {
      me.next("error");
    }
    assertThat(me.closeCode()).isEqualTo(1008);
  }

  @Test
  void moreThan200Seats_areTooLarge() {
    Client me = kiosk();
    me.send("{'action':'lock','id':1,'seats':[%s]}", seats(201, 3));
    me.expect(
        "{'event':'error','id':1,'code':'tooLarge',"
            + "'message':'An action may name at most 200 seats.'}");
    me.send("{'action':'lock','id':2,'seats':[%s]}", seats(200, 3));
    me.next("lockedForYou");
  }

  @Test
  void hello_understood_forgivesWhatWasInvalidBefore() {
    Client me = server.v2("main");
    for (int i = 0; i < 9; i++) {
      me.send("x");
      me.next("error");
    }
    me.hello(null);
    me.send("x");
    me.next("error");
    me.expectNothing();
  }

  private static String seats(int count, int length) {
    return seats(count, length, 0);
  }

  private static String seats(int count, int length, int from) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> "'%s'".formatted(("%0" + length + "d").formatted(i)))
        .collect(joining(","));
  }

  // --- a client that does not read

  /** All that one read had brought was answered at once, and filled the memory and the loop. */
  @Test
  void clientThatAsksForTheStateAndDoesNotRead_isHeardNoFurther() throws Exception {
    Client loud = backend();
    for (int i = 0; i < 40; i++) {
      loud.send("{'action':'block','id':%d,'seats':[%s]}", i, seats(200, 60, 200 * i));
      loud.next("blocked");
    }
    int states = 1_000;
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    burst.writeBytes(RawClient.text("{\"action\":\"hello\",\"id\":0}"));
    for (int i = 0; i < states; i++) {
      burst.writeBytes(RawClient.text("{\"action\":\"state\",\"id\":" + i + "}"));
    }
    burst.writeBytes(RawClient.text("{\"action\":\"lock\",\"id\":\"l\",\"seats\":[\"A1\"]}"));
    try (RawClient deaf = RawClient.openV2(server.address(), "/main")) {
      deaf.write(burst.toByteArray());
      assertThat(deaf.next()).startsWith("{\"event\":\"welcome\"");
      loud.expectNothing();
      for (int i = -1; i < states; i++) {
        JsonObject state = JsonParser.parseString(deaf.next()).getAsJsonObject();
        assertThat(state.get("blocked").getAsJsonArray()).hasSize(8_000);
        assertThat(state.has("id") ? state.get("id").getAsInt() : -1).isEqualTo(i);
      }
      assertThat(deaf.next()).startsWith("{\"event\":\"lockedForYou\"");
      loud.next("locked");
    }
  }

  @Test
  void clientThatDoesNotRead_isToldAFreshStateWhenItReadsAgain() {
    Client deaf = server.deaf("main");
    deaf.send("{'action':'hello','id':1}");
    deaf.send("{'action':'lock','id':2,'seats':['D1']}");
    Client loud = backend();
    int rounds = 1_500;
    String seats = seats(200, 60);
    for (int i = 0; i < rounds; i++) {
      loud.send("{'action':'lock','id':'l%d','seats':[%s]}", i, seats);
      loud.send("{'action':'unlockAll','id':'u%d'}", i);
      loud.next("lockedForYou");
      loud.next("unlockedForYou");
    }
    loud.send("{'action':'pay','id':'end','seats':['P1']}");
    JsonObject end = loud.next("paid");
    deaf.read();
    deaf.next("welcome");
    deaf.next("startstate");
    deaf.next("lockedForYou");
    long seq = 0;
    List<JsonObject> states = new ArrayList<>();
    int told = 0;
    while (seq < end.get("seq").getAsLong()) {
      JsonObject message = deaf.next();
      seq = message.get("seq").getAsLong();
      if (text(message, "event").equals("startstate")) {
        states.add(message);
      } else {
        told++;
      }
    }
    assertThat(states).isNotEmpty();
    assertThat(told).isLessThan(2 * rounds);
    JsonObject state = states.get(states.size() - 1);
    assertThat(state.get("yours").toString()).isEqualTo("[\"D1\"]");
    deaf.expectNothing();
    loud.send("{'action':'pay','id':'after','seats':['P2']}");
    deaf.expect("{'event':'paid','seq':%d,'seats':['P2']}", seq + 1);
  }
}
