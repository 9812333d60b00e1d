package io.seatlock.core;

import java.util.Set;

/**
 * The shows of a {@link SeatLock} as its {@link CommandLog} sees them: what the log's commands are
 * given to. Implemented by the core. Called by one thread at a time.
 *
 * <p>What was given may be decided a moment later by another thread, but before anything is asked
 * here about the show. If it cannot be decided, whatever is called then or next throws an {@link
 * IllegalStateException}, and the log ends.
 */
public interface Replica {

  /** The place of the last command of the show that was given to this replica; 0 if none was. */
  long index(String show);

  /**
   * The state before the show's first command, for a log that has nothing of the show: with it the
   * log of a show begins.
   */
  Snapshot initial(String show);

  /**
   * The show begins, or goes on, with this state. Only for a show that has not been given anything
   * yet.
   *
   * @param index the place of the last command that the state includes; 0 for the state before the
   *     first one
   */
  void install(String show, long index, Snapshot state);

  /**
   * The next command of a show, from the past or from another program.
   *
   * @param index its place, which must be the one after {@link #index}
   * @param at its time, in milliseconds since the epoch
   */
  void decide(String show, long index, long at, Command command);

  /**
   * The next command of a show, one that was appended here.
   *
   * @param index its place, which must be the one after {@link #index}
   * @param at its time, in milliseconds since the epoch
   */
  void decide(long index, long at, Submission submission);

  /**
   * Begins a batch: what its commands lead to may be delivered all together, at {@link #endBatch}.
   * Without a batch, what a command leads to is delivered at once.
   */
  default void beginBatch() {}

  /** Delivers what the batch led to. Does nothing if no batch has begun. */
  default void endBatch() {}

  /**
   * Whether this command would change nothing and nobody waits to hear so, if it were decided now.
   */
  boolean isIdle(Submission submission, long at);

  /** The state of the show after the command at {@link #index}. */
  Snapshot snapshot(String show);

  /** The nodes on whose connections there are sessions. */
  Set<String> nodes();

  /**
   * A node has ended and with it its connections: what that means for their sessions is appended.
   */
  void nodeGone(String node);

  /**
   * The log cannot go on. Nothing more will be decided; a server ends now.
   *
   * @param cause says why, for an operator
   */
  void failed(Throwable cause);
}
