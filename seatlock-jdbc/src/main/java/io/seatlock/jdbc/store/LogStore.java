package io.seatlock.jdbc.store;

import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Snapshot;
import java.io.IOException;
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
 * The tables of a log behind one connection, the same for both databases but for the key of the
 * table of commands. Not safe for use by many threads. Nothing is committed but by {@link #commit}.
 */
public abstract class LogStore implements AutoCloseable {

  /*
   * A row is what one transaction appended to a show, or a part of it. Its key is the place of its
   * first command. A writer that appends knows the last row that there is and begins behind it, so two
   * writers that both go on from the same row want the same key, and one of them fails: the primary
   * key keeps a log from forking as well as if each command had a row.
   *
   * Nobody stops in the middle of a row: rows are decided whole, and a snapshot is of the last
   * command of a row.
   */

  /** How many rows are written, read or deleted at a time. */
  public static final int PAGE = 256;

  private final Connection connection;
  private final RowChecksum checksum = new RowChecksum();
  private final Rows rows = new Rows(checksum);

  protected LogStore(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
  }

  /**
   * A show in the log.
   *
   * @param id its number, given by the database
   */
  public record StoredShow(long id, String name) {}

  /** Refuses tables that a newer program has made than one that knows this many versions. */
  public static void requireNotNewer(Object where, int version, int known) throws IOException {
    if (version > known) {
      throw new IOException(
          where
              + " was written by a newer version of seatlock: its schema is "
              + version
              + ", this program knows "
              + known);
    }
  }

  /** Refuses tables that a newer or an older program has made. */
  public static void requireThisVersion(Object where, int version, int known) throws IOException {
    requireNotNewer(where, version, known);
    if (version < known) {
      throw new IOException(
          where
              + " was written by an older version of seatlock: start a server on it once, which"
              + " brings it to this version");
    }
  }

  // --- shows

  public final List<StoredShow> shows() throws SQLException {
    List<StoredShow> shows = new ArrayList<>();
    try (Statement query = connection.createStatement();
        ResultSet rows = query.executeQuery("SELECT id, name FROM show ORDER BY id")) {
      while (rows.next()) {
        shows.add(new StoredShow(rows.getLong(1), rows.getString(2)));
      }
    }
    return shows;
  }

  public final @Nullable StoredShow find(String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT id FROM show WHERE name = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? new StoredShow(rows.getLong(1), name) : null;
      }
    }
  }

  /** Creates a show with the state before its first command, or returns null if there is one. */
  public final @Nullable StoredShow create(String name, Snapshot genesis) throws SQLException {
    // Before anything is written: a show without a state would be damaged.
    StoredSnapshot state = StoredSnapshot.fromState(name, 0, genesis);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO show (name) VALUES (?) ON CONFLICT (name) DO NOTHING RETURNING id")) {
      insert.setString(1, name);
      try (ResultSet rows = insert.executeQuery()) {
        if (!rows.next()) {
          return null;
        }
        StoredShow show = new StoredShow(rows.getLong(1), name);
        insert(show, state);
        return show;
      }
    }
  }

  // --- snapshots

  /** The newest snapshot; every show has one. */
  public final StoredSnapshot newestSnapshot(StoredShow show)
      throws SQLException, DamagedLogException {
    return snapshot(show, "DESC");
  }

  /** The oldest snapshot: the state before the first command, unless that was pruned. */
  final StoredSnapshot oldestSnapshot(StoredShow show) throws SQLException, DamagedLogException {
    return snapshot(show, "ASC");
  }

  private StoredSnapshot snapshot(StoredShow show, String order)
      throws SQLException, DamagedLogException {
    List<StoredSnapshot> found = snapshots(show, -1, order + " LIMIT 1");
    if (found.isEmpty()) {
      throw new DamagedLogException("there is no snapshot of show " + show.name());
    }
    return found.get(0);
  }

  /** All snapshots after a place, in order. */
  final List<StoredSnapshot> snapshotsAfter(StoredShow show, long index) throws SQLException {
    return snapshots(show, index, "ASC");
  }

  private List<StoredSnapshot> snapshots(StoredShow show, long after, String order)
      throws SQLException {
    List<StoredSnapshot> snapshots = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT idx, at, state, sha256 FROM snapshot WHERE show = ? AND idx > ? ORDER BY idx "
                + order)) {
      query.setLong(1, show.id());
      query.setLong(2, after);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          snapshots.add(
              new StoredSnapshot(
                  rows.getLong(1), rows.getLong(2), rows.getBytes(3), rows.getBytes(4)));
        }
      }
    }
    return snapshots;
  }

  /**
   * A place in the log of a show.
   *
   * @param index the place of a command; 0 before the first
   * @param at its time
   */
  record Place(long index, long at) {}

  /** The place of the newest snapshot that is older than this; null if there is none. */
  final @Nullable Place newestSnapshotBefore(long show, long time) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT idx, at FROM snapshot WHERE show = ? AND at < ? ORDER BY idx DESC LIMIT 1")) {
      query.setLong(1, show);
      query.setLong(2, time);
      try (ResultSet found = query.executeQuery()) {
        return found.next() ? new Place(found.getLong(1), found.getLong(2)) : null;
      }
    }
  }

  /** The place of the newest snapshot. */
  public final Place newestSnapshotPlace(long show) throws SQLException {
    Place newest = newestSnapshotBefore(show, Long.MAX_VALUE);
    return newest == null ? new Place(0, 0) : newest;
  }

  /** Adds a snapshot. */
  public final void save(StoredShow show, StoredSnapshot snapshot) throws SQLException {
    insert(show, snapshot);
  }

  /** Adds a snapshot in place of those before it, but for the one from which the log begins. */
  final void saveInPlace(StoredShow show, StoredSnapshot snapshot) throws SQLException {
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

  /**
   * A page of rows in order: the one that holds the command at a place, if there is one, and those
   * after it.
   */
  public final List<Row> rowsFrom(StoredShow show, long place) throws SQLException {
    long first = Math.max(1, firstOfRowAt(show, place));
    return rows(show, first, false);
  }

  /** A page of rows in order that begin after a place, with their words. */
  final List<Row> rowsAfter(StoredShow show, long place) throws SQLException {
    return rows(show, place + 1, true);
  }

  private List<Row> rows(StoredShow show, long first, boolean withWords) throws SQLException {
    String sql =
        "SELECT %s, size, at, commands, %s, %s FROM batch WHERE %s ORDER BY 1 LIMIT %d"
            .formatted(key(), node(), withWords ? "words" : "NULL", range(), PAGE);
    List<Row> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      bindRange(query, show.id(), first, Long.MAX_VALUE);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(
              new Row(
                  show.id(),
                  placeOf(row.getLong(1)),
                  row.getInt(2),
                  row.getLong(3),
                  row.getBytes(4),
                  row.getLong(5),
                  row.getString(6)));
        }
      }
    }
    return found;
  }

  /** The place of the first command of the row that holds this place; 0 if there is none. */
  private long firstOfRowAt(StoredShow show, long place) throws SQLException {
    return placeOf(askRange("SELECT max(%s) FROM batch WHERE %s", show, place));
  }

  /** Asks for one number; 0 if there is none. */
  private long askRange(String sql, StoredShow show, long last) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql.formatted(key(), range()))) {
      bindRange(query, show.id(), 1, last);
      try (ResultSet found = query.executeQuery()) {
        return found.next() ? found.getLong(1) : 0;
      }
    }
  }

  /** The column of the key. */
  protected abstract String key();

  /** The place in a key. */
  protected abstract long placeOf(long key);

  /** The condition for a range of keys. */
  protected abstract String range();

  /** What identifies the node that wrote a row. */
  protected abstract String node();

  /** Binds a show's first and last place to a statement with {@link #range}. */
  protected abstract void bindRange(PreparedStatement statement, long show, long first, long last)
      throws SQLException;

  /** Inserts rows that were gathered by {@link #rows}. */
  public abstract void insert(List<Row> rows) throws SQLException;

  // --- more than one row at a time

  /**
   * Deletes a page of the commands that the newest snapshot covers that is older than this; so they
   * are older, too. The row of the last of them stays: it records where the log continued from.
   *
   * @return whether there may be more of them
   */
  public final boolean prune(StoredShow show, long before) throws SQLException {
    Place covered = newestSnapshotBefore(show.id(), before);
    long kept = covered == null ? 0 : firstOfRowAt(show, covered.index());
    if (covered == null || kept <= 1) {
      return false;
    }
    long beyond =
        placeOf(
            askRange(
                "SELECT %s FROM batch WHERE %s ORDER BY 1 LIMIT 1 OFFSET " + PAGE, show, kept - 1));
    String sql = "DELETE FROM batch WHERE " + range();
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      bindRange(delete, show.id(), 1, beyond == 0 ? kept - 1 : beyond - 1);
      delete.executeUpdate();
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM snapshot WHERE show = ? AND idx < ?")) {
      delete.setLong(1, show.id());
      delete.setLong(2, covered.index());
      delete.executeUpdate();
    }
    return beyond != 0;
  }

  /**
   * Adds a whole show: the state before the first command, or before the first that is left, and
   * the commands after that, verbatim.
   *
   * @param index the place of the last command that the state includes
   * @throws SQLException also if there is such a show already
   */
  public final void addShow(String name, long index, Snapshot state, Iterator<Entry> entries)
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
      insert(show, StoredSnapshot.fromState(name, index, state));
    }
    for (int gathered = 0; entries.hasNext(); ) {
      Entry entry = entries.next();
      rows.addCommand(show.id(), entry.index(), entry.at(), entry.command());
      if (++gathered % 4096 == 0 || !entries.hasNext()) {
        insert(rows.take());
      }
    }
  }

  public final RowChecksum checksum() {
    return checksum;
  }

  /** Gathers what is to be inserted. */
  public final Rows rows() {
    return rows;
  }

  public final Connection connection() {
    return connection;
  }

  public final void commit() throws SQLException {
    connection.commit();
  }

  public final void rollback() throws SQLException {
    connection.rollback();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
