package io.seatlock.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Wakes shows when something is due, on daemon threads that start when they are needed. One thread
 * counts the time and does nothing else, so that a listener that blocks in one show keeps no other
 * show waiting.
 */
final class Timer implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.seatlock.core");

  private final ScheduledThreadPoolExecutor clockwork;
  private final ExecutorService workers;

  Timer() {
    clockwork =
        new ScheduledThreadPoolExecutor(
            1, daemons("seatlock-timer"), new ThreadPoolExecutor.DiscardPolicy());
    clockwork.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("seatlock-timer-worker"),
            // Only after the end: the caller then does what is left.
            (task, ended) -> task.run());
  }

  /** Runs the task after so many milliseconds, at once if they are not positive. */
  void runIn(long millis, Runnable task) {
    ScheduledFuture<?> unused =
        clockwork.schedule(
            () -> workers.execute(() -> runLogged(task)), millis, TimeUnit.MILLISECONDS);
  }

  /** Threads for tasks that may take long; after the end, the caller's own thread. */
  Executor workers() {
    return workers;
  }

  /** Wakes nobody any more. */
  void stop() {
    clockwork.shutdownNow();
  }

  /** Stops, and lets the workers finish what they are at. */
  @Override
  public void close() {
    stop();
    workers.shutdown();
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "ending what was due failed", e);
    }
  }
}
