package io.seatlock.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A client's time, moved by the test. What is due runs on the thread that moves it. */
final class ManualTimers implements Timers {

  private final List<Task> tasks = new ArrayList<>();
  private long now = 1_000_000;

  private static final class Task extends CompletableFuture<Void> {
    final long at;
    final Runnable action;

    Task(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }
  }

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Future<?> after(long nanos, Runnable action) {
    Task task = new Task(now + nanos, action);
    tasks.add(task);
    return task;
  }

  @Override
  public synchronized void endTimers() {
    tasks.clear();
  }

  /** Moves the time and does what is due by then, in order. */
  void pass(Duration time) {
    long end = nanoTime() + time.toNanos();
    Task next;
    while ((next = takeDueBy(end)) != null) {
      next.action.run();
    }
  }

  private synchronized Task takeDueBy(long end) {
    tasks.removeIf(Task::isDone);
    Task next = tasks.stream().min(Comparator.comparingLong(task -> task.at)).orElse(null);
    if (next == null || next.at > end) {
      now = end;
      return null;
    }
    tasks.remove(next);
    now = Math.max(now, next.at);
    return next;
  }
}
