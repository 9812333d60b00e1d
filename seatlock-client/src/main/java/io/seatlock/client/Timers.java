package io.seatlock.client;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A client's clock and what is to be done by it. Tests have one that they move by hand. */
interface Timers {

  /** A monotonic time in nanoseconds that starts anywhere. */
  long nanoTime();

  /** Runs the task after this time, unless the timers end before; null if they have ended. */
  @Nullable Future<?> after(long nanos, Runnable task);

  /** Drops what waits and ends. */
  void endTimers();
}
