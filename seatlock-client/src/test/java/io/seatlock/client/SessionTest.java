package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.client.testkit.FakeSeatLockServer;
import io.seatlock.core.Command;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.v2.Encoder.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session over connections that come and go, with time moved by hand on both sides. */
class SessionTest extends ClientTestBase {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final FakeSeatLockServer server =
      closing(
          FakeSeatLockServer.start(
              ShowSettings.DEFAULT
                  .withGrace(Duration.ofMinutes(20))
                  .withWarnBefore(Duration.ofMinutes(1))));
  private final ManualTimers timers = new ManualTimers();
  private final Recorder recorder = new Recorder();
  private final SeatLockClient client = connect(builder());

  private SeatLockClient.Builder builder() {
    return SeatLockClient.builder(server.uri())
        .listener(recorder)
        .timers(timers)
        .random(new Random(1));
  }

  private void suspend() {
    server.dropConnections();
    awaitState(ConnectionState.SUSPENDED);
  }

  private void comeBack() {
    timers.pass(RETRY);
    awaitState(ConnectionState.ONLINE);
  }

  private void awaitState(ConnectionState state) {
    soon().until(() -> client.state() == state);
  }

  // --- coming back

  @Test
  void connectionLost_isSuspended_comesBack_andKeepsItsLocks() {
    granted(get(client.lock("A1")));
    String holder = client.holder();
    suspend();
    assertThat(client.seats().mine()).containsExactly("A1");
    server.show().apply(Command.pay("B1"));
    comeBack();

    assertThat(client.holder()).isEqualTo(holder);
    assertThat(client.seats().mine()).containsExactly("A1");
    assertThat(client.seats().status("B1")).isEqualTo(SeatStatus.PAID);
    // The listener hears of it a moment later.
    soon().until(() -> recorder.states.size() == 3);
    assertThat(recorder.states)
        .containsExactly(ConnectionState.ONLINE, ConnectionState.SUSPENDED, ConnectionState.ONLINE);
  }

  @Test
  void retry_waitsTwiceAsLongEachTime_andGoesOn() {
    server.refuseConnections(true);
    suspend();
    for (int i = 0; i < 20; i++) {
      timers.pass(Duration.ofSeconds(10));
    }
    assertThat(client.state()).isEqualTo(ConnectionState.SUSPENDED);
    server.refuseConnections(false);
    soon()
        .until(
            () -> {
              timers.pass(Duration.ofSeconds(10));
              return client.state() == ConnectionState.ONLINE;
            });
  }

  @Test
  void goingAway_comesBackWhenTheServerWants() {
    server.goAway(Duration.ofSeconds(7));
    awaitState(ConnectionState.SUSPENDED);
    timers.pass(Duration.ofMillis(6_999));
    assertThat(server.hellos()).isEqualTo(1);
    assertThat(client.state()).isEqualTo(ConnectionState.SUSPENDED);
    timers.pass(Duration.ofMillis(1));

    awaitState(ConnectionState.ONLINE);
  }

  @Test
  void silentServer_isNoticedInTime() {
    server.beSilent(true);
    timers.pass(Duration.ofMillis(7_500));
    assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
    timers.pass(Duration.ofMillis(7_500));
    assertThat(client.state()).isEqualTo(ConnectionState.SUSPENDED);
    server.beSilent(false);

    comeBack();
  }

  @Test
  void silentServerOnReconnect_isGivenUpAndTriedAgain() {
    suspend();
    server.beSilent(true);
    timers.pass(RETRY);
    timers.pass(Duration.ofSeconds(10)); // The connect timeout.
    server.beSilent(false);
    soon()
        .until(
            () -> {
              timers.pass(RETRY);
              return client.state() == ConnectionState.ONLINE;
            });
  }

  @Test
  void idleServer_staysOnline() {
    for (int i = 0; i < 10; i++) {
      timers.pass(Duration.ofMillis(7_499));
      get(client.extend()); // Answered after the pong.
    }

    assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
  }

  @Test
  void takenOver_isClosed_andDoesNotComeBack() {
    granted(get(client.lock("A1")));
    server.takeOver();
    awaitState(ConnectionState.CLOSED);
    timers.pass(Duration.ofMinutes(5));

    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
    assertThat(recorder.reasons.get(1)).contains("taken the session over");
    assertThat(client.seats().mine()).isEmpty();
    assertThat(server.hellos()).isEqualTo(1);
    assertThatThrownBy(() -> get(client.lock("A2"))).hasCauseInstanceOf(NotSentException.class);
  }

