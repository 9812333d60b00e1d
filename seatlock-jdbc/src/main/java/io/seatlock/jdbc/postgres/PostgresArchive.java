package io.seatlock.jdbc.postgres;

import io.seatlock.core.CommandArchive;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.store.StoredArchive;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** Opens the archive of a {@link PostgresLog}. */
public final class PostgresArchive {

  /** How long an operator's program may think between two questions to the database. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private PostgresArchive() {}

  /**
   * Opens the log in a database for reading. Programs may append to it meanwhile.
   *
   * @param url as for {@link PostgresLog#at}
   * @throws IOException if the database cannot be reached or read, or the log is of another version
   * @throws IllegalArgumentException if it is not a URL of PostgreSQL
   */
  public static CommandArchive openForReading(String url) throws IOException {
    PostgresUrl parsed = PostgresUrl.parse(url);
    try {
      return archive(parsed, PostgresStore.openAsIs(parsed, LONGEST_PAUSE));
    } catch (SQLException e) {
      throw StoredArchive.failure(parsed, e);
    }
  }

  /**
   * Opens the log in a database for reading and writing.
   *
   * @param url as for {@link PostgresLog#at}
   * @throws IOException if the database cannot be reached, or a node uses it
   * @throws IllegalArgumentException if it is not a URL of PostgreSQL
   */
  public static CommandArchive openForWriting(String url) throws IOException {
    PostgresUrl parsed = PostgresUrl.parse(url);
    try {
      PostgresStore store = PostgresStore.open(parsed, LONGEST_PAUSE);
      CommandArchive archive = archive(parsed, store);
      int nodes = store.nodes(LogSettings.DEFAULT.death());
      if (nodes > 0) {
        archive.close();
        throw new IOException(archive + " is used by " + nodes + " nodes: stop them first");
      }
      return archive;
    } catch (SQLException e) {
      throw StoredArchive.failure(parsed, e);
    }
  }

  private static CommandArchive archive(PostgresUrl url, PostgresStore store) {
    return new StoredArchive(url.toString(), store, () -> {});
  }
}
