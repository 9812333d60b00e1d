package io.seatlock.jdbc.sqlite;

import io.seatlock.jdbc.store.Drivers;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A directory that belongs to one program at a time, and remembers whether it has had a log.
 *
 * <p>It holds the lock of the file system on {@value #LOCK}, which ends with the program however it
 * ends.
 */
final class DataDirectory implements AutoCloseable {
  /*
   * The lock is taken through SQLite and not through a FileChannel: on POSIX systems a program
   * loses its locks on a file when it closes any descriptor of that file, so a second attempt in
   * the same program would end the lock of the first. SQLite knows how to deal with that.
   *
   * The same file has a row once the log was created. A log that is missing then was lost, and to
   * begin anew in silence would be to sell every seat again.
   */

  private static final String LOCK = "seatlock.lock";

  private final Path directory;
  private final Connection lock;

  private DataDirectory(Path directory, Connection lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Takes the directory, which is created if need be.
   *
   * @throws IOException if another program has it, or the log is missing that it had
   */
  static DataDirectory take(Path directory) throws IOException, SQLException {
    Drivers.SQLITE.require();
    create(directory);
    Connection lock =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(LOCK).toAbsolutePath());
    try (Statement statement = lock.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 0");
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("CREATE TABLE IF NOT EXISTS log (file TEXT NOT NULL)");
      statement.execute("BEGIN EXCLUSIVE");
      statement.execute("COMMIT");
    } catch (SQLException e) {
      lock.close();
      if (isBusy(e)) {
        throw new IOException(directory + " is used by another process", e);
      }
      throw new IOException(directory.resolve(LOCK) + " cannot be used: " + e.getMessage(), e);
    }
    DataDirectory taken = new DataDirectory(directory, lock);
    try {
      taken.requireLog();
    } catch (IOException | SQLException e) {
      taken.close();
      throw e;
    }
    return taken;
  }

  /** Creates it for its owner alone: the log has order references and digests of tokens. */
  private static void create(Path directory) throws IOException {
    try {
      if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(directory);
      }
    } catch (FileSystemException e) {
      // Its message alone is often no more than the path.
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException("directory " + directory + " cannot be created: " + reason, e);
    }
  }

  private static boolean isBusy(SQLException e) {
    // SQLITE_BUSY and SQLITE_LOCKED, without what extends them.
    int code = e.getErrorCode() & 0xff;
    return code == 5 || code == 6;
  }

  private void requireLog() throws IOException, SQLException {
    Path file = file();
    if (hasHadLog() && (!Files.exists(file) || Files.size(file) == 0)) {
      throw new IOException(
          file
              + " is missing, though there was a log in this directory. Put it back; or, to begin"
              + " without anything, delete "
              + directory.resolve(LOCK)
              + ", too");
    }
  }

  private boolean hasHadLog() throws SQLException {
    try (Statement statement = lock.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1 FROM log")) {
      return rows.next();
    }
  }

  Path file() {
    return directory.resolve(SqliteStore.FILE);
  }

  /** There is a log now. */
  void remember() throws SQLException {
    if (!hasHadLog()) {
      try (Statement statement = lock.createStatement()) {
        statement.executeUpdate("INSERT INTO log (file) VALUES ('" + SqliteStore.FILE + "')");
      }
    }
  }

  @Override
  public void close() throws SQLException {
    lock.close();
  }
}
