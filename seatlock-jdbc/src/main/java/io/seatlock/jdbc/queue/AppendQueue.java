package io.seatlock.jdbc.queue;

import io.seatlock.core.Submission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be appended, in the order in which it came. Anybody may add; one thread, the log's,
 * looks at what is first, appends it and removes what has ended. Nothing is removed before that, so
 * an append that failed is simply tried again.
 */
public final class AppendQueue {

  /** Why a command is refused that would be one too many. */
  public static final String FULL = "too many commands wait for the log";

  /** Guards itself and what is shut. */
  private final Deque<QueuedCommand> queue = new ArrayDeque<>();

  private final int limit;

  /** Why nothing is accepted; null as long as it is. */
  private @Nullable String shut;

  /** Who waits until something is there. */
  private volatile @Nullable Thread reader;

  /** Who waits, for whatever. */
  private volatile @Nullable Thread sleeper;

  private volatile boolean signalled;

  /** How many may wait before those are refused that are not patient. */
  AppendQueue(int limit) {
    this.limit = limit;
  }

  void enqueue(Submission submission) {
    String refusal;
    synchronized (queue) {
      refusal = shut;
      if (refusal == null && queue.size() >= limit && !submission.isPatient()) {
        refusal = FULL;
      }
      if (refusal == null) {
        queue.add(new QueuedCommand(submission));
      }
    }
    if (refusal == null) {
      LockSupport.unpark(reader);
    } else {
      submission.notAccepted(refusal);
    }
  }

  /** The first that have not ended, oldest first; only for the log's thread. */
  public List<QueuedCommand> first(int count) {
    synchronized (queue) {
      removeEnded();
      List<QueuedCommand> first = new ArrayList<>(Math.min(count, queue.size()));
      for (QueuedCommand queued : queue) {
        if (first.size() == count) {
          break;
        }
        if (!queued.hasEnded()) {
          first.add(queued);
        }
      }
      return first;
    }
  }

  /** Only for the log's thread. */
  public void removeEnded() {
    synchronized (queue) {
      for (QueuedCommand head = queue.peek();
          head != null && head.hasEnded();
          head = queue.peek()) {
        queue.remove();
      }
    }
  }

  public boolean isEmpty() {
    synchronized (queue) {
      return queue.isEmpty();
    }
  }

  private List<QueuedCommand> all() {
    synchronized (queue) {
      return List.copyOf(queue);
    }
  }

  /**
   * Gives up those that are not patient and have waited too long since they were first seen here.
   *
   * @param nanoTime the nano clock
   * @param patience how long in nanoseconds
   */
  void giveUp(long nanoTime, long patience, String why) {
    List<QueuedCommand> late = new ArrayList<>();
    synchronized (queue) {
      for (QueuedCommand queued : queue) {
        if (queued.seenFor(nanoTime) >= patience && !queued.submission().isPatient()) {
          late.add(queued);
        }
      }
    }
    late.forEach(queued -> queued.giveUp(why));
  }

  /** Accepts nothing from now on; what waits still does. */
  void shut(String why) {
    synchronized (queue) {
      if (shut == null) {
        shut = why;
      }
    }
    wake();
  }

  /** Accepts nothing and ends everything that waits. */
  void abandon(String why) {
    shut(why);
    all().forEach(queued -> queued.abandon(why));
  }

  /** Waits until something is there or {@link #wake} is called, but not longer than this. */
  void await(long nanos) {
    reader = Thread.currentThread();
    sleep(nanos, false);
    reader = null;
  }

  /** Waits until {@link #wake} is called, but not longer than this, whatever is there. */
  public void pause(long nanos) {
    sleep(nanos, true);
  }

  private void sleep(long nanos, boolean evenIfFull) {
    long end = System.nanoTime() + nanos;
    sleeper = Thread.currentThread();
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      if (signalled || (!evenIfFull && !isEmpty())) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    sleeper = null;
    signalled = false;
  }

  /** Ends a wait, or the next one if nobody waits. */
  public void wake() {
    signalled = true;
    LockSupport.unpark(sleeper);
  }
}
