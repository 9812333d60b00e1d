package io.seatlock.jdbc;

import io.seatlock.core.Replay;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.LogStore.StoredShow;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A log as a collection of the past: to read, to check and to copy, for an operator and not for a
 * running program. Not safe for use by many threads.
 *
 * <p>A log may be read while programs append to it: what is read is what was there when the reading
 * of that show began, or later. It is written only while no program uses it.
 */
public final class LogArchive implements AutoCloseable {

  /** How long an operator's program may think between two questions to the database. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final String name;
  private final LogStore store;
  private final @Nullable DataDirectory directory;

  private LogArchive(String name, LogStore store, @Nullable DataDirectory directory) {
    this.name = name;
    this.store = store;
    this.directory = directory;
  }

  /**
   * A state with which the log of a show begins.
   *
   * @param index the place of the last command that it includes; 0 unless older ones were removed
   * @param state the state after that command
   */
  public record Beginning(long index, Snapshot state) {
    /** Checks that there is a state. */
    public Beginning {
      Objects.requireNonNull(state, "state");
    }
  }

  /**
   * The log in a directory, for reading.
   *
   * @throws IOException if there is none, or it cannot be read
   */
  public static LogArchive read(Path directory) throws IOException {
    Path file = directory.resolve(SqliteStore.FILE);
    if (!Files.exists(file)) {
      throw new FileNotFoundException("there is no log " + file);
    }
    try {
      return new LogArchive(file.toString(), SqliteStore.openAsIs(file), null);
    } catch (SQLException e) {
      throw failed(file.toString(), e);
    }
  }

