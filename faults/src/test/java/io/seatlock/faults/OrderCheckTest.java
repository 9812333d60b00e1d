package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Reason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the check by numbers accepts and what it does not, by hand. */
@Timeout(60)
class OrderCheckTest {

  private final Told told = new Told();
  private final Chronicle chronicle = new Chronicle(Told.SHOW);
  private final Stream stream = new Stream(chronicle, "viewer", -1);

  OrderCheckTest() {
    stream.onView(View.of(0, Set.of(), Set.of(), Set.of(), Set.of()), false, 0);
  }

  private OrderCheckTest seen(long seq, Kind kind, long at, String... seats) {
    stream.onChange(new Change(seq, kind, Set.of(seats)), false, at * 1_000_000);
    return this;
  }

  private List<String> faults() {
    return new OrderCheck(chronicle, told.operations(), told.promise()).run();
  }

  private void assertFault(String words) {
    assertThat(faults()).anySatisfy(fault -> assertThat(fault).contains(words));
  }

  private static View view(long seq, Set<String> locked, Set<String> paid) {
    return View.of(seq, locked, Set.of(), paid, Set.of());
  }

  @Test
  void whatIsRight_isNoFault() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1", "A2");
    told.refused("ben", Action.LOCK, Reason.ALREADY_LOCKED, 3, 4);
    told.granted("anna", Action.LOCK, 1, 3, 4, "A1");
    told.granted("backend", Action.PAY, 2, 5, 6, "A1");
    told.granted("anna", Action.UNLOCK, 3, 7, 8, "A2");
    seen(1, Kind.LOCKED, 1, "A1", "A2").seen(2, Kind.PAID, 6, "A1").seen(3, Kind.UNLOCKED, 8, "A2");
    stream.onView(view(3, Set.of(), Set.of("A1")), true, 9_000_000);
    assertThat(faults()).isEmpty();
  }

  @Test
  void blockAndRevocation_ofWhatIsSoAlready_andOfWhatIsNot_areNoFault() {
    told.granted("backend", Action.BLOCK, 1, 0, 1, "A1");
    told.granted("backend", Action.BLOCK, 1, 2, 3, "A1");
    told.granted("backend", Action.PAY, 2, 4, 5, "A2");
    told.granted("backend", Action.REVOKE, 3, 6, 7, "A2");
    told.granted("backend", Action.UNBLOCK, 4, 8, 9, "A1");
    told.granted("backend", Action.UNBLOCK, 4, 10, 11, "A2");
    told.granted("backend", Action.RESERVE, 5, 12, 13, "A2");
    told.granted("backend", Action.REVOKE, 6, 14, 15, "A2");
    seen(1, Kind.BLOCKED, 1, "A1").seen(2, Kind.PAID, 5, "A2").seen(3, Kind.UNPAID, 7, "A2");
    seen(4, Kind.UNBLOCKED, 9, "A1").seen(5, Kind.RESERVED, 13, "A2");
    seen(6, Kind.UNRESERVED, 15, "A2");
    assertThat(faults()).isEmpty();
  }

  @Test
  void revocationThatOnlyItsAuthorWasToldOf_isWhatItCanBe() {
    told.granted("backend", Action.PAY, 1, 0, 1, "A1")
        .granted("backend", Action.REVOKE, 2, 2, 3, "A1");
    seen(1, Kind.PAID, 1, "A1");
    new Stream(chronicle, "late", -1).onView(view(3, Set.of(), Set.of("A1")), false, 9_000_000);
    told.granted("backend", Action.PAY, 3, 4, 5, "A1");
    assertThat(faults()).isEmpty();
  }

  @Test
  void unblockThatFoundAReservationOver_andOnlyItsAuthorWasTold_isNoFault() {
    told.due(10).granted("backend", Action.RESERVE, 1, 0, 1, "A1");
    told.due(0).granted("backend", Action.UNBLOCK, 2, 20, 21, "A1");
    seen(1, Kind.RESERVED, 1, "A1");
    new Stream(chronicle, "late", -1).onView(view(2, Set.of(), Set.of()), false, 30_000_000);
    assertThat(faults()).isEmpty();
  }

  @Test
  void blockOfALockedSeat_isAFault() {
    told.granted("anna", Action.LOCK, 1, 0, 1, "A1").alive("anna", 9_000);
    told.granted("backend", Action.BLOCK, 2, 2, 3, "A1");
    seen(1, Kind.LOCKED, 1, "A1").seen(2, Kind.BLOCKED, 3, "A1");
    assertFault("but A1 was Held[status=LOCKED");
  }

  @Test
  void sameNumber_forSomethingElse_isAFault() {
    told.unknown("anna", Action.LOCK, 0).unknown("anna", Action.PAY, 0);
    seen(1, Kind.LOCKED, 1, "A1");
    chronicle.tell(new Change(1, Kind.PAID, Set.of("A1")), 2, "other");
    assertFault("other was told #1 PAID [A1], but viewer #1 LOCKED [A1]");
  }

  @Test
  void sameNumber_forAnotherState_isAFault() {
    chronicle.tell(view(0, Set.of(), Set.of("A1")), 5, "other");
    assertFault("other was told");
  }

  @Test
  void numberLeftOut_isAFault() {
    told.unknown("anna", Action.LOCK, 0).unknown("anna", Action.PAY, 0);
    seen(1, Kind.LOCKED, 1, "A1").seen(3, Kind.PAID, 2, "A1");
    assertFault("right after #1");
  }

  @Test
  void numberThatComesBack_isAFault() {
    told.unknown("anna", Action.LOCK, 0);
    seen(1, Kind.LOCKED, 1, "A1").seen(1, Kind.LOCKED, 2, "A1");
    assertFault("was told #1 LOCKED [A1] after #1");
  }

  @Test
  void stateOfThePast_isAFault() {
    told.unknown("anna", Action.LOCK, 0);
    seen(1, Kind.LOCKED, 1, "A1");
    new Stream(chronicle, "viewer", 1).onView(view(0, Set.of(), Set.of()), false, 2);
    assertFault("a state of #0 after #1");
  }

  @Test
  void doubleGrant_ofSeveralSeats_isAFault() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1");
    told.granted("ben", Action.LOCK, 2, 0, 3, "A1", "A2");
    seen(1, Kind.LOCKED, 1, "A1").seen(2, Kind.LOCKED, 2, "A1", "A2");
    assertFault("but A1 was Held[status=LOCKED");
  }

  @Test
  void doubleGrant_isAFault() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1").granted("ben", Action.LOCK, 2, 0, 3, "A1");
    seen(1, Kind.LOCKED, 1, "A1").seen(2, Kind.LOCKED, 2, "A1");
    assertFault("but A1 was Held[status=LOCKED");
  }

  @Test
  void grantThatIsNotThere_isAFault() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1").granted("backend", Action.PAY, 1, 0, 2, "A2");
    seen(1, Kind.LOCKED, 1, "A1");
    assertFault("was granted, but there is");
  }

  @Test
  void changeThatWasRefused_isAFault() {
    told.refused("backend", Action.PAY, Reason.ALREADY_PAID, 0, 5);
    seen(1, Kind.PAID, 1, "A1");
    assertFault("nobody asked for it");
  }

  @Test
  void changeThatWasAnsweredBusy_isAFault() {
    told.busy("backend", Action.PAY, 0, 5);
    seen(1, Kind.PAID, 1, "A1");
    assertFault("nobody asked for it");
  }

  @Test
  void paymentThatHappenedTwice_isAFault() {
    told.granted("backend", Action.PAY, 3, 0, 9, "A1")
        .granted("other", Action.UNPAY, 2, 3, 4, "A1");
    seen(1, Kind.PAID, 1, "A1").seen(2, Kind.UNPAID, 4, "A1").seen(3, Kind.PAID, 8, "A1");
    assertFault("#1 PAID [A1], told viewer at 1.000: nobody asked for it");
  }

  @Test
  void unknownPaymentThatHappenedTwice_isAFault() {
    told.unknown("backend", Action.PAY, 0).granted("other", Action.UNPAY, 2, 3, 4, "A1");
    seen(1, Kind.PAID, 1, "A1").seen(2, Kind.UNPAID, 4, "A1");
    assertThat(faults()).isEmpty();
    seen(3, Kind.PAID, 8, "A1");
    assertFault("nobody asked for it, or not once more");
  }

  @Test
  void halfOfAnAction_isAFault() {
    told.granted("backend", Action.PAY, 1, 0, 2, "A1", "A2");
    seen(1, Kind.PAID, 1, "A1");
    assertFault("was granted, but there is");
  }

  @Test
  void halfOfALock_isAFault() {
    told.granted("anna", Action.LOCK, 1, 2, 3, "A1", "A2").alive("anna", 100);
    seen(1, Kind.LOCKED, 3, "A1");
    stream.onView(view(1, Set.of("A1"), Set.of()), true, 5_000_000);
    assertFault("nobody asked for it");
    assertFault("was granted, but there is");
  }

  @Test
  void lockThatEndsEarly_isAFault() {
    told.lasting(100).granted("anna", Action.LOCK, 1, 0, 2, "A1").alive("anna", 500);
    seen(1, Kind.LOCKED, 1, "A1").seen(2, Kind.UNLOCKED, 60, "A1");
    assertFault("40 ms too early");
  }

  @Test
  void lockThatEndsInTime_isNoFault() {
    told.lasting(100).granted("anna", Action.LOCK, 1, 0, 2, "A1").alive("anna", 500);
    seen(1, Kind.LOCKED, 1, "A1").seen(2, Kind.UNLOCKED, 101, "A1");
    assertThat(faults()).isEmpty();
  }

  @Test
  void reservationThatEndsEarly_isAFault() {
    told.due(100).granted("backend", Action.RESERVE, 1, 0, 2, "A1");
    seen(1, Kind.RESERVED, 1, "A1").seen(2, Kind.UNRESERVED, 60, "A1");
    assertFault("40 ms too early");
  }

  @Test
  void reservationThatEndsWhenItIsDue_isNoFault() {
    told.due(100).granted("backend", Action.RESERVE, 1, 0, 2, "A1", "A2");
    seen(1, Kind.RESERVED, 1, "A1", "A2").seen(2, Kind.UNRESERVED, 100, "A1", "A2");
    assertThat(faults()).isEmpty();
  }

  @Test
  void reservationWithoutAnEnd_thatEndsByItself_isAFault() {
    told.granted("backend", Action.RESERVE, 1, 0, 2, "A1");
    seen(1, Kind.RESERVED, 1, "A1").seen(2, Kind.UNRESERVED, 100, "A1");
    assertFault("nobody asked for it");
  }

  @Test
  void stateThatDoesNotFollow_isAFault() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1");
    seen(1, Kind.LOCKED, 1, "A1");
    stream.onView(view(1, Set.of(), Set.of()), true, 3);
    assertFault("but the changes up to then give {A1=LOCKED}");
  }

  @Test
  void numberLowerThanWhatWasTold_isAFault() {
    told.granted("anna", Action.LOCK, 1, 50, 60, "A1").granted("ben", Action.LOCK, 2, 0, 5, "A2");
    seen(1, Kind.LOCKED, 4, "A1").seen(2, Kind.LOCKED, 5, "A2");
    assertFault("comes before #2, which had been told before it");
  }

  @Test
  void whatNobodyWasTold_isNotAFault_ifTheNextStateIsKnown() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1").unknown("backend", Action.PAY, 3);
    seen(1, Kind.LOCKED, 1, "A1");
    stream.onView(view(2, Set.of(), Set.of("A1")), false, 9_000_000);
    assertThat(faults()).isEmpty();
  }

  @Test
  void ownLeaving_isNotToldToWhoLeaves() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1")
        .bye("anna", 3, 9)
        .unknown("ben", Action.PAY, 3);
    seen(1, Kind.LOCKED, 1, "A1");
    stream.leave();
    seen(3, Kind.PAID, 8, "A1");
    chronicle.tell(new Change(2, Kind.UNLOCKED, Set.of("A1")), 7_000_000, "other");
    assertThat(faults()).isEmpty();
  }

  @Test
  void answerThatNamesWhatWasLockedBefore_isNoFault() {
    told.granted("anna", Action.LOCK, 1, 0, 2, "A1");
    told.granted("anna", Action.LOCK, 2, 3, 5, "A1", "A2");
    seen(1, Kind.LOCKED, 1, "A1").seen(2, Kind.LOCKED, 4, "A1", "A2");
    assertThat(faults()).isEmpty();
    chronicle.tell(new Change(2, Kind.LOCKED, Set.of("A2")), 4_000_000, "other");
    assertThat(faults()).isEmpty();
  }

  private static Outcome noSession() {
    return new Outcome.Refused(Reason.NO_SESSION, Map.of());
  }

  @Test
  void sessionThatIsLostWithinItsGrace_isAFault() {
    told.withGrace(2000).hello("anna", new Outcome.Done(), 0, 1);
    told.hello("anna", noSession(), 70, 80).hello("anna2", new Outcome.Done(), 70, 80);
    assertFault("1920 ms too early for the end of its session");
  }

  @Test
  void sessionThatIsLost_andGoesOnLater_isAFault() {
    told.withGrace(2000).hello("anna", new Outcome.Done(), 0, 1);
    told.hello("anna", noSession(), 3000, 3001).hello("anna", new Outcome.Resumed(), 3100, 3101);
    assertFault("too early for the end of its session");
  }

  @Test
  void sessionThatIsLostAfterItsGrace_orItsBye_isNoFault() {
    told.withGrace(2000).hello("anna", new Outcome.Done(), 0, 1);
    told.hello("anna", noSession(), 1990, 2001);
    told.hello("ben", new Outcome.Done(), 0, 1).bye("ben", 5, 6);
    told.refused("ben", Action.LOCK, Reason.NO_SESSION, 7, 8);
    assertThat(faults()).isEmpty();
  }

  @Test
  void lockThatEndsWithinTheGrace_isAFault() {
    told.withGrace(2000).lasting(3000).granted("anna", Action.LOCK, 1, 2, 3, "A1");
    seen(1, Kind.LOCKED, 3, "A1").seen(2, Kind.UNLOCKED, 60, "A1");
    assertFault("1942 ms too early");
  }

  @Test
  void lockThatEndsWithTheGrace_isNoFault() {
    told.withGrace(2000).lasting(3000).granted("anna", Action.LOCK, 1, 2, 3, "A1");
    seen(1, Kind.LOCKED, 3, "A1").seen(2, Kind.UNLOCKED, 2002, "A1");
    assertThat(faults()).isEmpty();
  }

  /** A server that the others have declared dead does not know yet. */
  @Test
  void readingOfOneOfSeveralServers_isNoSignOfLife() {
    told.withGrace(2000).hello("anna", new Outcome.Done(), 0, 1);
    told.read("anna", Kind.PAID, 3000, 3001).hello("anna", noSession(), 4000, 4001);
    assertFault("too early for the end of its session");
    told.withStaleReads();
    assertThat(faults()).isEmpty();
  }
}
