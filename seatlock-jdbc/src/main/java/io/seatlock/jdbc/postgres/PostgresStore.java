package io.seatlock.jdbc.postgres;

import io.seatlock.jdbc.store.Drivers;
import io.seatlock.jdbc.store.LogStore;
import io.seatlock.jdbc.store.Row;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables in a schema of a PostgreSQL database. */
final class PostgresStore extends LogStore {

  /** Written by no node: what was brought here from elsewhere. */
  private static final long NO_NODE = 0;

  /** A program that changes the schema holds this lock of the database: "seatlock". */
  private static final long MIGRATION = 0x736561746c6f636bL;

  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE show (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE
          );

          CREATE TABLE node (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            heartbeat timestamptz NOT NULL
          );

          CREATE TABLE entry (
            show bigint NOT NULL,
            idx bigint NOT NULL,
            at bigint NOT NULL,
            node bigint NOT NULL,
            words json NOT NULL,
            command bytea NOT NULL,
            PRIMARY KEY (show, idx)
          );

          CREATE TABLE snapshot (
            show bigint NOT NULL REFERENCES show,
            idx bigint NOT NULL,
            at bigint NOT NULL,
            state bytea NOT NULL,
            sha256 bytea NOT NULL,
            PRIMARY KEY (show, idx)
          );

          CREATE VIEW history AS
          SELECT
            show.name AS show,
            entry.idx,
            to_timestamp(entry.at / 1000.0) AS time,
            words ->> 0 AS action,
            words ->> 1 AS seats,
            words ->> 2 AS holder,
            words ->> 3 AS request,
            words ->> 4 AS ref,
            words ->> 5 AS reason,
            words ->> 6 AS author,
            words ->> 7 AS due,
            words ->> 8 AS connection,
            entry.node
          FROM show
          JOIN entry ON entry.show = show.id
          """,
          // A row for what was appended together, instead of one for each command. It is not
          // compressed, since that takes longer than to write it.
          """
          CREATE TABLE batch (
            show bigint NOT NULL,
            idx bigint NOT NULL,
            size int NOT NULL,
            at bigint NOT NULL,
            node bigint NOT NULL,
            words json NOT NULL,
            commands bytea NOT NULL,
            PRIMARY KEY (show, idx)
          );

          ALTER TABLE batch ALTER COLUMN words SET STORAGE EXTERNAL;

          ALTER TABLE batch ALTER COLUMN commands SET STORAGE EXTERNAL;

          INSERT INTO batch
          SELECT show, idx, 1, at, node, ('[' || words || ']')::json, command FROM entry;

          DROP VIEW history;

          DROP TABLE entry;

