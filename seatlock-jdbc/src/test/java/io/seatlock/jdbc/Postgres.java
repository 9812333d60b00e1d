package io.seatlock.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL, started once for all tests, with a schema of its own for each test. */
public final class Postgres {

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private final int port;
  private final String schema;

  private Postgres(int port, String schema) {
    this.port = port;
    this.schema = schema;
  }

  /** Started by the first who needs it, ended with the JVM. */
  private static final class Shared {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        return builder().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A server that does not lose what it has committed, unlike the library's own idea of one. */
  public static EmbeddedPostgres.Builder builder() {
    return EmbeddedPostgres.builder()
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("fsync", "on")
        .setServerConfig("max_connections", "100");
  }

  /** An empty schema in the shared server. */
  public static Postgres schema() throws SQLException {
    return schema(Shared.SERVER.getPort());
  }

  public static Postgres schema(int port) throws SQLException {
    Postgres postgres = new Postgres(port, "test" + SCHEMAS.incrementAndGet());
    postgres.ask("CREATE SCHEMA " + postgres.schema);
    return postgres;
  }

  public int port() {
    return port;
  }

  public String url() {
    return urlThrough(port);
  }

  /** The URL by another port, one that leads here. */
  public String urlThrough(int otherPort) {
    return "postgresql://postgres:secret@localhost:"
        + otherPort
        + "/postgres?currentSchema="
        + schema;
  }

  /** The rows of the answer, columns separated by bars. */
  public List<String> ask(String sql) throws SQLException {
    String url =
        "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&currentSchema=" + schema;
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      List<String> answer = new ArrayList<>();
      if (statement.execute(sql)) {
        ResultSet rows = statement.getResultSet();
        while (rows.next()) {
          List<String> row = new ArrayList<>();
          for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            row.add(String.valueOf(rows.getString(column)));
          }
          answer.add(String.join("|", row));
        }
      }
      return answer;
    }
  }

  public void drop() throws SQLException {
    ask("DROP SCHEMA " + schema + " CASCADE");
  }
}
