package io.seatlock.jdbc.queue;

import io.seatlock.core.Submission;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * A submission in the queue of a log. It is claimed by the log's thread when it goes into a commit,
 * and from then on nobody else may end it; until then the thread that counts the time can give it
 * up.
 */
public final class QueuedCommand {

  private enum State {
    FREE,
    CLAIMED,
    ENDED
  }

  private static final AtomicReferenceFieldUpdater<QueuedCommand, State> STATE =
      AtomicReferenceFieldUpdater.newUpdater(QueuedCommand.class, State.class, "state");

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  private final Submission submission;
  private volatile State state = State.FREE;

  /** Of the thread that counts the time. */
  private boolean seen;

  private long seenAt;

  /** Where it is to be and when. Of the log's thread, once claimed. */
  private long index;

  private long at;

  QueuedCommand(Submission submission) {
    this.submission = submission;
  }

  public Submission submission() {
    return submission;
  }

  /**
   * For how many nanoseconds the thread that counts the time has known it. To read the clock when
   * it comes would cost more than all else that is done with it then.
   */
  long seenFor(long nanoTime) {
    if (!seen) {
      seen = true;
      seenAt = nanoTime;
    }
    return nanoTime - seenAt;
  }

  public long index() {
    return index;
  }

  public long at() {
    return at;
  }

  /** Returns false if it has ended. */
  public boolean claim() {
    return STATE.compareAndSet(this, State.FREE, State.CLAIMED);
  }

  public void place(long index, long at) {
    this.index = index;
    this.at = at;
  }

  public boolean hasEnded() {
    return state == State.ENDED;
  }

  /** It was claimed and is certainly not in the log: it waits on. */
  public void release() {
    STATE.compareAndSet(this, State.CLAIMED, State.FREE);
  }

  /** It was claimed and is to be decided; false if it was abandoned in the meantime. */
  public boolean endDecided() {
    return STATE.compareAndSet(this, State.CLAIMED, State.ENDED);
  }

  /** Ends it as not accepted unless it is claimed or has ended. */
  public void giveUp(String why) {
    if (STATE.compareAndSet(this, State.FREE, State.ENDED)) {
      endQuietly(() -> submission.notAccepted(why));
    }
  }

  /**
   * Ends it as not accepted, since it was claimed and cannot be written: it fails alone.
   *
   * @param why the exception of its text, its binary form or its row
   */
  public void failAlone(Throwable why) {
    LOG.log(Level.ERROR, "a command of show " + submission.show() + " cannot be written", why);
    release();
    giveUp("the command cannot be written: " + why);
  }

  /** Ends it as unknown if it is claimed, otherwise as not accepted. */
  void abandon(String why) {
    giveUp(why);
    if (STATE.compareAndSet(this, State.CLAIMED, State.ENDED)) {
      endQuietly(() -> submission.unknown(why));
    }
  }

  /** What receives the result must not end the thread that ends one submission of many. */
  private void endQuietly(Runnable end) {
    try {
      end.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a result of show " + submission.show() + " was not received", e);
    }
  }
}
