package io.seatlock.benchmarks.load;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL database to measure on: one that is given, or one started here for a while. */
final class Database implements AutoCloseable {

  private final String url;
  private final @Nullable EmbeddedPostgres server;
  private int schemas;

  private Database(String url, @Nullable EmbeddedPostgres server) {
    this.url = url;
    this.server = server;
  }

  /** A database that runs already, by a URL as the server takes it. */
  static Database at(String url) {
    return new Database(url, null);
  }

  /**
   * A new one that does not lose what it has committed, unlike the library's own idea of one.
   *
   * @param directory where it keeps its files
   */
  static Database start(Path directory) throws IOException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("max_connections", "200")
            .setServerConfig("max_wal_size", "2GB")
            .setDataDirectory(directory.resolve("postgresql"))
            .start();
    return new Database(
        "postgresql://postgres:secret@localhost:" + server.getPort() + "/postgres", server);
  }

  /** The URL of an empty schema in it. */
  String newSchema() throws IOException {
    String schema = "measured_" + ++schemas;
    try (Connection connection = DriverManager.getConnection(jdbc(url));
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
      statement.execute("CREATE SCHEMA " + schema);
    } catch (SQLException e) {
      throw new IOException("cannot make a schema in the database: " + e.getMessage(), e);
    }
    return url + (url.contains("?") ? "&" : "?") + "currentSchema=" + schema;
  }

  /** The same URL as JDBC takes it. */
  static String jdbc(String url) {
    int scheme = url.indexOf("://") + 3;
    int at = url.indexOf('@');
    if (at < 0) {
      return "jdbc:" + url;
    }
    String[] user = url.substring(scheme, at).split(":", 2);
    String rest = "jdbc:postgresql://" + url.substring(at + 1);
    return rest
        + (rest.contains("?") ? "&" : "?")
        + "user="
        + user[0]
        + (user.length > 1 ? "&password=" + user[1] : "");
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }
}
