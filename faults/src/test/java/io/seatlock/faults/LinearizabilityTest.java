package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the search accepts and what it does not, by hand. */
@Timeout(60)
class LinearizabilityTest {

  private static void assertPossible(Told told) {
    assertThat(Linearizability.check(told.ofSeat())).isEmpty();
  }

  private static void assertImpossible(Told told) {
    assertThat(Linearizability.check(told.ofSeat())).isPresent();
  }

  @Test
  void oneAfterTheOther_isPossible() {
    assertPossible(
        new Told()
            .granted("anna", Action.LOCK, 0, 1)
            .refused("ben", Action.LOCK, Reason.ALREADY_LOCKED, 2, 3)
            .granted("anna", Action.UNLOCK, 4, 5)
            .granted("ben", Action.LOCK, 6, 7)
            .granted("backend", Action.PAY, 8, 9)
            .read("ben", Kind.PAID, 10, 11)
            .granted("backend", Action.UNPAY, 12, 13)
            .read("ben", Kind.UNPAID, 14, 15));
  }

  @Test
  void doubleGrant_isImpossible() {
    assertImpossible(
        new Told()
            .granted("anna", Action.LOCK, 0, 1)
            .granted("ben", Action.LOCK, 2, 3)
            .alive("anna", 4));
  }

  @Test
  void doubleGrant_atTheSameTime_isImpossible() {
    assertImpossible(
        new Told()
            .granted("anna", Action.LOCK, 0, 10)
            .granted("ben", Action.LOCK, 0, 10)
            .alive("anna", 20)
            .alive("ben", 20));
  }

  @Test
  void grantsAtTheSameTime_withAnUnlockBetween_arePossible() {
    assertPossible(
        new Told()
            .granted("ben", Action.LOCK, 0, 10)
            .granted("anna", Action.LOCK, 0, 10)
            .granted("anna", Action.UNLOCK, 0, 10)
            .alive("anna", 20)
            .alive("ben", 20));
  }

  @Test
  void blockedSeat_isNobodysUntilItIsUnblocked() {
    Told told = new Told().granted("backend", Action.BLOCK, 0, 1);
    assertPossible(
        told.refused("anna", Action.LOCK, Reason.BLOCKED, 2, 3)
            .granted("backend", Action.BLOCK, 4, 5)
            .refused("backend", Action.PAY, Reason.BLOCKED, 6, 7));
    assertPossible(
        told.granted("backend", Action.UNBLOCK, 8, 9)
            .granted("backend", Action.UNBLOCK, 10, 11)
            .granted("anna", Action.LOCK, 12, 13)
            .refused("anna", Action.BLOCK, Reason.ALREADY_LOCKED, 14, 15)
            .alive("anna", 16));
    assertImpossible(told.granted("backend", Action.BLOCK, 17, 18).alive("anna", 19));
    assertImpossible(
        new Told().granted("backend", Action.BLOCK, 0, 1).granted("anna", Action.LOCK, 2, 3));
    assertImpossible(
        new Told().granted("backend", Action.PAY, 0, 1).granted("backend", Action.UNBLOCK, 2, 3));
  }

  @Test
  void revocation_isOfWhatIsSold() {
    for (Action sale : new Action[] {Action.RESERVE, Action.PAY}) {
      Told told = new Told().granted("backend", sale, 0, 1);
      assertImpossible(told.refused("backend", Action.REVOKE, Reason.NOT_RESERVED, 2, 3));
      assertPossible(
          new Told()
              .granted("backend", sale, 0, 1)
              .granted("backend", Action.REVOKE, 2, 3)
              .refused("backend", Action.REVOKE, Reason.NOT_RESERVED, 4, 5));
    }
    assertImpossible(new Told().granted("backend", Action.REVOKE, 0, 1));
  }

  /** Anna has a lock for 100 ms, and is there; somebody extends what he has. */
  private static Told lockedAndExtendedBy(String extender) {
    return new Told()
        .lasting(100)
        .granted("anna", Action.LOCK, 0, 1)
        .extended(extender, 50, 51)
        .alive("anna", 10_000);
  }

  @Test
  void extendedLock_lastsFromThenOn() {
    assertPossible(lockedAndExtendedBy("anna").read("ben", Kind.UNLOCKED, 150, 151));
    assertImpossible(lockedAndExtendedBy("anna").read("ben", Kind.UNLOCKED, 120, 121));
    assertPossible(lockedAndExtendedBy("ben").read("ben", Kind.UNLOCKED, 120, 121));
  }

  @Test
  void lostWrite_isImpossible() {
    assertImpossible(
        new Told().granted("backend", Action.PAY, 0, 1).read("anna", Kind.UNPAID, 2, 3));
  }

  @Test
  void lostWrite_foundByAnother_isImpossible() {
    assertImpossible(
        new Told().granted("backend", Action.PAY, 0, 1).granted("anna", Action.LOCK, 2, 3));
  }

  @Test
  void staleRead_isImpossible() {
    assertImpossible(
        new Told()
            .granted("backend", Action.RESERVE, 0, 1)
            .granted("backend", Action.PAY, 2, 3)
            .read("anna", Kind.RESERVED, 4, 5));
  }

  @Test
  void readOfEitherState_whileItChanges_isPossible() {
    Told told = new Told().granted("backend", Action.RESERVE, 0, 1);
    assertPossible(told.granted("backend", Action.PAY, 2, 9).read("anna", Kind.RESERVED, 3, 4));
    assertPossible(told.read("anna", Kind.PAID, 5, 6));
  }

  @Test
  void readsThatGoBack_areImpossible() {
    assertImpossible(
        new Told()
            .granted("backend", Action.RESERVE, 0, 9)
            .read("anna", Kind.RESERVED, 1, 2)
            .read("ben", Kind.UNRESERVED, 3, 4));
  }