          CREATE VIEW history AS
          SELECT
            show.name AS show,
            batch.idx + command.place - 1 AS idx,
            to_timestamp(batch.at / 1000.0) AS time,
            command.words ->> 0 AS action,
            command.words ->> 1 AS seats,
            coalesce(named.words, command.words) ->> 2 AS holder,
            command.words ->> 3 AS request,
            command.words ->> 4 AS ref,
            command.words ->> 5 AS reason,
            command.words ->> 6 AS author,
            command.words ->> 7 AS due,
            command.words ->> 8 AS connection,
            batch.node
          FROM show
          JOIN batch ON batch.show = show.id
          CROSS JOIN LATERAL json_array_elements(batch.words)
            WITH ORDINALITY AS command (words, place)
          LEFT JOIN LATERAL json_array_elements(batch.words)
            WITH ORDINALITY AS named (words, place)
            ON named.place = 1 + CASE json_typeof(command.words -> 2)
              WHEN 'number' THEN (command.words ->> 2)::int
            END
          """);

  private final long schema;

  private PostgresStore(Connection connection, long schema) throws SQLException {
    super(connection);
    this.schema = schema;
  }

  /**
   * Connects, and brings the tables to the newest version.
   *
   * @param hold how long a transaction may stand still
   * @throws IOException if the database would lose commits, or is of a newer version
   */
  static PostgresStore open(PostgresUrl url, Duration hold) throws IOException, SQLException {
    return open(url, hold, PostgresStore::migrate);
  }

  /**
   * Connects to tables that there are.
   *
   * @param hold how long a transaction may stand still
   * @throws IOException if there are none, or they are of another version
   */
  static PostgresStore openAsIs(PostgresUrl url, Duration hold) throws IOException, SQLException {
    return open(url, hold, PostgresStore::requireLog);
  }

  /** What is done with the tables first. */
  private interface Preparation {
    void prepare(Connection connection, PostgresUrl url) throws IOException, SQLException;
  }

  private static PostgresStore open(PostgresUrl url, Duration hold, Preparation preparation)
      throws IOException, SQLException {
    Drivers.POSTGRES.require();
    long statement = hold.multipliedBy(2).plusSeconds(1).toMillis();
    Connection connection = url.connect(Duration.ofMillis(statement).plusSeconds(1));
    try {
      connection.setAutoCommit(true);
      execute(
          connection,
          "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;"
              + "SET lock_timeout = "
              + hold.plusSeconds(1).toMillis()
              + ";SET statement_timeout = "
              + statement
              + ";SET idle_in_transaction_session_timeout = "
              + hold.toMillis()
              + ";SET tcp_user_timeout = "
              + statement
              + ";SET tcp_keepalives_idle = 5;SET tcp_keepalives_interval = 2"
              + ";SET tcp_keepalives_count = 3");
      requireSafe(connection, url);
      String schema = ask(connection, "SELECT current_schema()");
      if (schema == null) {
        throw new IOException(url + " has no schema to put tables into: see search_path");
      }
      preparation.prepare(connection, url);
      long oid = Long.parseLong(ask(connection, "SELECT current_schema()::regnamespace::oid"));
      return new PostgresStore(connection, oid);
    } catch (IOException | SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void requireSafe(Connection connection, PostgresUrl url)
      throws IOException, SQLException {
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      if ("off".equals(ask(connection, "SHOW " + setting))) {
        throw new IOException(
            url
                + " has "
                + setting
                + " = off: it would lose commands that were acknowledged. Turn it on");
      }
    }
    // Someone who turns it off later does not turn it off here.
    execute(connection, "SET synchronous_commit = " + ask(connection, "SHOW synchronous_commit"));
  }

  private static void requireLog(Connection connection, PostgresUrl url)
      throws IOException, SQLException {
    int version = version(connection);
    if (version == 0) {
      throw new IOException("there is no log in " + url);
    }
    requireThisVersion(url, version, STEPS.size());
  }

  private static void migrate(Connection connection, PostgresUrl url)
      throws IOException, SQLException {
    if (version(connection) == STEPS.size()) {
      return;
    }
    connection.setAutoCommit(false);
    execute(connection, "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0");
    execute(connection, "SELECT pg_advisory_xact_lock(" + MIGRATION + ")");
    int version = version(connection);
    requireNotNewer(url, version, STEPS.size());
    if (version == 0) {
      execute(
          connection,
          "CREATE TABLE IF NOT EXISTS seatlock_schema (version int NOT NULL);"
              + "INSERT INTO seatlock_schema VALUES (0)");
    }
    for (String step : STEPS.subList(version, STEPS.size())) {
      execute(connection, step);
      execute(connection, "UPDATE seatlock_schema SET version = " + ++version);
    }
    connection.commit();
  }

  private static int version(Connection connection) throws SQLException {
    if (ask(connection, "SELECT to_regclass('seatlock_schema')") == null) {
      return 0;
    }
    String version = ask(connection, "SELECT max(version) FROM seatlock_schema");
    return version == null ? 0 : Integer.parseInt(version);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static @Nullable String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Where nodes tell each other what they have appended. */
  String channel() {
    return "seatlock." + schema;
  }

  /** The number of the lock that a node holds while it appends to a show. */
  long lockOf(long show) {
    return (schema << 32) + show;
  }

  /** How many nodes there are that have not ended and were not silent for this long. */
  int nodes(Duration death) throws SQLException {
    return Integer.parseInt(
        ask(
            connection(),
            "SELECT count(*) FROM node WHERE heartbeat > clock_timestamp() - interval '"
                + death.toMillis()
                + " milliseconds'"));
  }

  /** The places of the last commands of all shows. */
  List<Head> heads() throws SQLException {
    List<Head> heads = new ArrayList<>();
    try (Statement query = connection().createStatement();
        ResultSet rows =
            query.executeQuery(
                "SELECT id, name, idx + size - 1, at FROM show LEFT JOIN LATERAL"
                    + " (SELECT idx, size, at FROM batch WHERE batch.show = show.id"
                    + " ORDER BY idx DESC LIMIT 1) AS last ON true ORDER BY id")) {
      while (rows.next()) {
        heads.add(
            new Head(
                new StoredShow(rows.getLong(1), rows.getString(2)),
                rows.getLong(3),
                rows.getLong(4)));
      }
    }
    return heads;
  }

  /**
   * How far a show is.
   *
   * @param last the place of the last command in a row; 0 if there is none
   * @param at the time of that command
   */
  record Head(StoredShow show, long last, long at) {}

  /** Inserts rows that a node appends: seven parameters, see {@link #bindRows}. */
  static final String INSERT =
      "INSERT INTO batch (show, idx, size, at, node, words, commands)"
          + " SELECT show, idx, size, at, ?, words::json, commands"
          + " FROM unnest(?::bigint[], ?::bigint[], ?::int[], ?::bigint[], ?::text[], ?::bytea[])"
          + " AS rows (show, idx, size, at, words, commands)";

  /** Binds the parameters of {@link #INSERT}. */
  void bindRows(PreparedStatement insert, List<Row> rows, long node) throws SQLException {
    insert.setLong(1, node);
    bindColumn(insert, 2, "int8", rows, Row::show);
    bindColumn(insert, 3, "int8", rows, Row::first);
    bindColumn(insert, 4, "int4", rows, Row::size);
    bindColumn(insert, 5, "int8", rows, Row::at);
    bindColumn(insert, 6, "text", rows, Row::words);
    byte[][] commands = rows.stream().map(Row::commands).toArray(byte[][]::new);
    insert.setArray(7, connection().createArrayOf("bytea", commands));
  }

  private void bindColumn(
      PreparedStatement insert, int parameter, String type, List<Row> rows, Function<Row, ?> column)
      throws SQLException {
    Object[] values = rows.stream().map(column).toArray();
    insert.setArray(parameter, connection().createArrayOf(type, values));
  }

  @Override
  public void insert(List<Row> rows) throws SQLException {
    try (PreparedStatement insert = connection().prepareStatement(INSERT)) {
      bindRows(insert, rows, NO_NODE);
      insert.executeUpdate();
    }
  }

  @Override
  protected String key() {
    return "idx";
  }

  @Override
  protected long placeOf(long key) {
    return key;
  }

  @Override
  protected String range() {
    return "show = ? AND idx BETWEEN ? AND ?";
  }

  @Override
  protected String node() {
    return "node";
  }

  @Override
  protected void bindRange(PreparedStatement statement, long show, long first, long last)
      throws SQLException {
    statement.setLong(1, show);
    statement.setLong(2, first);
    statement.setLong(3, last);
  }
}
