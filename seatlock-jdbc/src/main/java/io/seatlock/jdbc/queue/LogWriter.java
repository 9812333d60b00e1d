package io.seatlock.jdbc.queue;

import io.seatlock.core.Replica;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The database behind a {@link QueuedLog}. Called by the log's thread, and by the one that starts
 * the log before there is such a thread, unless a method says otherwise. {@link Object#toString}
 * names the database for an operator, without any password.
 */
public interface LogWriter {

  /**
   * Opens the database and gives the replica what is in it.
   *
   * @throws IOException if it cannot be opened or is damaged; the message says what and where
   */
  void open(Replica replica) throws IOException;

  /**
   * Appends these commands and has them decided, or leaves them in the queue to be tried again.
   *
   * @throws IOException if the log cannot go on
   */
  void append(List<QueuedCommand> batch) throws IOException;

  /**
   * Does what is due besides appending.
   *
   * @return how many nanoseconds later something is due again
   * @throws IOException if the log cannot go on
   */
  long doChores() throws IOException;

  /**
   * Saves what makes the next start faster.
   *
   * @param closeBy until when there is time for it, on the nano clock
   */
  void saveAtClose(long closeBy);

  /**
   * Breaks off what the log's thread is doing in the database, since it takes too long. Called by
   * any thread.
   */
  void breakOff();

  /** Gives back everything that is held, whether or not the database was opened. */
  void release();

  /**
   * Returns why commands cannot be appended at the moment, for an operator; empty if they can.
   * Called by any thread.
   */
  Optional<String> trouble();
}
