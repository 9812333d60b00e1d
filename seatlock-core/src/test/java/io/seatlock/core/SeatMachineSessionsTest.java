package io.seatlock.core;

import static io.seatlock.core.Stage.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that outlive their connection, requests that are done at most once, warnings. */
class SeatMachineSessionsTest {

  /** A time limit of 100 ms, 250 ms with extensions, 40 ms to resume, a warning 20 ms before. */
  private static final ShowSettings SETTINGS =
      Stage.SETTINGS.withGrace(Duration.ofMillis(40)).withWarnBefore(Duration.ofMillis(20));

  private static final Duration SHORT = Duration.ofMillis(5);
  private static final Duration LONG = Duration.ofMillis(900);

  private final Stage stage = Stage.withSettings(SETTINGS);

  @AfterEach
  void invariantsHold() {
    stage.checkInvariants();
  }

  private void open(String holder) {
    assertThat(stage.apply(new Command.OpenSession(holder, "secret", "c1")))
        .isInstanceOf(Result.Granted.class);
  }

  private Result resume(String credential, String connection) {
    return stage.apply(new Command.ResumeSession("me", credential, connection));
  }

  private Result detach(String connection) {
    return stage.apply(new Command.DetachSession("me", connection));
  }

  private Result once(String id, Command action) {
    return stage.apply(new Command.Once("me", id, action));
  }

  private static Command lock(String seat) {
    return new Command.Lock("me", List.of(seat));
  }

  // --- resume and grace

  @Test
  void detach_notResumedWithinTheGrace_endsTheSessionAndItsLocksThen() {
    open("me");
    stage.lock("me", "A1", "A2");
    stage.at(10);
    detach("c1");
    stage.at(49).tick();
    assertThat(stage.changes()).containsExactly("LOCKED [A1, A2] by me");
    stage.at(50).tick();
    assertThat(stage.changes()).containsExactly("RELEASED [A1, A2] by me");
    assertThat(resume("secret", "c2")).isEqualTo(refused(Reason.NO_SESSION));
  }

  @Test
  void resume_withinTheGrace_keepsTheLocksAndTheirTimeLimit() {
    open("me");
    stage.lock("me", "A1", "A2");
    stage.at(10);
    detach("c1");
    stage.at(49);
    assertThat(resume("secret", "c2")).isEqualTo(stage.unchanged(51, "A1", "A2"));
    stage.at(99).tick();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
    stage.at(100).tick();
    assertThat(stage.changes())
        .containsExactly(
            "LOCKED [A1, A2] by me", "EXPIRING [A1, A2] by me", "EXPIRED [A1, A2] by me");
  }

  @Test
  void resume_otherCredentialOrNoSession_isRefusedAlike() {
    open("me");
    stage.apply(new Command.OpenSession("forever"));
    assertThat(resume("guess", "c2")).isEqualTo(refused(Reason.NO_SESSION));
    assertThat(stage.apply(new Command.ResumeSession("nobody", "secret", "c2")))
        .isEqualTo(refused(Reason.NO_SESSION));
    assertThat(stage.apply(new Command.ResumeSession("forever", "", "c2")))
        .isEqualTo(refused(Reason.NO_SESSION));
    assertThat(stage.session("me").connection()).isEqualTo("c1");
  }

  @Test
  void detach_byTheConnectionThatWasTakenOver_doesNothing() {
    open("me");
    stage.lock("me", "A1");
    resume("secret", "c2");
    detach("c1");
    stage.at(90).tick();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
    assertThat(stage.session("me").connection()).isEqualTo("c2");
  }

  @Test
  void resume_whileItHasAConnection_tellsWhoServesTheOldOne() {
    open("me");
    stage.lock("me", "A1");
    resume("secret", "c1");
    assertThat(stage.changes()).containsExactly("LOCKED [A1] by me");
    assertThat(resume("secret", "c2"))
        .isEqualTo(new Result.Granted(1, List.of("A1"), Change.TAKEN_OVER, 100));
    assertThat(stage.changes()).containsExactly("TAKEN_OVER [] by me");
    detach("c2");
    resume("secret", "c3");
    assertThat(stage.changes()).isEmpty();
  }

