package io.seatlock.jdbc.store;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Replay;
import io.seatlock.core.ReplayCheck;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.store.LogStore.StoredShow;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The archive of a log in a database. Not safe for use by several threads. */
public final class StoredArchive implements CommandArchive {

  private final String name;
  private final LogStore store;
  private final Closing afterwards;

  /** Gives back what the tables stand on. */
  @FunctionalInterface
  public interface Closing {
    /** Is called when the tables are closed. */
    void close() throws SQLException;
  }

  /**
   * An archive of these tables, which it closes in the end.
   *
   * @param name names the log for an operator
   */
  public StoredArchive(String name, LogStore store, Closing afterwards) {
    this.name = name;
    this.store = store;
    this.afterwards = afterwards;
  }

  /** An operator's sentence about a fault of a database. */
  public static IOException failure(Object name, SQLException e) {
    return new IOException(name + ": " + e.getMessage(), e);
  }

  @Override
  public List<String> shows() throws IOException {
    try {
      return store.shows().stream().map(StoredShow::name).toList();
    } catch (SQLException e) {
      throw failure(name, e);
    }
  }

  @Override
  public SavedState beginning(String show) throws IOException {
    try {
      StoredSnapshot oldest = store.oldestSnapshot(findShow(show));
      Snapshot state = oldest.verifiedState(show);
      requireConsistent(show, oldest.index(), state);
      return new SavedState(oldest.index(), state);
    } catch (SQLException e) {
      throw failure(name, e);
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

  @Override
  public List<SavedState> snapshots(String show) throws IOException {
    try {
      StoredShow stored = findShow(show);
      long beginning = store.oldestSnapshot(stored).index();
      List<SavedState> states = new ArrayList<>();
      for (StoredSnapshot snapshot : store.snapshotsAfter(stored, beginning)) {
        states.add(new SavedState(snapshot.index(), snapshot.verifiedState(show)));
      }
      return states;
    } catch (SQLException e) {
      throw failure(name, e);
    }
  }

  @Override
  public long read(String show, Reader reader) throws IOException {
    return readRows(show, (row, entries) -> {}, reader);
  }

  /** Receives each row before its commands are read. */
  private interface RowReader {
    void read(Row row, List<Entry> entries) throws IOException;
  }

  private long readRows(String show, RowReader rowReader, Reader reader) throws IOException {
    try {
      StoredShow stored = findShow(show);
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
      throw failure(name, e);
    }
  }

  /** Also compares the text of each row with its commands. */
  @Override
  public long check(String show) throws IOException {
    ReplayCheck check = new ReplayCheck(show, beginning(show), snapshots(show));
    long count = readRows(show, (row, entries) -> requireText(show, row, entries), check);
    check.requireComplete();
    return count;
  }

  private static void requireText(String show, Row row, List<Entry> entries)
      throws DamagedLogException {
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

  @Override
  public void addShow(String show, SavedState beginning, Iterator<Entry> entries)
      throws IOException {
    try {
      store.addShow(show, beginning.index(), beginning.state(), entries);
    } catch (SQLException e) {
      throw failure(name, e);
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      store.commit();
    } catch (SQLException e) {
      throw failure(name, e);
    }
  }

  private StoredShow findShow(String show) throws IOException, SQLException {
    StoredShow stored = store.find(show);
    if (stored == null) {
      throw new FileNotFoundException("there is no show " + show + " in " + name);
    }
    return stored;
  }

  @Override
  public void close() throws IOException {
    try {
      try {
        store.close();
      } finally {
        afterwards.close();
      }
    } catch (SQLException e) {
      throw failure(name, e);
    }
  }

  /** Where it is. */
  @Override
  public String toString() {
    return name;
  }
}
