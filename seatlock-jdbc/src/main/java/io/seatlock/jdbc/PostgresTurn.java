package io.seatlock.jdbc;

import io.seatlock.jdbc.PostgresStore.Rows;
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
final class PostgresTurn {
  /*
   * Whoever appends to a show holds its advisory lock until the transaction ends. So the commands
   * that are committed are always the first ones of the show without a gap, and what the first trip
   * reads, in a statement after the lock, is all that there is. Locks are taken in one order, by
   * the number of the show. The primary key would stop a node that did not hold the lock.
   *
   * The update of the node's own row says that it lives. If the row is gone, others have declared
   * the node dead; if it is being removed just now, one of the two waits for the other.
   *
   * The others are told after the commit, in the same trip: a transaction that notifies commits
   * under a lock of the whole database, and would make the flushes of all nodes wait for each
   * other.
   */

  /** How many commands of a show the first trip brings; if there are more, it is not our turn. */
  static final int LIMIT = 1000;

  private static final String ALIVE =
      "UPDATE node SET heartbeat = clock_timestamp() WHERE name = ?;";

  private static final String TURN =
      "SELECT pg_advisory_xact_lock(lock) FROM unnest(?::bigint[]) AS lock;"
          + "SELECT found.* FROM unnest(?::bigint[], ?::bigint[]) AS known (show, idx)"
          + " CROSS JOIN LATERAL (SELECT show, idx, at, node, command FROM entry"
          + " WHERE entry.show = known.show AND entry.idx >= known.idx"
          + " ORDER BY entry.idx LIMIT "
          + LIMIT
          + ") AS found ORDER BY 1, 2;"
          + "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  private static final String APPEND = PostgresStore.INSERT + ";COMMIT;SELECT pg_notify(?, ?)";

  private final PostgresStore store;
  private final PreparedStatement turnOfNode;
  private final PreparedStatement turn;
  private final PreparedStatement append;

  PostgresTurn(PostgresStore store) throws SQLException {
    this.store = store;
    Connection connection = store.connection();
    turnOfNode = connection.prepareStatement(ALIVE + TURN);
    turn = connection.prepareStatement(TURN);
    append = connection.prepareStatement(APPEND);
  }

  /**
   * A row of the log.
   *
   * @param show the show's number
   * @param node the number of the node that appended it
   */
  record Row(long show, long index, long at, long node, Sealed command) {}

  /** A command with its seal. */
  static final class Sealed {
    private final byte[] bytes;

    Sealed(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /**
   * What the first trip brings.
   *
   * @param alive whether the node's row was there
   * @param rows of each show the last command that is known, if there is one, and those after it
   * @param now the database's time, in milliseconds since the epoch
   */
  record Found(boolean alive, List<Row> rows, long now) {
    /** Whether there may be more in a show than was found. */
    boolean isCut() {
      Map<Long, Integer> counts = new HashMap<>();
      rows.forEach(row -> counts.merge(row.show(), 1, Integer::sum));
      return counts.values().stream().anyMatch(count -> count >= LIMIT);
    }
  }

  /** Makes it this node's turn in these shows, unless the node is dead. */
  Found begin(String node, Collection<ShowLog> shows) throws SQLException {
    turnOfNode.setString(1, node);
    bind(turnOfNode, 2, shows);
    turnOfNode.execute();
    boolean alive = turnOfNode.getUpdateCount() == 1;
    turnOfNode.getMoreResults();
    return found(turnOfNode, alive);
  }

  /** Waits until nobody appends to these shows any more, dead or alive. */
  Found look(Collection<ShowLog> shows) throws SQLException {
    bind(turn, 1, shows);
    turn.execute();
    return found(turn, true);
  }

  private void bind(PreparedStatement statement, int first, Collection<ShowLog> shows)
      throws SQLException {
    List<ShowLog> ordered = new ArrayList<>(shows);
    ordered.sort(Comparator.comparingLong(ShowLog::id));
    statement.setArray(
        first, numbers(ordered.stream().map(show -> store.lockOf(show.id())).toList()));
    statement.setArray(first + 1, numbers(ordered.stream().map(ShowLog::id).toList()));
    statement.setArray(first + 2, numbers(ordered.stream().map(ShowLog::last).toList()));
  }

  private Array numbers(List<Long> numbers) throws SQLException {
    return store.connection().createArrayOf("int8", numbers.toArray());
  }

  private static Found found(PreparedStatement statement, boolean alive) throws SQLException {
    List<Row> rows = new ArrayList<>();
    statement.getMoreResults();
    try (ResultSet found = statement.getResultSet()) {
      while (found.next()) {
        rows.add(
            new Row(
                found.getLong(1),
                found.getLong(2),
                found.getLong(3),
                found.getLong(4),
                new Sealed(found.getBytes(5))));
      }
    }
    statement.getMoreResults();
    try (ResultSet clock = statement.getResultSet()) {
      clock.next();
      return new Found(alive, rows, clock.getLong(1));
    }
  }

  /**
   * Appends, commits and tells the others. If this throws, the rows may be in the log or not.
   *
   * @param news for the others
   */
  void append(Rows rows, long node, String news) throws SQLException {
    rows.bind(append, node);
    append.setString(7, store.channel());
    append.setString(8, news);
    append.execute();
  }
}
