package io.seatlock.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Wakes shows when something is due, on one daemon thread that starts when it is needed. */
final class Timer implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.seatlock.core");

  private final ScheduledThreadPoolExecutor executor;

  Timer() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "seatlock-timer");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Runs the task after so many milliseconds, at once if they are not positive. */
  void runIn(long millis, Runnable task) {
    ScheduledFuture<?> unused =
        executor.schedule(() -> runLogged(task), millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "ending what was due failed", e);
    }
  }
}
