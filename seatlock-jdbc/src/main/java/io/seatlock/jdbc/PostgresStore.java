package io.seatlock.jdbc;

import io.seatlock.core.Command;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables in a schema of a PostgreSQL database. */
final class PostgresStore extends LogStore {

  /** Written by no node: what was brought here from elsewhere. */
  private static final long NO_NODE = 0;

  /** Whoever changes the schema holds this lock of the database: "seatlock". */
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
            words ->> 'action' AS action,
            words ->> 'seats' AS seats,
            words ->> 'holder' AS holder,
            words ->> 'author' AS author,
            words ->> 'due' AS due,
            words ->> 'ref' AS ref,
            words ->> 'reason' AS reason,
            words ->> 'request' AS request,
            coalesce(words ->> 'connection', words ->> 'node') AS connection,
            entry.node
          FROM show
          JOIN entry ON entry.show = show.id
          """);

  private final String schema;
  private final long locks;

  private PostgresStore(Connection connection, String schema, long locks) throws SQLException {
    super(connection);
    this.schema = schema;
    this.locks = locks;
  }

  /**
   * Connects, and brings the tables to the newest version.
   *
   * @param hold how long a transaction may stand still
   * @throws IOException if the database would lose commits, or is of a newer version
   */
  static PostgresStore open(PostgresUrl url, Duration hold) throws IOException, SQLException {
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
      migrate(connection, url);
      long oid = Long.parseLong(ask(connection, "SELECT current_schema()::regnamespace::oid"));
      return new PostgresStore(connection, schema, oid << 32);
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
    if (version > STEPS.size()) {
      throw new IOException(
          url
              + " was written by a newer version of seatlock: its schema is "
              + version
              + ", this program knows "
              + STEPS.size());
    }
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

  /** The number of the lock that whoever appends to a show holds. */
  long lockOf(long show) {
    return locks + show;
  }

  /** How many nodes there are that have not ended, or are not known to be dead. */
  int nodes() throws SQLException {
    return Integer.parseInt(ask(connection(), "SELECT count(*) FROM node"));
  }

  /** The places of the last commands of all shows. */
  List<Head> heads() throws SQLException {
    List<Head> heads = new ArrayList<>();
    try (Statement query = connection().createStatement();
        ResultSet rows =
            query.executeQuery(
                "SELECT id, name, (SELECT max(idx) FROM entry WHERE entry.show = show.id)"
                    + " FROM show ORDER BY id")) {
      while (rows.next()) {
        heads.add(new Head(new StoredShow(rows.getLong(1), rows.getString(2)), rows.getLong(3)));
      }
    }
    return heads;
  }

  /**
   * How far a show is.
   *
   * @param last the place of its last command; 0 if there is none
   */
  record Head(StoredShow show, long last) {}

  /** Puts commands into a statement that inserts them. */
  Rows rows() {
    return new Rows();
  }

  static final String INSERT =
      "INSERT INTO entry (show, idx, at, node, words, command)"
          + " SELECT show, idx, at, ?, words::json, command"
          + " FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bytea[])"
          + " AS rows (show, idx, at, words, command)";

  /** Commands on their way into the table. */
  final class Rows {
    private final List<Long> shows = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final List<byte[]> commands = new ArrayList<>();

    void add(long show, long index, long at, Command command) {
      shows.add(show);
      indexes.add(index);
      times.add(at);
      texts.add(words().of(command));
      commands.add(seal().put(show, index, at, command.toBytes()));
    }

    /** Binds the six parameters of {@link #INSERT}. */
    void bind(PreparedStatement insert, long node) throws SQLException {
      Connection connection = connection();
      insert.setLong(1, node);
      insert.setArray(2, connection.createArrayOf("int8", shows.toArray()));
      insert.setArray(3, connection.createArrayOf("int8", indexes.toArray()));
      insert.setArray(4, connection.createArrayOf("int8", times.toArray()));
      insert.setArray(5, connection.createArrayOf("text", texts.toArray()));
      insert.setArray(6, connection.createArrayOf("bytea", commands.toArray(byte[][]::new)));
    }
  }

  @Override
  void insert(StoredShow show, List<Entry> entries) throws SQLException {
    Rows rows = rows();
    entries.forEach(entry -> rows.add(show.id(), entry.index(), entry.at(), entry.command()));
    try (PreparedStatement insert = connection().prepareStatement(INSERT)) {
      rows.bind(insert, NO_NODE);
      insert.executeUpdate();
    }
  }

  @Override
  String selectEntries() {
    return "SELECT idx, at, command FROM entry WHERE show = ? AND idx BETWEEN ? AND ?"
        + " ORDER BY idx LIMIT "
        + PAGE;
  }

  @Override
  void bindRange(PreparedStatement statement, long show, long first, long last)
      throws SQLException {
    statement.setLong(1, show);
    statement.setLong(2, first);
    statement.setLong(3, last);
  }

  @Override
  long indexOf(long key) {
    return key;
  }

  @Override
  void delete(StoredShow show, long first, long last) throws SQLException {
    try (PreparedStatement delete =
        connection().prepareStatement("DELETE FROM entry WHERE show = ? AND idx BETWEEN ? AND ?")) {
      bindRange(delete, show.id(), first, last);
      delete.executeUpdate();
    }
  }
}