  @Test
  void reordering_isImpossible() {
    assertImpossible(
        new Told()
            .granted("backend", Action.RESERVE, 0, 1)
            .granted("backend", Action.UNRESERVE, 2, 3)
            .read("anna", Kind.RESERVED, 4, 5)
            .read("anna", Kind.UNRESERVED, 6, 7));
  }

  @Test
  void refusalWithoutACause_isImpossible() {
    assertImpossible(new Told().refused("anna", Action.LOCK, Reason.ALREADY_PAID, 0, 1));
    assertImpossible(new Told().refused("anna", Action.LOCK, Reason.ALREADY_LOCKED, 0, 1));
    assertImpossible(new Told().refused("backend", Action.PAY, Reason.ALREADY_PAID, 0, 1));
    assertImpossible(
        new Told()
            .granted("backend", Action.RESERVE, 0, 1)
            .refused("backend", Action.UNRESERVE, Reason.NOT_RESERVED, 2, 3));
  }

  @Test
  void whatWasBusy_didNotHappen() {
    assertPossible(new Told().busy("backend", Action.PAY, 0, 1).read("anna", Kind.UNPAID, 2, 3));
    assertImpossible(new Told().busy("backend", Action.PAY, 0, 1).read("anna", Kind.PAID, 2, 3));
  }

  @Test
  void unknown_mayHaveHappenedOrNot() {
    assertPossible(new Told().unknown("backend", Action.PAY, 0).read("anna", Kind.PAID, 2, 3));
    assertPossible(new Told().unknown("backend", Action.PAY, 0).read("anna", Kind.UNPAID, 2, 3));
    assertPossible(
        new Told()
            .unknown("backend", Action.PAY, 0)
            .read("anna", Kind.UNPAID, 2, 3)
            .read("anna", Kind.PAID, 9, 10));
  }

  @Test
  void unknown_happensNotTwice() {
    assertImpossible(
        new Told()
            .unknown("backend", Action.PAY, 0)
            .read("anna", Kind.PAID, 2, 3)
            .granted("backend", Action.UNPAY, 4, 5)
            .read("anna", Kind.PAID, 6, 7));
  }

  @Test
  void unknown_doesNotHappenBeforeItWasAsked_norAfterItsEnd() {
    assertImpossible(new Told().read("anna", Kind.PAID, 0, 1).unknown("backend", Action.PAY, 2));
    assertImpossible(
        new Told()
            .unknown("backend", Action.PAY, 0, 5)
            .read("anna", Kind.UNPAID, 6, 7)
            .read("anna", Kind.PAID, 8, 9));
    assertPossible(new Told().unknown("backend", Action.PAY, 0, 5).read("anna", Kind.PAID, 8, 9));
  }

  @Test
  void lock_endsByItself_butNotBeforeItsTime() {
    Told early = new Told().lasting(100).granted("anna", Action.LOCK, 0, 10);
    assertImpossible(early.alive("anna", 300).granted("ben", Action.LOCK, 50, 99));
    Told late = new Told().lasting(100).granted("anna", Action.LOCK, 0, 10);
    assertPossible(late.alive("anna", 300).granted("ben", Action.LOCK, 50, 101));
  }

  @Test
  void reservation_endsWhenItIsDue_andNotBefore() {
    assertPossible(
        new Told()
            .due(50)
            .granted("backend", Action.RESERVE, 0, 1)
            .granted("anna", Action.LOCK, 40, 51)
            .alive("anna", 90));
    assertImpossible(
        new Told()
            .due(50)
            .granted("backend", Action.RESERVE, 0, 1)
            .granted("anna", Action.LOCK, 40, 49)
            .alive("anna", 90));
    assertImpossible(
        new Told()
            .granted("backend", Action.RESERVE, 0, 1)
            .granted("anna", Action.LOCK, 40, 51)
            .alive("anna", 90));
  }

  @Test
  void lock_endsWithItsSession() {
    Told silent = new Told().granted("anna", Action.LOCK, 0, 10).alive("anna", 40);
    assertPossible(silent.granted("ben", Action.LOCK, 41, 45));
    Told gone = new Told().granted("anna", Action.LOCK, 0, 10).bye("anna", 20, 30);
    assertPossible(gone.granted("ben", Action.LOCK, 21, 25));
    Told alive = new Told().granted("anna", Action.LOCK, 0, 10).alive("anna", 50);
    assertImpossible(alive.granted("ben", Action.LOCK, 41, 45));
  }

  @Test
  void sale_underACondition_needsThatLock() {
    Told told = new Told().granted("anna", Action.LOCK, 0, 1);
    assertPossible(told.grantedIfHeldBy("anna", Action.PAY, 2, 3));
    assertImpossible(new Told().grantedIfHeldBy("anna", Action.PAY, 2, 3));
    assertImpossible(
        new Told().granted("ben", Action.LOCK, 0, 1).grantedIfHeldBy("anna", Action.PAY, 2, 3));
  }

  @Test
  void soldLock_freesNothing() {
    assertImpossible(
        new Told()
            .granted("anna", Action.LOCK, 0, 1)
            .granted("backend", Action.PAY, 2, 3)
            .granted("anna", Action.UNLOCK, 4, 5));
  }

  @Test
  void explanation_namesTheAnswerThatCannotBe() {
    Told told = new Told().granted("backend", Action.PAY, 0, 1).granted("ben", Action.LOCK, 2, 3);
    assertThat(Linearizability.check(told.ofSeat()).orElseThrow())
        .contains("no order explains 2.000 to 3.000: ben")
        .contains("PAID");
  }
}
