package io.seatlock.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the log gives to one show, until it is decided. The log's thread gives; the thread that
 * holds the show's lock takes.
 */
final class LogIntake {

  /** A command of the log with its time, and with the submission if it was submitted here. */
  record Given(long at, Command command, @Nullable Submission submission) {
    private boolean isAwaited() {
      return submission != null && submission.isAwaited();
    }
  }

  private final String show;

  /** What was given in batches that have ended, in order. */
  private final Queue<List<Given>> ended = new ConcurrentLinkedQueue<>();

  /** What is given before the batch ends. Of the log's thread. */
  private List<Given> batch = new ArrayList<>();

  /** The place of the last command that was given. Written by the log's thread. */
  private volatile long index;

  LogIntake(String show) {
    this.show = show;
  }

  /** The place of the last command that was given; 0 if none was. */
  long index() {
    return index;
  }

  /** Begins after a place instead of at the first one. */
  void beginAfter(long place) {
    if (index != 0) {
      throw new IllegalStateException("show " + show + " has begun already");
    }
    index = place;
  }

  /** The next place. */
  void requireNext(long place) {
    if (place != index + 1) {
      throw new IllegalStateException(
          "show " + show + " was given command " + place + " after " + index);
    }
  }

  /**
   * Takes the command at the next place in; it is decided after the batch has ended. Called by the
   * log's thread.
   *
   * @return whether it is the first of a batch
   */
  boolean give(long place, Given command) {
    index = place;
    batch.add(command);
    return batch.size() == 1;
  }

  /**
   * Ends the batch. Called by the log's thread.
   *
   * @return whether somebody stands still for one of its commands, so that none of them can wait
   */
  boolean endBatch() {
    if (batch.isEmpty()) {
      return false;
    }
    List<Given> whole = batch;
    batch = new ArrayList<>();
    ended.add(whole);
    return whole.stream().anyMatch(Given::isAwaited);
  }

  /** Whether something is to be decided. Readable by any thread. */
  boolean isEmpty() {
    return ended.isEmpty();
  }

  /** Takes everything out that is to be decided, in order. With the show's lock. */
  void takeAll(Consumer<Given> decide) {
    for (List<Given> next = ended.poll(); next != null; next = ended.poll()) {
      next.forEach(decide);
    }
  }
}
