package io.seatlock.client;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client's threads beside those of its connection, all daemons: one for deadlines, which never
 * runs the program's code, and as many as there is program code to run at a time, so that code that
 * blocks keeps no other from running. Idle ones of these end after a second.
 */
final class Threads implements Timers {

  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private final String prefix = "seatlock-client-" + CLIENTS.incrementAndGet() + "-";
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;

  Threads() {
    timer = new ScheduledThreadPoolExecutor(1, named("timer"));
    timer.setRemoveOnCancelPolicy(true);
    AtomicInteger count = new AtomicInteger();
    workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> named("worker-" + count.incrementAndGet()).newThread(task));
  }

  /** The name for a thread of this client with this part to play. */
  String name(String part) {
    return prefix + part;
  }

  /** Runs tasks at the same time, in no order; refuses them after {@link #endWorkers}. */
  Executor workers() {
    return workers;
  }

  /** Runs the program's code: on a worker, or here if there is none to be had. */
  void runProgramCode(Runnable code) {
    try {
      workers.execute(code);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      code.run();
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public @Nullable Future<?> after(long nanos, Runnable task) {
    try {
      return timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null;
    }
  }

  @Override
  public void endTimers() {
    timer.shutdownNow();
  }

  /** Ends the workers once they have run what they have. */
  void endWorkers() {
    workers.shutdown();
  }

  private ThreadFactory named(String part) {
    return task -> {
      Thread thread = new Thread(task, name(part));
      thread.setDaemon(true);
      return thread;
    };
  }
}