  @Test
  void takenOverByItsOwnLateHello_comesBack_once() {
    suspend();
    server.beSilent(true);
    timers.pass(RETRY);
    soon().until(() -> server.connections() == 1);
    timers.pass(Duration.ofSeconds(10)); // It gives up, and its hello may still be under way.
    server.beSilent(false);
    soon()
        .until(
            () -> {
              timers.pass(RETRY);
              return client.state() == ConnectionState.ONLINE;
            });
    server.takeOver();
    awaitState(ConnectionState.SUSPENDED);
    soon()
        .until(
            () -> {
              timers.pass(RETRY);
              return client.state() == ConnectionState.ONLINE;
            });
    server.takeOver();

    awaitState(ConnectionState.CLOSED);
  }

  // --- calls on the way

  @Test
  void lostAnswer_isAskedForAgain_andTheCallHappensOnce() {
    server.loseNextAnswer();
    CompletableFuture<Outcome> lock = client.lock("A1");
    awaitState(ConnectionState.SUSPENDED);
    assertThat(lock).isNotDone();
    assertThat(server.show().snapshot().seq()).isEqualTo(1);
    comeBack();

    assertThat(granted(get(lock)).seats()).containsExactly("A1");
    assertThat(server.show().snapshot().seq()).isEqualTo(1);
    assertThat(client.seats().mine()).containsExactly("A1");
  }

  @Test
  void lostRequest_isSentAgain() {
    server.beSilent(true);
    CompletableFuture<Outcome> lock = client.lock("A1");
    suspend();
    server.beSilent(false);
    assertThat(lock).isNotDone();
    comeBack();

    granted(get(lock));
    assertThat(server.show().snapshot().seq()).isEqualTo(1);
  }

  @Test
  void lostAnswer_ofALockThatHasExpiredMeanwhile_doesNotMakeTheSeatMine() {
    server.loseNextAnswer();
    CompletableFuture<Outcome> lock = client.lock("A1");
    awaitState(ConnectionState.SUSPENDED);
    server.passTime(Duration.ofMinutes(10));
    comeBack();

    assertThat(granted(get(lock)).expiresIn()).isZero();
    assertThat(client.seats().taken()).isEmpty();
    assertThat(client.seats().mine()).isEmpty();
  }

