package io.seatlock.jdbc;

import io.seatlock.core.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be appended, in the order in which it came. Anybody may add; one thread, the log's,
 * looks at what is first, appends it and removes what has ended. Nothing is removed before that, so
 * an append that failed is simply tried again.
 */
final class Inbox {

  static final String FULL = "too many commands wait for the log";

  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final int limit;

  /** The nano clock when it was last looked at, which is less often than something comes. */
  private volatile long now = System.nanoTime();

  /** Why nothing is accepted; null as long as it is. */
  private volatile @Nullable String shut;

  /** Who waits until something is there. */
  private volatile @Nullable Thread reader;

  /** Who waits, for whatever. */
  private volatile @Nullable Thread sleeper;

  private volatile boolean signalled;

  /** How many may wait before those are refused that are not patient. */
  Inbox(int limit) {
    this.limit = limit;
  }

  void add(Submission submission) {
    String refusal = shut;
    if (refusal == null && size.get() >= limit && !submission.isPatient()) {
      refusal = FULL;
    }
    if (refusal != null) {
      submission.notAccepted(refusal);
      return;
    }
    Waiting waiting = new Waiting(submission, now);
    size.incrementAndGet();
    queue.add(waiting);
    LockSupport.unpark(reader);
    refusal = shut;
    if (refusal != null) {
      waiting.giveUp(refusal);
    }
  }

  /** The first that have not ended, oldest first; only for the log's thread. */
  List<Waiting> first(int count) {
    removeEnded();
    List<Waiting> first = new ArrayList<>(Math.min(count, size.get()));
    for (Waiting waiting : queue) {
      if (first.size() == count) {
        break;
      }
      if (!waiting.hasEnded()) {
        first.add(waiting);
      }
    }
    return first;
  }

  /** Only for the log's thread. */
  void removeEnded() {
    for (Waiting head = queue.peek(); head != null && head.hasEnded(); head = queue.peek()) {
      queue.remove();
      size.decrementAndGet();
    }
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /**
   * Gives up those that are not patient and have waited too long.
   *
   * @param nanoTime the nano clock; what comes from now on counts as come at this time
   * @param patience how long in nanoseconds
   */
  void giveUp(long nanoTime, long patience, String why) {
    now = nanoTime;
    for (Waiting waiting : queue) {
      if (nanoTime - waiting.since() < patience) {
        return;
      }
      if (!waiting.submission().isPatient()) {
        waiting.giveUp(why);
      }
    }
  }

  /** Accepts nothing from now on; what waits still does. */
  void shut(String why) {
    if (shut == null) {
      shut = why;
    }
    wake();
  }

  /** Accepts nothing and ends everything that waits. */
  void abandon(String why) {
    shut(why);
    for (Waiting waiting : queue) {
      waiting.abandon(why);
    }
  }

  /** Waits until something is there or {@link #wake} is called, but not longer than this. */
  void await(long nanos) {
    reader = Thread.currentThread();
    sleep(nanos, false);
    reader = null;
  }

  /** Waits until {@link #wake} is called, but not longer than this, whatever is there. */
  void pause(long nanos) {
    sleep(nanos, true);
  }

  private void sleep(long nanos, boolean evenIfFull) {
    long end = System.nanoTime() + nanos;
    sleeper = Thread.currentThread();
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      if (signalled || (!evenIfFull && !queue.isEmpty())) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    sleeper = null;
    signalled = false;
  }

  /** Ends a wait, or the next one if nobody waits. */
  void wake() {
    signalled = true;
    LockSupport.unpark(sleeper);
  }
}