  @Test
  void detach_ofASessionThatCannotBeResumed_endsItAtOnce() {
    stage.apply(new Command.OpenSession("classic", null, "c1"));
    stage.lock("classic", "A1");
    stage.apply(new Command.DetachSession("classic", "c2"));
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
    assertThat(stage.apply(new Command.DetachSession("classic", "c1")))
        .isEqualTo(new Result.Granted(2, List.of("A1"), Change.RELEASED, 0));
    assertThat(stage.snapshot().sessions()).isEmpty();
  }

  @Test
  void detachNode_takesTheConnectionsOfThatNodeAlone() {
    stage.apply(new Command.OpenSession("b-classic", null, "n1/c1"));
    stage.apply(new Command.OpenSession("a-classic", null, "n1/c2"));
    stage.apply(new Command.OpenSession("v2", "secret", "n1/c3"));
    stage.apply(new Command.OpenSession("elsewhere", "secret", "n10/c4"));
    stage.apply(new Command.OpenSession("embedded"));
    stage.lock("b-classic", "B1");
    stage.lock("a-classic", "A1");
    stage.lock("v2", "C1");
    assertThat(stage.apply(new Command.DetachNode("n1")))
        .isEqualTo(new Result.Granted(5, List.of(), Change.RELEASED, 0));
    assertThat(stage.changes())
        .endsWith("RELEASED [A1] by a-classic", "RELEASED [B1] by b-classic");
    assertThat(stage.session("v2").connection()).isNull();
    assertThat(stage.session("elsewhere").connection()).isEqualTo("n10/c4");
    stage.at(40).tick();
    assertThat(stage.changes()).endsWith("RELEASED [C1] by v2");
    assertThat(stage.snapshot().sessions())
        .extracting(Snapshot.Session::holder)
        .containsExactly("elsewhere", "embedded");
  }

  @Test
  void detach_again_doesNotStartTheGraceAnew() {
    open("me");
    detach("c1");
    stage.at(39);
    detach("c1");
    stage.at(40).tick();
    assertThat(stage.snapshot().sessions()).isEmpty();
  }

  @Test
  void openSession_holderWhoseGraceRuns_isRefused() {
    open("me");
    detach("c1");
    assertThat(stage.apply(new Command.OpenSession("me", "other", "c2")))
        .isEqualTo(refused(Reason.SESSION_EXISTS));
  }

  // --- at most once

