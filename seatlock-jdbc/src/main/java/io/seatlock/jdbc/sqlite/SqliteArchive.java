package io.seatlock.jdbc.sqlite;

import io.seatlock.core.CommandArchive;
import io.seatlock.jdbc.store.StoredArchive;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** Opens the archive of a {@link SqliteLog}. */
public final class SqliteArchive {

  private SqliteArchive() {}

  /**
   * Opens the log in a directory for reading. Programs may append to it meanwhile.
   *
   * @throws FileNotFoundException if there is none
   * @throws IOException if it cannot be read, or is of another version
   */
  public static CommandArchive openForReading(Path directory) throws IOException {
    Path file = directory.resolve(SqliteStore.FILE);
    if (!Files.exists(file)) {
      throw new FileNotFoundException("there is no log " + file);
    }
    try {
      return new StoredArchive(file.toString(), SqliteStore.openAsIs(file), () -> {});
    } catch (SQLException e) {
      throw StoredArchive.failure(file, e);
    }
  }

  /**
   * Opens the log in a directory for reading and writing. It is created if need be, and belongs to
   * this program until the archive is closed.
   *
   * @throws IOException if another program uses it, or it cannot be opened
   */
  public static CommandArchive openForWriting(Path directory) throws IOException {
    try {
      DataDirectory taken = DataDirectory.take(directory);
      try {
        SqliteStore store = SqliteStore.open(taken.file());
        taken.remember();
        return new StoredArchive(taken.file().toString(), store, taken::close);
      } catch (IOException | SQLException e) {
        taken.close();
        throw e;
      }
    } catch (SQLException e) {
      throw StoredArchive.failure(directory, e);
    }
  }
}