  @Test
  void lostExtend_isDoneOnReturn_andStartsTheTimeLimitAnew() {
    granted(get(client.lock("A1")));
    server.passTime(Duration.ofMinutes(8));
    server.beSilent(true);
    CompletableFuture<Outcome> extend = client.extend();
    suspend();
    server.beSilent(false);
    comeBack();

    assertThat(granted(get(extend)).expiresIn()).isEqualTo(Duration.ofMinutes(10));
    assertThat(client.seats().timeLeft()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void lostAnswerOfExtend_saysOnReturnWhatIsLeftThen() {
    granted(get(client.lock("A1")));
    server.loseNextAnswer();
    CompletableFuture<Outcome> extend = client.extend();
    awaitState(ConnectionState.SUSPENDED);
    server.passTime(Duration.ofMinutes(1));
    comeBack();

    assertThat(granted(get(extend)).expiresIn()).isEqualTo(Duration.ofMinutes(9));
    assertThat(client.seats().timeLeft()).isEqualTo(Duration.ofMinutes(9));
  }

  @Test
  void sessionGone_isLost_andUnansweredCallsAreUnknown() {
    granted(get(client.lock("A1")));
    String holder = client.holder();
    server.beSilent(true);
    CompletableFuture<Outcome> sent = client.lock("A2");
    server.forgetSessions();
    awaitState(ConnectionState.SUSPENDED);
    CompletableFuture<Outcome> waiting = client.lock("A3");
    server.beSilent(false);
    comeBack();

    assertThat(get(sent)).isInstanceOf(Outcome.Unknown.class);
    granted(get(waiting));
    assertThat(client.seats().mine()).containsExactly("A3");
    assertThat(client.holder()).isNotEqualTo(holder);
    soon().until(() -> recorder.states.size() == 4);
    assertThat(recorder.states)
        .containsExactly(
            ConnectionState.ONLINE,
            ConnectionState.SUSPENDED,
            ConnectionState.LOST,
            ConnectionState.ONLINE);
  }

  @Test
  void callWhileSuspended_waits() {
    suspend();
    CompletableFuture<Outcome> lock = client.lock("A1");
    assertThat(lock).isNotDone();
    comeBack();

    granted(get(lock));
  }

  @Test
  void callWhileSuspended_failsAtOnceIfToldSo() {
    SeatLockClient hasty = connect(builder().failWhileSuspended());
    server.dropConnections();
    soon().until(() -> hasty.state() == ConnectionState.SUSPENDED);

    assertThatThrownBy(() -> get(hasty.lock("A1")))
        .hasCauseInstanceOf(NotSentException.class)
        .hasMessageContaining("SUSPENDED");
  }

  @Test
  void callCancelledWhileSuspended_doesNotHappen() {
    suspend();
    client.lock("A1").cancel(false);
    comeBack();
    granted(get(client.lock("A2")));

    assertThat(server.show().snapshot().seq()).isEqualTo(1);
    assertThat(client.seats().mine()).containsExactly("A2");
  }

  @Test
  void tooManyCalls_areNotSent() {
    suspend();
    for (int i = 0; i < Reconnector.MAX_OPEN_CALLS; i++) {
      var unused = client.lock("A1");
    }

    assertThatThrownBy(() -> get(client.lock("A1"))).hasCauseInstanceOf(NotSentException.class);
  }

  @Test
  void callsThatNobodyWaitsForAnyMore_leaveRoomForOthers() {
    suspend();
    for (int i = 0; i < Reconnector.MAX_OPEN_CALLS; i++) {
      client.lock("A1").cancel(false);
    }
    CompletableFuture<Outcome> lock = client.lock("A2");
    comeBack();

    granted(get(lock));
    assertThat(client.seats().mine()).containsExactly("A2");
  }

  @Test
  void busyAnswerToACallSentAgain_saysNothing_soItIsSentOnceMore() {
    server.beSilent(true);
    CompletableFuture<Outcome> lock = client.lock("A1");
    server.failNext(ErrorCode.BUSY);
    suspend();
    server.beSilent(false);
    comeBack();
    get(client.extend()); // Its answer comes after that of the lock.
    assertThat(lock).isNotDone();
    timers.pass(Duration.ofMillis(500));

    granted(get(lock));
  }

  @ParameterizedTest
  @EnumSource(names = {"FORBIDDEN", "TOO_LARGE", "ID_REUSED", "INVALID"})
  void errorForACallSentAgain_saysNothingOfTheFirstTime(ErrorCode code) {
    server.loseNextAnswer();
    CompletableFuture<Outcome> lock = client.lock("A1");
    awaitState(ConnectionState.SUSPENDED);
    server.failNext(code);
    comeBack();

    assertThat(get(lock)).isInstanceOf(Outcome.Unknown.class);
    assertThat(client.seats().mine()).containsExactly("A1");
  }

  // --- outcomes

  @Test
  void errors_areTyped() {
    server.failNext(ErrorCode.BUSY);
    server.failNext(ErrorCode.UNAUTHORIZED);
    server.failNext(ErrorCode.FORBIDDEN);
    server.failNext(ErrorCode.TOO_LARGE);
    server.refuseNext(Reason.UNKNOWN_SEAT);

    assertThat(get(client.lock("A1"))).isInstanceOf(Outcome.Busy.class);
    assertThat(get(client.lock("A1"))).isInstanceOf(Outcome.Unauthorized.class);
    assertThat(get(client.lock("A1"))).isInstanceOf(Outcome.Forbidden.class);
    assertThat(get(client.lock("A1")))
        .isEqualTo(new Outcome.Rejected("tooLarge", "The test wants it so."));
    assertThat(get(client.lock("A1")))
        .isEqualTo(new Outcome.Refused(Reason.UNKNOWN_SEAT, Map.of("A1", Reason.UNKNOWN_SEAT)));
  }

  @Test
  void misuse_isThrownAtOnce() {
    String longName = "\u00e4".repeat(64);
    String[] many = new String[201];
    String[] large = new String[150];
    for (int i = 0; i < many.length; i++) {
      many[i] = "A" + i;
    }
    for (int i = 0; i < large.length; i++) {
      large[i] = longName.substring(3) + i;
    }

    assertThatThrownBy(() -> client.lock()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.lock("A 1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.lock("A1", "A1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.lock(many)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.lock(large)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.block(Sale.ofSeats("A1").ref("order 1")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void answerThatIsNotUnderstood_isUnknown() {
    server.beSilent(true);
    CompletableFuture<Outcome> lock = client.lock("A1");
    server.say("{\"event\":\"lockedForYou\",\"id\":1,\"seats\":[\"A1\"]}");

    assertThat(get(lock)).isInstanceOf(Outcome.Unknown.class);
    server.beSilent(false);
  }

  @Test
  void answerByAnEventOfANewerServer_isUnknown() {
    server.beSilent(true);
    CompletableFuture<Outcome> lock = client.lock("A1");
    server.say("{\"event\":\"applause\",\"id\":1}");

    assertThat(get(lock)).isInstanceOf(Outcome.Unknown.class);
    server.beSilent(false);
  }

  // --- the mirror

  @Test
  void timeLeft_isCountedDown_andExtended() {
    granted(get(client.lock("A1")));
    assertThat(client.seats().timeLeft()).isEqualTo(Duration.ofMinutes(10));
    timers.pass(Duration.ofSeconds(5));
    assertThat(client.seats().timeLeft()).isEqualTo(Duration.ofSeconds(595));
    server.passTime(Duration.ofMinutes(1));
    assertThat(granted(get(client.extend())).expiresIn()).isEqualTo(Duration.ofMinutes(10));
    assertThat(client.seats().timeLeft()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void timeLimit_isWarnedOf_thenTakesTheSeats() {
    granted(get(client.lock("A1", "A2")));
    server.passTime(Duration.ofMinutes(9));
    soon().until(() -> !recorder.events(SeatEvent.Expiring.class).isEmpty());
    assertThat(recorder.events(SeatEvent.Expiring.class))
        .containsExactly(new SeatEvent.Expiring(List.of("A1", "A2"), Duration.ofMinutes(1)));
    assertThat(client.seats().timeLeft()).isEqualTo(Duration.ofMinutes(1));
    server.passTime(Duration.ofMinutes(1));

    soon().until(() -> !recorder.events(SeatEvent.Deleted.class).isEmpty());
    assertThat(recorder.events(SeatEvent.Deleted.class))
        .containsExactly(new SeatEvent.Deleted(2, List.of("A1", "A2")));
    assertThat(client.seats().taken()).isEmpty();
    assertThat(client.seats().timeLeft()).isZero();
  }

  @Test
  void timeLimitWhileSuspended_isToldOnReturn() {
    granted(get(client.lock("A1", "A2")));
    suspend();
    server.passTime(Duration.ofMinutes(10));
    server.show().apply(Command.pay("A2"));
    comeBack();

    soon().until(() -> !recorder.events(SeatEvent.Deleted.class).isEmpty());
    assertThat(recorder.events(SeatEvent.Deleted.class).get(0).seats()).containsExactly("A1");
    assertThat(client.seats().mine()).isEmpty();
  }

  @Test
  void timeLimitWhileSuspended_whoDrawsWhatIsTold_drawsWhatIs() {
    Map<String, SeatStatus> drawn = new ConcurrentHashMap<>();
    SeatLockClient drawing =
        connect(
            builder()
                .listener(
                    new SeatListener() {
                      @Override
                      public void onSeatsChanged(List<String> seats, SeatStatus status) {
                        seats.forEach(seat -> drawn.put(seat, status));
                      }
                    }));
    granted(get(drawing.lock("A1", "A2", "A3", "A4")));
    server.dropConnections();
    soon().until(() -> drawing.state() == ConnectionState.SUSPENDED);
    server.passTime(Duration.ofMinutes(10));
    server.show().openSession().lock("A1");
    server.show().apply(Command.block("A2"));
    server.show().apply(Command.pay("A3"));
    drawn.put("A3", SeatStatus.PAID); // By the state of the whole show.
    timers.pass(RETRY);

    soon().until(() -> drawn.get("A4") == SeatStatus.AVAILABLE);
    soon()
        .untilAsserted(
            () ->
                assertThat(drawn)
                    .containsEntry("A1", SeatStatus.LOCKED)
                    .containsEntry("A2", SeatStatus.BLOCKED)
                    .containsEntry("A3", SeatStatus.PAID));
  }

  @Test
  void gap_asksForTheState() {
    server.say("{\"event\":\"locked\",\"seq\":5,\"seats\":[\"Z9\"]}");

    soon().until(() -> recorder.events(SeatEvent.Refreshed.class).size() == 2);
    assertThat(client.seats().taken()).isEmpty();
    assertThat(client.seats().seq()).isZero();
  }

  @Test
  void unknownEventsAndFieldsAndNonsense_doNoHarm() {
    server.say("{\"event\":\"applause\",\"seats\":17,\"id\":1}");
    server.say("{\"event\":\"locked\",\"seq\":1,\"seats\":[\"B1\"],\"mood\":{\"x\":[1,null]}}");
    server.say("[]");
    server.say("{\"event\":\"locked\",\"seq\":\"2\",\"seats\":[\"B2\"]}");

    soon().until(() -> client.seats().taken().equals(Map.of("B1", SeatStatus.LOCKED)));
    assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
  }
}
