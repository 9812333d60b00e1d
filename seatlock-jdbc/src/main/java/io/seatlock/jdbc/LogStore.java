package io.seatlock.jdbc;

import io.seatlock.core.Command;
import io.seatlock.core.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a log behind one connection, the same for both databases but for the shape of the
 * table of commands. Not safe for use by many threads. Nothing is committed but by {@link #commit}
 * and {@link #write}.
 */
abstract class LogStore implements AutoCloseable {

  /** How many commands are written or read at a time. */
  static final int PAGE = 4096;

  private final Connection connection;
  private final Seal seal = new Seal();
  private final Words words = new Words();

  LogStore(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
  }

  /**
   * A show in the log.
   *
   * @param id its number, given by the database
   */
  record StoredShow(long id, String name) {}

  // --- shows

  final List<StoredShow> shows() throws SQLException {
    List<StoredShow> shows = new ArrayList<>();
    try (Statement query = connection.createStatement();
        ResultSet rows = query.executeQuery("SELECT id, name FROM show ORDER BY id")) {
      while (rows.next()) {
        shows.add(new StoredShow(rows.getLong(1), rows.getString(2)));
      }
    }
    return shows;
  }

  final @Nullable StoredShow find(String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT id FROM show WHERE name = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? new StoredShow(rows.getLong(1), name) : null;
      }
    }
  }

  /** Creates a show with the state before its first command, or returns null if there is one. */
  final @Nullable StoredShow create(String name, Snapshot genesis) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO show (name) VALUES (?) ON CONFLICT (name) DO NOTHING RETURNING id")) {
      insert.setString(1, name);
      try (ResultSet rows = insert.executeQuery()) {
        if (!rows.next()) {
          return null;
        }
        StoredShow show = new StoredShow(rows.getLong(1), name);
        insert(show, StoredSnapshot.of(name, 0, genesis));
        return show;
      }
    }
  }

  // --- snapshots

  /** The newest snapshot; every show has one. */
  final StoredSnapshot newestSnapshot(StoredShow show) throws SQLException, DamagedLogException {
    return snapshot(show, "DESC");
  }

  /** The oldest snapshot: the state before the first command, unless that was pruned. */
  final StoredSnapshot oldestSnapshot(StoredShow show) throws SQLException, DamagedLogException {
    return snapshot(show, "ASC");
  }

  private StoredSnapshot snapshot(StoredShow show, String order)
      throws SQLException, DamagedLogException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT idx, at, state, sha256 FROM snapshot WHERE show = ? ORDER BY idx "
                + order
                + " LIMIT 1")) {
      query.setLong(1, show.id());
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          throw new DamagedLogException("there is no snapshot of show " + show.name());
        }
        return new StoredSnapshot(
            rows.getLong(1), rows.getLong(2), rows.getBytes(3), rows.getBytes(4));
      }
    }
  }

  /** The place of the newest snapshot. */
  final long newestSnapshotIndex(long show) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT max(idx) FROM snapshot WHERE show = ?")) {
      query.setLong(1, show);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** Adds a snapshot in place of those before it, but for the one from which the log begins. */
  final void save(StoredShow show, StoredSnapshot snapshot) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM snapshot WHERE show = ? AND idx < ?"
                + " AND idx > (SELECT min(idx) FROM snapshot WHERE show = ?)")) {
      delete.setLong(1, show.id());
      delete.setLong(2, snapshot.index());
      delete.setLong(3, show.id());
      delete.executeUpdate();
    }
    insert(show, snapshot);
  }

  private void insert(StoredShow show, StoredSnapshot snapshot) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO snapshot (show, idx, at, state, sha256) VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT (show, idx) DO NOTHING")) {
      insert.setLong(1, show.id());
      insert.setLong(2, snapshot.index());
      insert.setLong(3, snapshot.at());
      insert.setBytes(4, snapshot.state());
      insert.setBytes(5, snapshot.sha256());
      insert.executeUpdate();
    }
  }

  // --- commands

  /** The commands after a place, in order, but not more than a page of them. */
  final List<Entry> entries(StoredShow show, long after) throws SQLException, DamagedLogException {
    return entries(show, after, PAGE);
  }

  private List<Entry> entries(StoredShow show, long after, int limit)
      throws SQLException, DamagedLogException {
    List<Entry> entries = new ArrayList<>(limit);
    try (PreparedStatement query = connection.prepareStatement(selectEntries())) {
      query.setMaxRows(limit);
      bindRange(query, show.id(), after + 1, Long.MAX_VALUE);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          entries.add(entry(show, indexOf(rows.getLong(1)), rows.getLong(2), rows.getBytes(3)));
        }
      }
    }
    return entries;
  }

  /** The first command that there still is. */
  final @Nullable Entry firstEntry(StoredShow show) throws SQLException, DamagedLogException {
    List<Entry> first = entries(show, 0, 1);
    return first.isEmpty() ? null : first.get(0);
  }

  /** A row as what was written, if it is. */
  final Entry entry(StoredShow show, long index, long at, byte[] sealed)
      throws DamagedLogException {
    byte[] command = seal.take(show.id(), index, at, sealed);
    if (command == null) {
      throw new DamagedLogException("command " + index + " of show " + show.name() + " is damaged");
    }
    try {
      return new Entry(index, at, Command.fromBytes(command));
    } catch (IllegalArgumentException e) {
      throw new DamagedLogException(
          "command " + index + " of show " + show.name() + " cannot be read: " + e, e);
    }
  }

  /** Selects a range of rows: key, time and sealed command, in the order of places. */
  abstract String selectEntries();

  /** Binds a show's first and last place to a statement of this store. */
  abstract void bindRange(PreparedStatement statement, long show, long first, long last)
      throws SQLException;

  /** The place in the key of a row. */
  abstract long indexOf(long key);

  /** Inserts commands at their places. */
  abstract void insert(StoredShow show, List<Entry> entries) throws SQLException;

  /** Deletes the commands from one place to another. */
  abstract void delete(StoredShow show, long first, long last) throws SQLException;

  // --- more than one row at a time

  /**
   * Deletes some of the commands that are older than the newest snapshot and than a moment.
   *
   * @return whether there may be more of them
   */
  final boolean prune(StoredShow show, long before) throws SQLException, DamagedLogException {
    long covered = newestSnapshotIndex(show.id());
    Entry oldest = firstEntry(show);
    if (oldest == null || oldest.index() >= covered || oldest.at() >= before) {
      return false;
    }
    List<Entry> page = entries(show, 0);
    long last = 0;
    for (Entry entry : page) {
      // The last command that a snapshot covers stays: it tells what the log went on from.
      if (entry.index() >= covered || entry.at() >= before) {
        break;
      }
      last = entry.index();
    }
    delete(show, oldest.index(), last);
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM snapshot WHERE show = ? AND idx < ?")) {
      delete.setLong(1, show.id());
      delete.setLong(2, covered);
      delete.executeUpdate();
    }
    return page.size() == PAGE && last == page.get(PAGE - 1).index();
  }

  /**
   * Writes a whole show and commits it: the state before the first command, or before the first
   * that is left, and the commands after that, verbatim.
   *
   * @param index the place of the last command that the state includes
   * @throws SQLException also if there is such a show already
   */
  final void write(String name, long index, Snapshot state, Iterator<Entry> entries)
      throws SQLException {
    StoredShow show = create(name, state);
    if (show == null) {
      throw new SQLException("there is a show " + name + " already");
    }
    if (index > 0) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM snapshot WHERE show = ?")) {
        delete.setLong(1, show.id());
        delete.executeUpdate();
      }
      insert(show, StoredSnapshot.of(name, index, state));
    }
    while (entries.hasNext()) {
      List<Entry> page = new ArrayList<>(PAGE);
      while (entries.hasNext() && page.size() < PAGE) {
        page.add(entries.next());
      }
      insert(show, page);
    }
    connection.commit();
  }

  final Seal seal() {
    return seal;
  }

  final Words words() {
    return words;
  }

  final Connection connection() {
    return connection;
  }

  final void commit() throws SQLException {
    connection.commit();
  }

  final void rollback() throws SQLException {
    connection.rollback();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
