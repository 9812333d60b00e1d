package io.seatlock.core;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. */
final class ManualClock implements InstantSource {

  private final AtomicLong millis = new AtomicLong(Stage.START);

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public long millis() {
    return millis.get();
  }

  /** Moves the clock, backwards if negative. */
  void move(long byMillis) {
    millis.addAndGet(byMillis);
  }
}
