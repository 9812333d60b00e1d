package io.seatlock.core;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Where commands are kept before they are decided: for each show one log, in which each command has
 * a place and a time. Implementations keep them in a database, for example; without a log,
 * everything is in memory. A log serves one {@link SeatLock}.
 *
 * <p>What an implementation has to keep to:
 *
 * <ul>
 *   <li>The places of a show's commands are 1, 2, 3 and so on, without a gap and each given once,
 *       even if several programs append to one log. Their times never fall.
 *   <li>A command is given to the {@link Replica} only after it is where no crash can lose it; then
 *       exactly once, in the order of places, with nothing left out.
 *   <li>Commands that one thread appends to one show are kept in that order.
 *   <li>The replica is called by one thread at a time, and never before {@link #start} is called.
 *   <li>Each submission comes to one end: decided, {@link Submission#notAccepted} or {@link
 *       Submission#unknown}.
 *   <li>A log that cannot go on, with a full disk for example, says so by {@link Replica#failed}
 *       and accepts nothing any more. It never goes on after a failed write as if nothing had
 *       happened.
 * </ul>
 */
public interface CommandLog extends AutoCloseable {

  /**
   * Opens the log and gives the replica everything that is in it: for each show the last snapshot,
   * then the commands after it. What programs that have ended leave of sessions on their
   * connections, see {@link Replica#nodeGone}, is appended before this returns or soon after.
   * Called once, before everything else.
   *
   * @throws IOException if the log cannot be opened or is damaged; the message tells an operator
   *     what and where
   */
  void start(Replica replica) throws IOException;

  /**
   * What this program is called among all that append to this log, another one each time it starts;
   * 1 to 32 letters and digits.
   */
  String node();

  /**
   * The log's time: never later than the time that a command would get that is appended now.
   * Readable by any thread.
   */
  InstantSource clock();

  /**
   * Appends a command, or ends it at once. Called by any thread; must not block and must not throw.
   * An implementation may end as not accepted what {@link Replica#isIdle} when its turn comes.
   */
  void append(Submission submission);

  /**
   * Why commands cannot be appended at the moment, for an operator; empty if they can. Called by
   * any thread.
   */
  Optional<String> trouble();

  /**
   * Appends what still waits, as long as that does not take more than a few seconds, ends the rest,
   * and gives everything back that it holds. Afterwards nothing is accepted. Closing it again does
   * nothing.
   */
  @Override
  void close();
}
