package io.seatlock.core;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * The commands that a {@link CommandLog} keeps, for an operator to read, check and copy rather than
 * for a running program. Implement it beside a log, so that the tools that show its history, check,
 * export and import it work with that log too.
 *
 * <p>What an implementation has to keep to:
 *
 * <ul>
 *   <li>An archive is used by one thread at a time.
 *   <li>It can be read while programs append to the log. What it returns of a show is what the log
 *       held when reading that show began, or later.
 *   <li>It is written only while no program uses the log, and refuses to be opened for writing
 *       otherwise. Nothing that was added is kept before {@link #commit} returns, and everything is
 *       kept afterwards.
 *   <li>A show, a command or a state is returned exactly as it was written, or a {@link
 *       DamagedLogException} says that it cannot be.
 *   <li>{@link Object#toString} names the log for an operator, without any password.
 * </ul>
 */
public interface CommandArchive extends AutoCloseable {

  /**
   * A state of a show in the log.
   *
   * @param index the place of the last command that the state includes; 0 for the state before the
   *     first
   * @param state the state after that command
   */
  record SavedState(long index, Snapshot state) {
    /** Checks that there is a state, and a place. */
    public SavedState {
      Objects.requireNonNull(state, "state");
      if (index < 0) {
        throw new IllegalArgumentException("state at " + index);
      }
    }
  }

  /**
   * A command in the log of a show.
   *
   * @param index its place, counted from 1
   * @param at its time, in milliseconds since the epoch
   * @param command what was to be done
   */
  record Entry(long index, long at, Command command) {
    /** Checks that there is a command, a place and a time. */
    public Entry {
      Objects.requireNonNull(command, "command");
      if (index < 1 || at < 0) {
        throw new IllegalArgumentException("command " + index + " at " + at);
      }
    }
  }

  /** Receives the commands of a show one by one. */
  @FunctionalInterface
  interface Reader {
    /**
     * Takes the next command.
     *
     * @throws IOException to end the reading
     */
    void read(Entry entry) throws IOException;
  }

  /** Returns the names of the shows, in the order in which they began. */
  List<String> shows() throws IOException;

  /**
   * Returns the state with which the log of a show begins: the one before its first command, unless
   * old commands were removed.
   *
   * @throws java.io.FileNotFoundException if there is no such show
   * @throws DamagedLogException if the state is not what was written
   */
  SavedState beginning(String show) throws IOException;

  /**
   * Returns the states that the log keeps of a show besides its {@link #beginning}, oldest first.
   *
   * @throws java.io.FileNotFoundException if there is no such show
   * @throws DamagedLogException if one of them is not what was written
   */
  List<SavedState> snapshots(String show) throws IOException;

  /**
   * Reads the commands of a show after its beginning, in order.
   *
   * @return how many there were
   * @throws java.io.FileNotFoundException if there is no such show
   * @throws DamagedLogException if a command is missing, is not what was written, or is earlier
   *     than the one before it
   * @throws IOException if the log cannot be read, or what the reader throws
   */
  long read(String show, Reader reader) throws IOException;

  /**
   * Replays a show from its beginning and compares each of its snapshots with the state that the
   * commands lead to. An implementation that keeps more, such as text beside each command, checks
   * that as well.
   *
   * @return how many commands there were
   * @throws DamagedLogException if something is damaged; the message says what
   * @throws IOException if the log cannot be read
   */
  default long check(String show) throws IOException {
    ReplayCheck check = new ReplayCheck(show, beginning(show), snapshots(show));
    long count = read(show, check);
    check.requireComplete();
    return count;
  }

  /**
   * Adds a whole show. It is kept only once {@link #commit} has returned.
   *
   * @param beginning the state with which its log begins
   * @param entries its commands after the beginning, in order and without a gap
   * @throws IOException if there is such a show already, or it cannot be written
   */
  void addShow(String show, SavedState beginning, Iterator<Entry> entries) throws IOException;

  /**
   * Keeps everything that was added.
   *
   * @throws IOException if it cannot be kept; then nothing of it is
   */
  void commit() throws IOException;

  /** Closes the archive. What was added and not committed is dropped. */
  @Override
  void close() throws IOException;
}
