package io.seatlock.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A real PostgreSQL that is killed and started again, on the same port with the same data. */
final class Database implements AutoCloseable {

  private final Path data;
  private EmbeddedPostgres server;

  private Database(Path data) throws IOException {
    this.data = data;
    this.server = builder(data).start();
  }

  static Database start(Path directory) throws IOException {
    return new Database(directory.resolve("postgres"));
  }

  /** It does not lose what it has committed, unlike the library's own idea of a database. */
  private static EmbeddedPostgres.Builder builder(Path data) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("fsync", "on")
        .setServerConfig("max_connections", "60");
  }

  int port() {
    return server.getPort();
  }

  /** How many nodes there are, by their own count. */
  int nodes() {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement query = connection.createStatement();
        ResultSet rows = query.executeQuery("SELECT count(*) FROM node")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  String url() {
    return url(port());
  }

  /** The URL through another port, that of a proxy. */
  static String url(int port) {
    return "postgresql://postgres:postgres@localhost:" + port + "/postgres";
  }

  /** Ends it and all its processes at once. */
  void kill() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
    all.add(0, postmaster);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  void restart() throws IOException {
    int port = server.getPort();
    closeQuietly();
    server = builder(data).setPort(port).start();
  }

  private void closeQuietly() {
    try {
      server.close();
    } catch (IOException | RuntimeException e) {
      // It was killed.
    }
  }

  @Override
  public void close() {
    closeQuietly();
  }
}
