package io.seatlock.client;

import java.time.Duration;
import java.util.Random;

/**
 * How long to wait before the next attempt to connect: a random time between nothing and a limit
 * that doubles with each attempt, so that clients that lost the same server do not come back
 * together; or as long as the server said. Not thread-safe.
 */
final class Backoff {

  /** A server may ask for patience, but only so much. */
  private static final long LONGEST_WISH = Duration.ofMinutes(5).toNanos();

  private final long first;
  private final long longest;
  private final Random random;
  private long limit;
  private long wish = -1;

  Backoff(Duration first, Duration longest, Random random) {
    this.first = first.toNanos();
    this.longest = longest.toNanos();
    this.random = random;
    this.limit = this.first;
  }

  /** The next time to wait, in nanoseconds. */
  long next() {
    if (wish >= 0) {
      long wished = wish;
      wish = -1;
      return wished;
    }
    // Android has no nextLong(bound). So few of the 2^64 values are left over that none is
    // likelier.
    long delay = Math.floorMod(random.nextLong(), limit + 1);
    limit = limit > longest / 2 ? longest : limit * 2;
    return delay;
  }

  /** The server said how long to wait the next time. */
  void wish(long millis) {
    wish = Math.min(LONGEST_WISH, Duration.ofMillis(Math.min(millis, 1L << 40)).toNanos());
  }

  /** All is well: the next time starts from the beginning. */
  void reset() {
    limit = first;
  }
}
