package io.seatlock.jdbc;

import io.seatlock.core.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables in a SQLite file. */
final class SqliteStore extends LogStore {
  /*
   * The key of a command is one number, the show's number in front of eleven digits of the place:
   * command 17 of show 3 is 300000000017. Such a table is a B-tree without any other index, and
   * appending to it costs two thirds of what it costs with a key of two columns. It stays readable,
   * and as a primary key it keeps two writers apart just as well.
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
            words ->> 'action' AS action,
            words ->> 'seats' AS seats,
            words ->> 'holder' AS holder,
            words ->> 'author' AS author,
            words ->> 'due' AS due,
            words ->> 'ref' AS ref,
            words ->> 'reason' AS reason,
            words ->> 'request' AS request,
            coalesce(words ->> 'connection', words ->> 'node') AS connection
          FROM show
          JOIN entry ON entry.id BETWEEN show.id * 100000000000
            AND show.id * 100000000000 + 99999999999;
          """);

  private final Inserter inserter;

  private SqliteStore(Connection connection) throws SQLException {
    super(connection);
    inserter = new Inserter(connection);
  }

  /**
   * Opens the file for reading and writing, after bringing it to the newest version.
   *
   * @throws IOException if it is not one of ours, is damaged, or of a newer version
   */
  static SqliteStore open(Path file) throws IOException, SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try {
      configure(connection);
      migrate(connection, file);
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

  private static void migrate(Connection connection, Path file) throws IOException, SQLException {
    int version = askNumber(connection, "PRAGMA user_version");
    if (version > STEPS.size()) {
      throw new IOException(
          file
              + " was written by a newer version of seatlock: its schema is "
              + version
              + ", this program knows "
              + STEPS.size());
    }
    boolean empty = askNumber(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    if (!empty && askNumber(connection, "PRAGMA application_id") != APPLICATION) {
      throw new IOException(file + " is not a log of seatlock");
    }
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
                "SELECT at FROM entry WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1")) {
      for (StoredShow show : shows()) {
        bindRange(query, show.id(), 1, Long.MAX_VALUE);
        try (ResultSet rows = query.executeQuery()) {
          last = rows.next() ? Math.max(last, rows.getLong(1)) : last;
        }
      }
    }
    return last;
  }

  /** Adds a command to the next {@link #flush}. */
  void add(long show, long index, long at, Command command) throws SQLException {
    if (index > LAST_PLACE) {
      throw new SQLException("show number " + show + " has more commands than there are places");
    }
    inserter.add(
        show * PLACES + index,
        at,
        words().of(command),
        seal().put(show, index, at, command.toBytes()));
  }

  void flush() throws SQLException {
    inserter.flush();
  }

  @Override
  void insert(StoredShow show, List<Entry> entries) throws SQLException {
    for (Entry entry : entries) {
      add(show.id(), entry.index(), entry.at(), entry.command());
    }
    flush();
  }

  @Override
  String selectEntries() {
    return "SELECT id, at, command FROM entry WHERE id BETWEEN ? AND ? ORDER BY id";
  }

  @Override
  void bindRange(PreparedStatement statement, long show, long first, long last)
      throws SQLException {
    statement.setLong(1, show * PLACES + first);
    statement.setLong(2, show * PLACES + Math.min(last, LAST_PLACE));
  }

  @Override
  long indexOf(long key) {
    return key % PLACES;
  }

  @Override
  void delete(StoredShow show, long first, long last) throws SQLException {
    try (PreparedStatement delete =
        connection().prepareStatement("DELETE FROM entry WHERE id BETWEEN ? AND ?")) {
      bindRange(delete, show.id(), first, last);
      delete.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    inserter.close();
    super.close();
  }

  /** Inserts many rows with few statements. */
  private static final class Inserter implements AutoCloseable {
    /*
     * A statement of 64 rows costs about three quarters of 64 statements of one row. The rest of a
     * batch goes into statements of 8 and of 1.
     */

    private static final int[] SIZES = {64, 8, 1};

    private final PreparedStatement[] statements = new PreparedStatement[SIZES.length];
    private final long[] keys = new long[SIZES[0]];
    private final long[] times = new long[SIZES[0]];
    private final String[] words = new String[SIZES[0]];
    private final byte[][] commands = new byte[SIZES[0]][];
    private int rows;

    Inserter(Connection connection) throws SQLException {
      for (int i = 0; i < SIZES.length; i++) {
        statements[i] =
            connection.prepareStatement(
                "INSERT INTO entry (id, at, words, command) VALUES (?, ?, ?, ?)"
                    + ", (?, ?, ?, ?)".repeat(SIZES[i] - 1));
      }
    }

    void add(long key, long at, String row, byte[] command) throws SQLException {
      keys[rows] = key;
      times[rows] = at;
      words[rows] = row;
      commands[rows] = command;
      rows++;
      if (rows == SIZES[0]) {
        flush();
      }
    }

    void flush() throws SQLException {
      int done = 0;
      int all = rows;
      rows = 0;
      for (int i = 0; i < SIZES.length; i++) {
        for (; all - done >= SIZES[i]; done += SIZES[i]) {
          insert(statements[i], done, SIZES[i]);
        }
      }
    }

    private void insert(PreparedStatement statement, int from, int count) throws SQLException {
      int parameter = 1;
      for (int row = from; row < from + count; row++) {
        statement.setLong(parameter++, keys[row]);
        statement.setLong(parameter++, times[row]);
        statement.setString(parameter++, words[row]);
        statement.setBytes(parameter++, commands[row]);
      }
      statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      for (PreparedStatement statement : statements) {
        statement.close();
      }
    }
  }
}
