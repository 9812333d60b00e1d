package io.seatlock.server.access;

import static io.seatlock.server.access.LockQuotas.Verdict.FREE;
import static io.seatlock.server.access.LockQuotas.Verdict.TOO_FAST;
import static io.seatlock.server.access.LockQuotas.Verdict.TOO_MANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.server.access.LockQuotas.Quota;
import io.seatlock.server.access.LockQuotas.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LockQuotasTest {

  private long now = Long.MAX_VALUE; // the machine's counter may overflow at any time
  private final LockQuotas quotas = new LockQuotas(() -> now);

  private void pass(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  /** Tries to lock, and fails in the show: only the attempt counts. */
  private Verdict lock(Quota quota, int seats) {
    Verdict verdict = quotas.tryLock(quota, "h1", seats);
    if (verdict == FREE) {
      quotas.endAttempt(quota, "h1", seats);
    }
    return verdict;
  }

  @Test
  void rate_withinASecond_isLimited() {
    Quota quota = new Quota("foyer-1", 1000, 5);
    for (int i = 0; i < 5; i++) {
      assertThat(lock(quota, 1)).isEqualTo(FREE);
    }
    assertThat(lock(quota, 1)).isEqualTo(TOO_FAST);
    assertThat(lock(new Quota("foyer-2", 1000, 5), 5)).isEqualTo(FREE);
    pass(999);
    assertThat(lock(quota, 1)).isEqualTo(TOO_FAST);
    pass(1);
    assertThat(lock(quota, 5)).isEqualTo(FREE);
    assertThat(lock(quota, 1)).isEqualTo(TOO_FAST);
  }

  /** It was too fast for ever. */
  @Test
  void rate_moreSeatsAtOnce_takeAPauseBeforeAndAfter() {
    Quota quota = new Quota("foyer-1", 1000, 5);
    assertThat(lock(quota, 1)).isEqualTo(FREE);
    assertThat(lock(quota, 12)).isEqualTo(TOO_FAST);
    pass(1000);
    assertThat(lock(quota, 12)).isEqualTo(FREE);
    assertThat(lock(quota, 1)).isEqualTo(TOO_FAST);
    pass(1000);
    assertThat(lock(quota, 1)).isEqualTo(TOO_FAST);
    pass(1000);
    assertThat(lock(quota, 3)).isEqualTo(FREE); // two of the twelve are left
    assertThat(lock(quota, 1)).isEqualTo(TOO_FAST);
    pass(1000);
    assertThat(lock(quota, 12)).isEqualTo(FREE);
    assertThat(lock(new Quota("foyer-1", 4, 5), 12)).isEqualTo(TOO_MANY);
  }

  @Test
  void rate_ofAnOwnerWhoIsAway_isNotForgottenTooSoon() {
    Quota quota = new Quota("foyer-1", 1000, 1);
    assertThat(lock(quota, 10)).isEqualTo(FREE);
    pass(9_999);
    assertThat(lock(quota, 2)).isEqualTo(TOO_FAST);
    pass(1);
    assertThat(lock(quota, 2)).isEqualTo(FREE);
  }

  @Test
  void rate_none_isNoLimit() {
    Quota quota = new Quota("foyer-1", Integer.MAX_VALUE, Integer.MAX_VALUE);
    for (int i = 0; i < 100; i++) {
      assertThat(lock(quota, 200)).isEqualTo(FREE);
    }
  }

  @Test
  void attempts_thatAreOnTheirWay_count() {
    Quota quota = new Quota("foyer-1", 3, 1000);
    assertThat(quotas.tryLock(quota, "h1", 2)).isEqualTo(FREE);
    assertThat(quotas.tryLock(quota, "h2", 2)).isEqualTo(TOO_MANY);
    quotas.endAttempt(quota, "h1", 2);
    assertThat(quotas.tryLock(quota, "h2", 2)).isEqualTo(FREE);
  }
}
