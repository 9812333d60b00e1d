package io.seatlock.jdbc.sqlite;

import io.seatlock.core.DamagedLogException;
import io.seatlock.jdbc.store.Drivers;
import io.seatlock.jdbc.store.LogStore;
import io.seatlock.jdbc.store.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** The tables in a SQLite file. */
final class SqliteStore extends LogStore {
  /*
   * The key of a row is one number, the show's number in front of eleven digits of the place of its
   * first command: command 17 of show 3 is 300000000017. Such a table is a B-tree without any other
   * index, and the key stays readable.
   */

  static final String FILE = "seatlock.db";

  /** Tells that a file is one of ours: "seat". */
  private static final int APPLICATION = 0x73656174;

  private static final long PLACES = 100_000_000_000L;
  private static final long LAST_PLACE = PLACES - 1;

  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE show (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
          ) STRICT;

          CREATE TABLE entry (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            words TEXT NOT NULL,
            command BLOB NOT NULL
          ) STRICT;

          CREATE TABLE snapshot (
            show INTEGER NOT NULL REFERENCES show,
            idx INTEGER NOT NULL,
            at INTEGER NOT NULL,
            state BLOB NOT NULL,
            sha256 BLOB NOT NULL,
            PRIMARY KEY (show, idx)
          ) STRICT;

          CREATE VIEW history AS
          SELECT
            show.name AS show,
            entry.id - show.id * 100000000000 AS idx,
            strftime('%Y-%m-%dT%H:%M:%fZ', entry.at / 1000.0, 'unixepoch') AS time,
            words ->> 0 AS action,
            words ->> 1 AS seats,
            words ->> 2 AS holder,
            words ->> 3 AS request,
            words ->> 4 AS ref,
            words ->> 5 AS reason,
            words ->> 6 AS author,
            words ->> 7 AS due,
            words ->> 8 AS connection
          FROM show
          JOIN entry ON entry.id BETWEEN show.id * 100000000000
            AND show.id * 100000000000 + 99999999999;
          """,
          // A row for what was appended together, instead of one for each command.
          """
          CREATE TABLE batch (
            id INTEGER PRIMARY KEY,
            size INTEGER NOT NULL,
            at INTEGER NOT NULL,
            words TEXT NOT NULL,
            commands BLOB NOT NULL
          ) STRICT;

          INSERT INTO batch SELECT id, 1, at, '[' || words || ']', command FROM entry;

          DROP VIEW history;

          DROP TABLE entry;