  @Test
  void once_sameRequestAgain_givesTheFirstResultAndChangesNothing() {
    open("me");
    Result first = once("7", lock("A1"));
    stage.unlock("me", "A1");
    stage.lock("me", "A2");
    stage.events();
    assertThat(once("7", lock("A1"))).isEqualTo(first);
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.AVAILABLE);
  }

  @Test
  void once_refusedRequestAgain_staysRefusedThoughItWouldBeGrantedNow() {
    open("me");
    open("other");
    stage.lock("other", "A1");
    Result first = once("7", lock("A1"));
    assertThat(first).isEqualTo(refused("A1", Reason.ALREADY_LOCKED));
    stage.unlock("other", "A1");
    assertThat(once("7", lock("A1"))).isEqualTo(first);
    assertThat(once("8", lock("A1"))).isEqualTo(stage.granted(100, "A1"));
  }

  @Test
  void once_sameIdForSomethingElse_isRefusedAndForgetsNothing() {
    open("me");
    Result first = once("7", lock("A1"));
    assertThat(once("7", lock("A2"))).isEqualTo(refused(Reason.ID_REUSED));
    assertThat(once("7", Command.pay("A1"))).isEqualTo(refused(Reason.ID_REUSED));
    assertThat(once("7", lock("A1"))).isEqualTo(first);
    assertThat(stage.status("A2")).isEqualTo(SeatStatus.AVAILABLE);
  }

  @Test
  void once_sameIdInAnotherSession_isAnotherRequest() {
    open("me");
    open("other");
    once("7", lock("A1"));
    assertThat(
            stage.apply(new Command.Once("other", "7", new Command.Lock("other", List.of("A2")))))
        .isEqualTo(stage.granted(100, "A2"));
  }

  @Test
  void once_after256OtherIds_isForgotten() {
    open("me");
    Result first = once("7", Command.block("A1").by("me"));
    for (int i = 0; i < 255; i++) {
      once("filler " + i, new Command.Extend("me"));
    }
    assertThat(once("7", Command.block("A1").by("me"))).isEqualTo(first);
    once("one more", new Command.Extend("me"));
    assertThat(once("7", Command.block("A1").by("me"))).isEqualTo(stage.unchanged(0, "A1"));
    assertThat(stage.session("me").answers()).hasSize(256);
  }

  @Test
  void once_acrossAResumeAndARestore_isRemembered() {
    open("me");
    Result first = once("7", Command.pay("A1"));
    detach("c1");
    resume("secret", "c2");
    assertThat(once("7", Command.pay("A1"))).isEqualTo(first);
    SeatMachine restored = SeatMachine.of(Snapshot.fromBytes(stage.snapshot().toBytes()));
    assertThat(
            restored.apply(
                new Command.Once("me", "7", Command.pay("A1")),
                Stage.START,
                event -> {
                  throw new AssertionError(event);
                }))
        .isEqualTo(first);
  }

  /** It was answered {@code unreserved} the second time. */
  @Test
  void once_revokeOfAPaidSeatAgain_stillTellsThatItWasPaid() {
    open("me");
    stage.apply(Command.pay("A1"));
    Result first = once("7", Command.revoke("A1"));
    assertThat(((Result.Granted) first).change()).isEqualTo(Change.UNPAID);
    assertThat(once("7", Command.revoke("A1"))).isEqualTo(first);
  }

  @Test
  void revoke_ofReservedAndPaidSeats_isAnsweredByTheLastChange() {
    stage.apply(Command.reserve("A1"));
    stage.apply(Command.pay("A2"));
    stage.events();
    assertThat(stage.apply(Command.revoke("A2", "A1")))
        .isEqualTo(new Result.Granted(4, List.of("A2"), Change.UNPAID, 0));
    assertThat(stage.changes()).containsExactly("UNRESERVED [A1] by null", "UNPAID [A2] by null");
  }

  /** It was answered with all seats the second time, one of them with what it never was. */
  @Test
  void once_saleThatChangedSomeOfItsSeats_isAnsweredWithTheSameAgain() {
    open("me");
    stage.apply(Command.reserve("A1"));
    stage.apply(Command.pay("A2"));
    stage.apply(Command.block("B1"));
    Result revoked = once("7", Command.revoke("A2", "A1"));
    assertThat(revoked).isEqualTo(new Result.Granted(5, List.of("A2"), Change.UNPAID, 0));
    assertThat(once("7", Command.revoke("A2", "A1"))).isEqualTo(revoked);
    Result blocked = once("8", Command.block("B1", "B2"));
    assertThat(blocked).isEqualTo(new Result.Granted(6, List.of("B2"), Change.BLOCKED, 0));
    assertThat(once("8", Command.block("B1", "B2"))).isEqualTo(blocked);
    assertThat(once("9", Command.block("B1", "B2"))).isEqualTo(stage.unchanged(0, "B1", "B2"));
  }

  @Test
  void once_lockAgain_tellsHowLongTheLocksLastNow() {
    open("me");
    assertThat(once("7", lock("A1"))).isEqualTo(stage.granted(100, "A1"));
    stage.at(30);
    assertThat(once("7", lock("A1"))).isEqualTo(stage.granted(70, "A1"));
    assertThat(remembered(new Command.Once("me", "7", lock("A1")), 45))
        .isEqualTo(stage.granted(55, "A1"));
    once("8", new Command.Extend("me"));
    stage.at(50);
    assertThat(once("7", lock("A1"))).isEqualTo(stage.granted(80, "A1"));
    assertThat(once("8", new Command.Extend("me"))).isEqualTo(stage.unchanged(80));
    Result unlocked = once("9", new Command.UnlockAll("me"));
    assertThat(once("7", lock("A1")))
        .isEqualTo(new Result.Granted(1, List.of("A1"), Change.LOCKED, 0));
    assertThat(once("9", new Command.UnlockAll("me"))).isEqualTo(unlocked);
  }

  private Result remembered(Command.Once command, long now) {
    return stage.machine().remembered(command, Stage.START + now);
  }

  @Test
  void remembered_isWhatOnceWouldAnswer_andNothingIsDone() {
    open("me");
    Command.Once pay = new Command.Once("me", "7", Command.pay("A1"), "c1");
    assertThat(remembered(pay, 0)).isNull();
    Result paid = stage.apply(pay);
    assertThat(remembered(pay, 0)).isEqualTo(paid);
    assertThat(remembered(new Command.Once("me", "7", Command.pay("A2"), "c1"), 0))
        .isEqualTo(refused(Reason.ID_REUSED));
    assertThat(remembered(new Command.Once("me", "7", Command.pay("A1"), "c2"), 0)).isNull();
    assertThat(remembered(new Command.Once("nobody", "7", Command.pay("A1")), 0)).isNull();
    assertThat(stage.seq()).isEqualTo(1);
  }

  // --- on which connection

  /** A server that stood still did, when it went on, what the session had asked elsewhere. */
  @Test
  void once_onAConnectionThatLostTheSession_isRefusedAndNotRemembered() {
    open("me");
    resume("secret", "c2");
    Command.Once late = new Command.Once("me", "7", Command.pay("A1"), "c1");
    assertThat(stage.apply(late)).isEqualTo(refused(Reason.NO_SESSION));
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.AVAILABLE);
    assertThat(stage.session("me").answers()).isEmpty();
    assertThat(stage.apply(new Command.Once("me", "7", Command.pay("A1"), "c2")))
        .isEqualTo(stage.granted(0, "A1"));
    // What was done here before is not told there either.
    assertThat(stage.apply(late)).isEqualTo(refused(Reason.NO_SESSION));
    detach("c2");
    assertThat(stage.apply(new Command.Once("me", "8", lock("B1"), "c2")))
        .isEqualTo(refused(Reason.NO_SESSION));
    // Who embeds the show asks on no connection.
    assertThat(once("8", lock("B1"))).isEqualTo(stage.granted(100, "B1"));
  }

  @Test
  void closeSession_onAConnectionThatLostTheSession_isRefused() {
    open("me");
    stage.lock("me", "A1");
    resume("secret", "c2");
    assertThat(stage.apply(new Command.CloseSession("me", "c1")))
        .isEqualTo(refused(Reason.NO_SESSION));
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
    assertThat(stage.apply(new Command.CloseSession("me", "c2"))).isEqualTo(stage.granted(0, "A1"));
  }

  // --- a limit that the show does not know

  @Test
  void once_beyondALimit_isRefusedForGood() {
    open("me");
    Command.Once lock = new Command.Once("me", "7", new Command.Lock("me", List.of("A1", "A2")));
    Result refused = stage.apply(lock.asBeyondLimit());
    assertThat(refused)
        .isEqualTo(
            new Result.Refused(
                Reason.LIMIT_REACHED,
                Map.of("A1", Reason.LIMIT_REACHED, "A2", Reason.LIMIT_REACHED)));
    assertThat(stage.apply(lock)).isEqualTo(refused);
    assertThat(stage.apply(lock.asBeyondLimit())).isEqualTo(refused);
    assertThat(once("7", new Command.UnlockAll("me"))).isEqualTo(refused(Reason.ID_REUSED));
    // What was granted before is granted again.
    Command.Once other = new Command.Once("me", "8", lock("A1"));
    Result granted = stage.apply(other);
    assertThat(stage.apply(other.asBeyondLimit())).isEqualTo(granted);
  }

  @Test
  void once_noSession_isRefusedAndNotRemembered() {
    assertThat(once("7", lock("A1"))).isEqualTo(refused(Reason.NO_SESSION));
    open("me");
    assertThat(once("7", lock("A1"))).isEqualTo(stage.granted(100, "A1"));
  }

  // --- warnings

  @Test
  void warning_beforeTheTimeLimit_comesOnceAndIsNoChange() {
    open("me");
    stage.lock("me", "A1", "A2");
    stage.events();
    assertThat(stage.nextDeadline()).isEqualTo(80);
    stage.at(79).tick();
    assertThat(stage.events()).isEmpty();
    stage.at(80).tick();
    stage.at(90).tick();
    assertThat(stage.events())
        .containsExactly(
            new Event(1, Stage.START + 80, Change.EXPIRING, "me", List.of("A1", "A2"), 20));
    assertThat(stage.nextDeadline()).isEqualTo(100);
  }

  @Test
  void warning_extended_comesAgainBeforeTheNewLimit() {
    open("me");
    stage.lock("me", "A1");
    stage.at(85).tick();
    stage.apply(new Command.Extend("me"));
    stage.at(165).tick();
    assertThat(stage.changes())
        .containsExactly("LOCKED [A1] by me", "EXPIRING [A1] by me", "EXPIRING [A1] by me");
  }

  /** It had a negative remaining time, which could not even be written down. */
  @Test
  void warning_thatIsLate_isLeftOutWhenTheLimitHasPassedToo() {
    open("me");
    stage.lock("me", "A1");
    stage.at(90).tick();
    open("other");
    stage.lock("other", "A2");
    stage.events();
    stage.at(1_000).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A1] by me", "EXPIRED [A2] by other");
  }

  @Test
  void warning_thatIsLate_tellsWhatIsLeft() {
    open("me");
    stage.lock("me", "A1");
    stage.events();
    stage.at(99).tick();
    assertThat(stage.events()).extracting(Event::expiresInMillis).containsExactly(1L);
  }

  @Test
  void warning_noLongerThanTheTimeLimitItself_neverComes() {
    Stage never = Stage.withSettings(Stage.SETTINGS.withWarnBefore(Duration.ofMillis(100)));
    never.open("me").lock("me", "A1");
    never.at(99).tick();
    assertThat(never.changes()).containsExactly("LOCKED [A1] by me");
    never.checkInvariants();
  }

  @Test
  void warning_seatsUnlockedBefore_neverComes() {
    open("me");
    stage.lock("me", "A1");
    stage.unlock("me", "A1");
    stage.events();
    stage.at(100).tick();
    assertThat(stage.events()).isEmpty();
  }

  // --- other rules

  @Test
  void changeSettings_whatHasItsEnd_keepsIt() {
    open("me");
    open("left");
    stage.lock("me", "A1");
    stage.apply(new Command.DetachSession("left", "c1"));
    stage.apply(change(SETTINGS.withTimeLimit(Duration.ofMillis(10)).withGrace(SHORT)));
    stage.events();
    stage.at(39).tick();
    assertThat(stage.session("left").graceEnd()).isEqualTo(Stage.START + 40);
    stage.at(99).tick();
    assertThat(stage.changes()).containsExactly("EXPIRING [A1] by me");
    stage.at(100).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A1] by me");
  }

  @Test
  void changeSettings_whatBeginsLater_followsTheNewRules() {
    open("me");
    open("left");
    stage.lock("me", "A1");
    stage.apply(change(new ShowSettings(LONG, LONG, 1, SHORT, Duration.ZERO)));
    assertThat(stage.lock("me", "A2")).isEqualTo(new Result.Refused(Reason.LIMIT_REACHED, limit()));
    stage.apply(new Command.DetachSession("left", "c1"));
    assertThat(stage.session("left").graceEnd()).isEqualTo(Stage.START + SHORT.toMillis());
    stage.at(60).apply(new Command.Extend("me"));
    assertThat(stage.nextDeadline()).isEqualTo(LONG.toMillis());
    assertThat(Snapshot.fromBytes(stage.snapshot().toBytes()).settings().maxLocks()).isEqualTo(1);
  }

  @Test
  void changeSettings_shorterLimits_extensionDoesNotShortenALock() {
    open("me");
    stage.lock("me", "A1");
    stage.apply(change(SETTINGS.withTimeLimit(Duration.ofMillis(50)).withMaxTime(LONG)));
    assertThat(stage.at(10).apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(90));
    stage.apply(change(SETTINGS.withTimeLimit(Duration.ofMillis(50))));
    stage.apply(change(SETTINGS.withTimeLimit(Duration.ofMillis(20))));
    assertThat(stage.apply(new Command.Extend("me")))
        .isEqualTo(new Result.Refused(Reason.LIMIT_REACHED, Map.of()));
    assertThat(stage.session("me").deadline()).isEqualTo(Stage.START + 100);
  }

  @Test
  void changeSettings_warnings_comeByTheNewRule() {
    open("me");
    open("other");
    stage.lock("me", "A1");
    stage.at(10).lock("other", "A2");
    stage.events();
    stage.at(20).apply(change(SETTINGS.withWarnBefore(Duration.ofMillis(85))));
    assertThat(stage.nextDeadline()).isEqualTo(15);
    stage.tick();
    assertThat(stage.changes()).containsExactly("EXPIRING [A1] by me");
    stage.apply(change(SETTINGS.withWarnBefore(Duration.ZERO)));
    stage.at(99).tick();
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.nextDeadline()).isEqualTo(100);
  }

  private static Command change(ShowSettings settings) {
    return new Command.ChangeSettings(settings);
  }

  private static Map<String, Reason> limit() {
    return Map.of("A2", Reason.LIMIT_REACHED);
  }

  // --- what is due at one time

  @Test
  void tick_everythingDueAtOneTime_endsLocksThenReservationsThenSessionsAndWarnsLast() {
    open("expiring");
    open("left");
    open("warned");
    stage.lock("expiring", "E1");
    stage.at(20).lock("warned", "W1");
    stage.at(60).lock("left", "L1");
    stage.apply(new Command.DetachSession("left", "c1"));
    stage.apply(Command.reserve("R1").due(Instant.ofEpochMilli(Stage.START + 100)));
    stage.at(80).tick();
    stage.events();
    stage.at(100).tick();
    assertThat(stage.changes())
        .containsExactly(
            "EXPIRED [E1] by expiring",
            "UNRESERVED [R1] by null",
            "RELEASED [L1] by left",
            "EXPIRING [W1] by warned");
  }

  @Test
  void snapshot_ofASession_hasWhatAResumeNeeds() {
    open("me");
    once("7", lock("A1"));
    stage.at(10);
    detach("c1");
    Snapshot.Session session = stage.session("me");
    assertThat(session.credential()).isEqualTo("secret");
    assertThat(session.connection()).isNull();
    assertThat(session.graceEnd()).isEqualTo(Stage.START + 50);
    assertThat(session.warned()).isFalse();
    assertThat(session.answers())
        .extracting(Snapshot.Answer::id, Snapshot.Answer::result)
        .containsExactly(tuple("7", new Result.Granted(1, List.of("A1"), Change.LOCKED, 100)));
    assertThat(stage.machine().seatMap().locksByHolder()).isEqualTo(Map.of("me", List.of("A1")));
  }
}
