package io.seatlock.core;

import java.time.Instant;
import java.time.InstantSource;

/** Wall time read once, then counted by the monotonic clock: it never jumps and never goes back. */
final class SteadyClock implements InstantSource {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();

  @Override
  public long millis() {
    return startMillis + (System.nanoTime() - startNanos) / NANOS_PER_MILLI;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }
}
