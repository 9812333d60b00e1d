package io.seatlock.jdbc.sqlite;

import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.queue.QueuedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * A log in one SQLite file, for one program at a time. A command is decided when SQLite has flushed
 * it to the disk.
 *
 * <p>The directory belongs to the log while it is open; another program that wants it is refused.
 * Anybody may read the file meanwhile: its view {@code history} shows the commands in words.
 *
 * <p>It never goes on after a write that failed: what waits is not accepted or unknown, and {@link
 * Replica#failed} is called with the reason.
 */
public final class SqliteLog implements CommandLog {

  private final Path directory;
  private final LogSettings settings;
  private final QueuedLog<SqliteWriter> log;

  private SqliteLog(Path directory, LogSettings settings) {
    this.directory = directory;
    this.settings = settings;
    log = new QueuedLog<>(settings, queued -> new SqliteWriter(directory, settings, queued));
  }

  /** Returns a log in this directory, which is created if need be. Nothing is opened yet. */
  public static SqliteLog in(Path directory) {
    return new SqliteLog(Objects.requireNonNull(directory, "directory"), LogSettings.DEFAULT);
  }

  /**
   * Returns such a log that removes, in the background, commands that are older than this and
   * covered by a snapshot. Otherwise it keeps them indefinitely.
   *
   * @throws IllegalArgumentException if the age is negative
   */
  public SqliteLog retain(Duration age) {
    return with(settings.withRetain(Objects.requireNonNull(age, "age")));
  }

  SqliteLog with(LogSettings settings) {
    return new SqliteLog(directory, settings);
  }

  /** The tables; for tests. */
  SqliteStore store() {
    return log.writer().store();
  }

  @Override
  public void start(Replica replica) throws IOException {
    log.start(replica);
  }

  @Override
  public String node() {
    return log.node();
  }

  @Override
  public InstantSource clock() {
    return log.clock();
  }

  @Override
  public void append(Submission submission) {
    log.append(submission);
  }

  @Override
  public Optional<String> trouble() {
    return log.trouble();
  }

  @Override
  public void close() {
    log.close();
  }

  /** The file. */
  @Override
  public String toString() {
    return log.toString();
  }
}
