package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How long clients wait before they come back. */
class BackoffTest {

  private static final long SECOND = 1_000_000_000L;

  private final Backoff backoff =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), new Largest());

  @Test
  void next_limitDoublesUpToTheLongest() {
    assertThat(LongStream.range(0, 6).map(i -> backoff.next()))
        .containsExactly(SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 10 * SECOND, 10 * SECOND);
  }

  @Test
  void reset_startsAnew() {
    backoff.next();
    backoff.next();
    backoff.reset();

    assertThat(backoff.next()).isEqualTo(SECOND);
  }

  @Test
  void wish_comesFirst_once_andHasABound() {
    backoff.wish(7_000);
    assertThat(backoff.next()).isEqualTo(7 * SECOND);
    assertThat(backoff.next()).isEqualTo(SECOND);
    backoff.wish(Long.MAX_VALUE);
    assertThat(backoff.next()).isEqualTo(300 * SECOND);
  }

  @Test
  void next_isSpreadEvenlyFromZeroOn() {
    long seed = 42;
    Random random = new Random(seed);
    int[] tenths = new int[10];
    for (int i = 0; i < 10_000; i++) {
      long delay = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), random).next();
      tenths[(int) Math.min(9, delay * 10 / SECOND)]++;
    }

    assertThat(Arrays.stream(tenths)).allMatch(count -> count > 800 && count < 1200);
  }

  private static final class Largest extends Random {
    private static final long serialVersionUID = 1L;

    @Override
    public long nextLong() {
      return -1; // The remainder of which is the largest.
    }
  }
}
