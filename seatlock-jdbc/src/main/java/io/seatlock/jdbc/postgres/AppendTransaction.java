package io.seatlock.jdbc.postgres;

import io.seatlock.jdbc.store.LogStore;
import io.seatlock.jdbc.store.Row;
import io.seatlock.jdbc.store.ShowLog;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One transaction of a node that appends, in two trips to the database: the first makes it this
 * node's turn in some shows and brings what others have appended, the second appends and commits.
 * Of one thread.
 */
final class AppendTransaction {
  /*
   * A node that appends to a show holds its advisory lock until the transaction ends. So the commands
   * that are committed are always the first ones of the show without a gap, and what the first trip
   * reads, in a statement after the lock, is all that there is. Locks are taken in one order, by
   * the number of the show. The primary key would stop a node that did not hold the lock.
   *
   * The update of the node's own row says that it lives. If the row is gone, others have declared
   * the node dead; if it is being removed just now, one of the two waits for the other.
   *
   * The other nodes are notified after the commit, in the same trip: a transaction that notifies commits
   * under a lock of the whole database, and would make the flushes of all nodes wait for each
   * other.
   */

  /** How many rows of a show the first trip brings; if there are more, it is not our turn. */
  static final int LIMIT = LogStore.PAGE;

  private static final String ALIVE =
      "UPDATE node SET heartbeat = clock_timestamp() WHERE name = ?;";

  private static final String LOCK =
      "SELECT pg_advisory_xact_lock(lock) FROM unnest(?::bigint[]) AS lock;";

  private static final String TURN =
      ALIVE
          + LOCK
          + "SELECT found.* FROM unnest(?::bigint[], ?::bigint[]) AS known (show, idx)"
          + " CROSS JOIN LATERAL (SELECT show, idx, size, at, commands, node FROM batch"
          + " WHERE batch.show = known.show AND batch.idx >= coalesce((SELECT max(idx) FROM batch"
          + " WHERE batch.show = known.show AND batch.idx <= known.idx), 1)"
          + " ORDER BY batch.idx LIMIT "
          + LIMIT
          + ") AS found ORDER BY 1, 2;"
          + "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  private static final String APPEND = PostgresStore.INSERT + ";COMMIT;SELECT pg_notify(?, ?)";

  private final PostgresStore store;
  private final PreparedStatement turn;
  private final PreparedStatement append;

  AppendTransaction(PostgresStore store) throws SQLException {
    this.store = store;
    Connection connection = store.connection();
    turn = connection.prepareStatement(TURN);
    append = connection.prepareStatement(APPEND);
  }

  /**
   * What the first trip brings.
   *
   * @param alive whether the node's row was there
   * @param rows of each show, by its number: the row of the last command that is known, if there is
   *     one, and those after it
   * @param now the database's time, in milliseconds since the epoch
   */
  record Found(boolean alive, Map<Long, List<Row>> rows, long now) {
    List<Row> rowsOf(ShowLog show) {
      return rows.getOrDefault(show.id(), List.of());
    }

    /** Whether there may be more in a show than was found. */
    boolean isCut() {
      return rows.values().stream().anyMatch(each -> each.size() >= LIMIT);
    }
  }

  /** Makes it this node's turn in these shows, unless the node is dead. */
  Found begin(String node, Collection<ShowLog> shows) throws SQLException {
    List<ShowLog> ordered = ordered(shows);
    turn.setString(1, node);
    turn.setArray(2, locks(ordered));
    turn.setArray(3, numbers(ordered.stream().map(ShowLog::id).toList()));
    turn.setArray(4, numbers(ordered.stream().map(ShowLog::last).toList()));
    turn.execute();
    boolean alive = turn.getUpdateCount() == 1;
    turn.getMoreResults();
    turn.getMoreResults();
    Map<Long, List<Row>> rows = new HashMap<>();
    try (ResultSet found = turn.getResultSet()) {
      while (found.next()) {
        Row row =
            new Row(
                found.getLong(1),
                found.getLong(2),
                found.getInt(3),
                found.getLong(4),
                found.getBytes(5),
                found.getLong(6),
                null);
        rows.computeIfAbsent(row.show(), show -> new ArrayList<>()).add(row);
      }
    }
    turn.getMoreResults();
    try (ResultSet clock = turn.getResultSet()) {
      clock.next();
      return new Found(alive, rows, clock.getLong(1));
    }
  }

  /** Waits until nobody appends to these shows who began to before, dead or alive. */
  void awaitOthers(Collection<ShowLog> shows) throws SQLException {
    try (PreparedStatement lock = store.connection().prepareStatement(LOCK)) {
      lock.setArray(1, locks(ordered(shows)));
      lock.execute();
    }
    store.rollback();
  }

  private static List<ShowLog> ordered(Collection<ShowLog> shows) {
    return shows.stream().sorted(Comparator.comparingLong(ShowLog::id)).toList();
  }

  private Array locks(List<ShowLog> shows) throws SQLException {
    return numbers(shows.stream().map(show -> store.lockOf(show.id())).toList());
  }

  private Array numbers(List<Long> numbers) throws SQLException {
    return store.connection().createArrayOf("int8", numbers.toArray());
  }

  /**
   * Appends, commits and notifies the other nodes. If this throws, the rows may be in the log or
   * not.
   *
   * @param news for the others
   */
  void appendAndCommit(List<Row> rows, long node, String news) throws SQLException {
    store.bindRows(append, rows, node);
    append.setString(8, store.channel());
    append.setString(9, news);
    append.execute();
  }
}
