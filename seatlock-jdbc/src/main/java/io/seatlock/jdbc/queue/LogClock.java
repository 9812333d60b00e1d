package io.seatlock.jdbc.queue;

import java.time.Instant;
import java.time.InstantSource;

/**
 * A time that was read somewhere once, counted on by the monotonic clock. At first that is the wall
 * clock of this machine. Safe for use by many threads.
 */
public final class LogClock implements InstantSource {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private volatile long offset = System.currentTimeMillis() - monotonic();

  /** Goes on from this time if it is later than the clock's own. */
  public void atLeast(long millis) {
    if (millis > millis()) {
      offset = millis - monotonic();
    }
  }

  /** It was at least this late just now, at the place where the time is read. */
  public void set(long millis) {
    // One less, since the millisecond of the monotonic clock had begun already.
    offset = millis - monotonic() - 1;
  }

  @Override
  public long millis() {
    return monotonic() + offset;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  private static long monotonic() {
    return Math.floorDiv(System.nanoTime(), NANOS_PER_MILLI);
  }
}
