package io.seatlock.client;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time that runs ten times as fast, for many clients at once. */
final class FastTimers implements Timers, AutoCloseable {

  private static final int FACTOR = 10;

  private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

  @Override
  public long nanoTime() {
    return System.nanoTime() * FACTOR;
  }

  @Override
  public Future<?> after(long nanos, Runnable task) {
    try {
      return executor.schedule(task, nanos / FACTOR, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null;
    }
  }

  @Override
  public void endTimers() {
    // Others need it.
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