  /**
   * The log in a directory, for reading and writing. It is created if need be, and belongs to this
   * program until the archive is closed.
   *
   * @throws IOException if another program uses it, or it cannot be opened
   */
  public static LogArchive write(Path directory) throws IOException {
    try {
      DataDirectory taken = DataDirectory.take(directory);
      try {
        LogStore store = SqliteStore.open(taken.file());
        taken.remember();
        return new LogArchive(taken.file().toString(), store, taken);
      } catch (IOException | SQLException e) {
        taken.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(directory.toString(), e);
    }
  }

  /**
   * The log in a PostgreSQL database, for reading.
   *
   * @param url as for {@link PostgresLog#at}
   * @throws IOException if the database cannot be reached or read
   * @throws IllegalArgumentException if it is not a URL of PostgreSQL
   */
  public static LogArchive readPostgres(String url) throws IOException {
    PostgresUrl parsed = PostgresUrl.parse(url);
    try {
      return new LogArchive(parsed.toString(), PostgresStore.openAsIs(parsed, LONGEST_PAUSE), null);
    } catch (SQLException e) {
      throw failed(parsed.toString(), e);
    }
  }

  /**
   * The log in a PostgreSQL database, for reading and writing.
   *
   * @param url as for {@link PostgresLog#at}
   * @throws IOException if the database cannot be reached, or a node uses it
   * @throws IllegalArgumentException if it is not a URL of PostgreSQL
   */
  public static LogArchive writePostgres(String url) throws IOException {
    PostgresUrl parsed = PostgresUrl.parse(url);
    try {
      PostgresStore store = PostgresStore.open(parsed, LONGEST_PAUSE);
      LogArchive archive = new LogArchive(parsed.toString(), store, null);
      int nodes = store.nodes(LogSettings.DEFAULT.death());
      if (nodes > 0) {
        archive.close();
        throw new IOException(archive + " is used by " + nodes + " nodes: stop them first");
      }
      return archive;
    } catch (SQLException e) {
      throw failed(parsed.toString(), e);
    }
  }

  /** The names of the shows, in the order in which they began. */
  public List<String> shows() throws IOException {
    try {
      return store.shows().stream().map(StoredShow::name).toList();
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  /**
   * The state with which the log of a show begins.
   *
   * @throws IOException if there is no such show, or it is damaged
   */
  public Beginning beginning(String show) throws IOException {
    try {
      StoredSnapshot oldest = store.oldestSnapshot(stored(show));
      Snapshot state = oldest.verifiedState(show);
      requireConsistent(show, oldest.index(), state);
      return new Beginning(oldest.index(), state);
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  private static void requireConsistent(String show, long index, Snapshot state)
      throws DamagedLogException {
    try {
      Replay unused = new Replay(state);
    } catch (IllegalArgumentException e) {
      throw new DamagedLogException(
          "the snapshot of show " + show + " at command " + index + " contradicts itself: " + e, e);
    }
  }

  /** What is done with each command. */
  @FunctionalInterface
  public interface Reader {
    /** The next command. */
    void read(Entry entry) throws IOException;
  }

  /**
   * Reads the commands of a show after its beginning, in order.
   *
   * @return how many there were
   * @throws IOException if there is no such show, a command is damaged or missing, or the reader
   *     throws it
   */
  public long read(String show, Reader reader) throws IOException {
    return read(show, (row, entries) -> {}, reader);
  }

  /** What is done with each row before its commands are read. */
  private interface RowReader {
    void read(Row row, List<Entry> entries) throws IOException;
  }

  private long read(String show, RowReader rowReader, Reader reader) throws IOException {
    try {
      StoredShow stored = stored(show);
      StoredSnapshot oldest = store.oldestSnapshot(stored);
      long index = oldest.index();
      long at = oldest.at();
      List<Row> page;
      do {
        page = store.rowsAfter(stored, index);
        for (Row row : page) {
          if (row.first() != index + 1) {
            throw new DamagedLogException(
                "command " + (index + 1) + " of show " + show + " is missing");
          }
          if (row.at() < at) {
            throw new DamagedLogException(
                "command " + row.first() + " of show " + show + " is earlier than the one before");
          }
          List<Entry> entries = row.entries(show, store.checksum());
          rowReader.read(row, entries);
          for (Entry entry : entries) {
            reader.read(entry);
          }
          index = row.last();
          at = row.at();
        }
      } while (!page.isEmpty());
      store.rollback();
      return index - oldest.index();
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  /**
   * Replays a show from its beginning and compares each snapshot with the state that the commands
   * lead to, and the words of each row with its commands.
   *
   * @return how many commands there were
   * @throws IOException if something is damaged; the message tells what
   */
  public long check(String show) throws IOException {
    Beginning beginning = beginning(show);
    Deque<StoredSnapshot> snapshots = new ArrayDeque<>();
    try {
      snapshots.addAll(store.snapshotsAfter(stored(show), beginning.index()));
    } catch (SQLException e) {
      throw failed(name, e);
    }
    for (StoredSnapshot snapshot : snapshots) {
      snapshot.verifiedState(show);
    }
    Replay replay = new Replay(beginning.state());
    long count =
        read(
            show,
            (row, entries) -> requireWords(show, row, entries),
            entry -> {
              replay.apply(entry.command(), entry.at(), event -> {});
              StoredSnapshot next = snapshots.peek();
              if (next != null && entry.index() == next.index()) {
                snapshots.remove();
                if (!Arrays.equals(replay.snapshot().toBytes(), next.state())) {
                  throw new DamagedLogException(
                      "the snapshot of show "
                          + show
                          + " at command "
                          + next.index()
                          + " is not what the commands lead to");
                }
              }
            });
    if (!snapshots.isEmpty()) {
      throw new DamagedLogException(
          "the snapshot of show "
              + show
              + " is of command "
              + snapshots.element().index()
              + ", which is missing");
    }
    return count;
  }

  private void requireWords(String show, Row row, List<Entry> entries) throws DamagedLogException {
    if (!Rows.words(entries.stream().map(Entry::command).toList()).equals(row.words())) {
      throw new DamagedLogException(
          "the words of commands "
              + row.first()
              + " to "
              + row.last()
              + " of show "
              + show
              + " are not what the commands are");
    }
  }

  /**
   * Adds a whole show. It is kept only when {@link #commit} has returned.
   *
   * @param entries its commands after the beginning, in order
   * @throws IOException if there is such a show already, or it cannot be written
   */
  public void addShow(String show, Beginning beginning, Iterator<Entry> entries)
      throws IOException {
    try {
      store.addShow(show, beginning.index(), beginning.state(), entries);
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  /** Keeps everything that was added: all of it or, if this throws, nothing. */
  public void commit() throws IOException {
    try {
      store.commit();
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  private StoredShow stored(String show) throws IOException, SQLException {
    StoredShow stored = store.find(show);
    if (stored == null) {
      throw new FileNotFoundException("there is no show " + show + " in " + name);
    }
    return stored;
  }

  private static IOException failed(String name, Exception e) {
    return new IOException(name + ": " + e.getMessage(), e);
  }

  @Override
  public void close() throws IOException {
    try {
      store.close();
      if (directory != null) {
        directory.close();
      }
    } catch (SQLException e) {
      throw failed(name, e);
    }
  }

  /** Where it is. */
  @Override
  public String toString() {
    return name;
  }
}