          CREATE VIEW history AS
          SELECT
            show.name AS show,
            batch.id - show.id * 100000000000 + command.key AS idx,
            strftime('%Y-%m-%dT%H:%M:%fZ', batch.at / 1000.0, 'unixepoch') AS time,
            command.value ->> 0 AS action,
            command.value ->> 1 AS seats,
            CASE typeof(command.value ->> 2)
              WHEN 'integer' THEN batch.words -> (command.value ->> 2) ->> 2
              ELSE command.value ->> 2
            END AS holder,
            command.value ->> 3 AS request,
            command.value ->> 4 AS ref,
            command.value ->> 5 AS reason,
            command.value ->> 6 AS author,
            command.value ->> 7 AS due,
            command.value ->> 8 AS connection
          FROM show
          JOIN batch ON batch.id BETWEEN show.id * 100000000000
            AND show.id * 100000000000 + 99999999999
          JOIN json_each(batch.words) AS command;
          """);

  private final PreparedStatement insert;

  private SqliteStore(Connection connection) throws SQLException {
    super(connection);
    insert =
        connection.prepareStatement(
            "INSERT INTO batch (id, size, at, words, commands) VALUES (?, ?, ?, ?, ?)");
  }

  /**
   * Opens the file for reading and writing, after bringing it to the newest version.
   *
   * @throws IOException if it is not one of ours, is damaged, or of a newer version
   */
  static SqliteStore open(Path file) throws IOException, SQLException {
    return open(file, SqliteStore::migrate);
  }

  /**
   * Opens a file that there is, for reading.
   *
   * @throws IOException if it is not one of ours, is damaged, or of another version
   */
  static SqliteStore openAsIs(Path file) throws IOException, SQLException {
    return open(file, SqliteStore::requireLog);
  }

  /** What is done with a file first. */
  private interface Preparation {
    void prepare(Connection connection, Path file) throws IOException, SQLException;
  }

  private static SqliteStore open(Path file, Preparation preparation)
      throws IOException, SQLException {
    Drivers.SQLITE.require();
    SqliteWal.requireSound(file);
    Properties settings = new Properties();
    // Asking for them would be a second statement after each insert.
    settings.setProperty("jdbc.get_generated_keys", "false");
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), settings);
    try {
      preparation.prepare(connection, file);
      return new SqliteStore(connection);
    } catch (IOException | SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void configure(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 5000");
      expect(connection, "PRAGMA journal_mode = WAL", "wal");
      statement.execute("PRAGMA synchronous = FULL");
      expect(connection, "PRAGMA synchronous", "2");
      statement.execute("PRAGMA foreign_keys = ON");
    }
  }

  private static void expect(Connection connection, String pragma, String expected)
      throws SQLException {
    String answer = ask(connection, pragma);
    if (!expected.equals(answer)) {
      throw new SQLException(pragma + " gives " + answer + " and not " + expected);
    }
  }

  private static String ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "nothing";
    }
  }

  private static int askNumber(Connection connection, String question) throws SQLException {
    return Integer.parseInt(ask(connection, question));
  }

  private static void requireLog(Connection connection, Path file)
      throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 5000");
      statement.execute("PRAGMA query_only = ON");
    }
    if (isEmpty(connection)) {
      throw new IOException(file + " is empty: there is no log in it");
    }
    requireThisVersion(file, versionOf(connection, file), STEPS.size());
  }

  private static boolean isEmpty(Connection connection) throws SQLException {
    return askNumber(connection, "SELECT count(*) FROM sqlite_schema") == 0;
  }

  private static int versionOf(Connection connection, Path file) throws IOException, SQLException {
    int version = askNumber(connection, "PRAGMA user_version");
    requireNotNewer(file, version, STEPS.size());
    if (!isEmpty(connection) && askNumber(connection, "PRAGMA application_id") != APPLICATION) {
      throw new IOException(file + " is not a log of seatlock");
    }
    return version;
  }

  private static void migrate(Connection connection, Path file) throws IOException, SQLException {
    int version = versionOf(connection, file);
    configure(connection);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (String step : STEPS.subList(version, STEPS.size())) {
        statement.executeUpdate(step);
        statement.execute("PRAGMA user_version = " + ++version);
        statement.execute("PRAGMA application_id = " + APPLICATION);
        connection.commit();
      }
    }
  }

  /** Looks at the structure of the whole file: 0.2 s for a million commands. */
  void check(Path file) throws SQLException, DamagedLogException {
    String answer = ask(connection(), "PRAGMA quick_check(1)");
    if (!answer.equals("ok")) {
      throw new DamagedLogException(file + " is damaged: " + answer.replace('\n', ' '));
    }
  }

  /** The time of the last command of any show, in milliseconds since the epoch; 0 if none. */
  long lastTime() throws SQLException {
    long last = 0;
    try (PreparedStatement query =
        connection()
            .prepareStatement(
                "SELECT at FROM batch WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1")) {
      for (StoredShow show : shows()) {
        bindRange(query, show.id(), 1, Long.MAX_VALUE);
        try (ResultSet rows = query.executeQuery()) {
          last = rows.next() ? Math.max(last, rows.getLong(1)) : last;
        }
      }
    }
    return last;
  }

  @Override
  public void insert(List<Row> rows) throws SQLException {
    for (Row row : rows) {
      if (row.last() > LAST_PLACE) {
        throw new SQLException(
            "show number " + row.show() + " has more commands than there are places");
      }
      insert.setLong(1, row.show() * PLACES + row.first());
      insert.setInt(2, row.size());
      insert.setLong(3, row.at());
      insert.setString(4, row.words());
      insert.setBytes(5, row.commands());
      insert.executeUpdate();
    }
  }

  @Override
  protected String key() {
    return "id";
  }

  @Override
  protected long placeOf(long key) {
    return key % PLACES;
  }

  @Override
  protected String range() {
    return "id BETWEEN ? AND ?";
  }

  @Override
  protected String node() {
    return "0";
  }

  @Override
  protected void bindRange(PreparedStatement statement, long show, long first, long last)
      throws SQLException {
    statement.setLong(1, show * PLACES + Math.min(first, LAST_PLACE));
    statement.setLong(2, show * PLACES + Math.min(last, LAST_PLACE));
  }

  @Override
  public void close() throws SQLException {
    insert.close();
    super.close();
  }
}
