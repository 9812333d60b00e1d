package io.seatlock.jdbc.postgres;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The table of nodes that live, by the database's clock. Of one thread. */
final class PostgresNodes {
  /*
   * A node that has been silent for too long is dead: the node that notices removes its row, and with it
   * the node's right to append, since every append updates that row. Rows that a transaction holds
   * just now are left alone.
   */

  private static final String BEAT =
      "UPDATE node SET heartbeat = clock_timestamp() WHERE name = ?;"
          + "DELETE FROM node WHERE ? AND id IN (SELECT id FROM node"
          + " WHERE heartbeat < clock_timestamp() - ? * interval '1 millisecond'"
          + " FOR UPDATE SKIP LOCKED);"
          + "SELECT name FROM unnest(?::text[]) AS asked (name) WHERE name NOT IN"
          + " (SELECT name FROM node);"
          + "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;"
          + "COMMIT";

  private final PostgresStore store;
  private final PreparedStatement beat;

  PostgresNodes(PostgresStore store) throws SQLException {
    this.store = store;
    beat = store.connection().prepareStatement(BEAT);
  }

  /** Adds this node; returns its number. */
  long register(String node) throws SQLException {
    try (PreparedStatement insert =
        store
            .connection()
            .prepareStatement(
                "INSERT INTO node (name, heartbeat) VALUES (?, clock_timestamp()) RETURNING id")) {
      insert.setString(1, node);
      try (ResultSet rows = insert.executeQuery()) {
        rows.next();
        long id = rows.getLong(1);
        store.commit();
        return id;
      }
    }
  }

  /**
   * How the nodes are.
   *
   * @param alive whether this node is one of those that live
   * @param gone of those that were asked for, the ones that do not live any more
   * @param now the database's time, in milliseconds since the epoch
   */
  record Census(boolean alive, Set<String> gone, long now) {}

  /**
   * Says that this node lives and asks for others.
   *
   * @param bury whether to remove those that have been silent for too long
   * @param death how long that is
   */
  Census beat(String node, boolean bury, Duration death, Collection<String> asked)
      throws SQLException {
    Array names = store.connection().createArrayOf("text", asked.toArray());
    beat.setString(1, node);
    beat.setBoolean(2, bury);
    beat.setLong(3, death.toMillis());
    beat.setArray(4, names);
    beat.execute();
    boolean alive = beat.getUpdateCount() == 1;
    beat.getMoreResults();
    beat.getMoreResults();
    Set<String> gone = new HashSet<>();
    try (ResultSet rows = beat.getResultSet()) {
      while (rows.next()) {
        gone.add(rows.getString(1));
      }
    }
    beat.getMoreResults();
    try (ResultSet clock = beat.getResultSet()) {
      clock.next();
      return new Census(alive, gone, clock.getLong(1));
    }
  }

  /** Removes this node, which ends by itself. */
  void remove(String node) throws SQLException {
    try (PreparedStatement delete =
        store.connection().prepareStatement("DELETE FROM node WHERE name = ?")) {
      delete.setString(1, node);
      delete.executeUpdate();
      store.commit();
    }
  }
}
