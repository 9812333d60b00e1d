package io.seatlock.jdbc.postgres;

import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.queue.QueuedLog;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * A log in a PostgreSQL database that several programs share. Each may append to each show, and
 * each decides the same commands in the same order; there is no leader. Safety rests on the
 * database's transactions and its primary key, not on clocks.
 *
 * <p>While the database is away, commands that are not patient are refused after a moment, patient
 * ones wait, and service goes on by itself when it is back. A commit whose answer was lost is
 * looked up before anything is said about it.
 *
 * <p>A program that has been silent for too long is declared dead by the others and must not go on:
 * {@link Replica#failed} is called with the reason.
 */
public final class PostgresLog implements CommandLog {

  private final PostgresUrl url;
  private final LogSettings settings;
  private final QueuedLog<PostgresWriter> log;

  private PostgresLog(PostgresUrl url, LogSettings settings) {
    this.url = url;
    this.settings = settings;
    log = new QueuedLog<>(settings, queued -> new PostgresWriter(url, settings, queued));
  }

  /**
   * Returns a log in this database, in the first schema of the search path. Nothing is opened yet.
   *
   * @param url {@code postgresql://user:password@host:5432/database}, or the same as a URL of JDBC;
   *     several hosts are separated by commas
   * @throws IllegalArgumentException if it is not a URL of PostgreSQL
   */
  public static PostgresLog at(String url) {
    return new PostgresLog(
        PostgresUrl.parse(Objects.requireNonNull(url, "url")), LogSettings.DEFAULT);
  }

  /**
   * Returns such a log that removes, in the background, commands that are older than this and
   * covered by a snapshot. Otherwise it keeps them indefinitely.
   *
   * @throws IllegalArgumentException if the age is negative
   */
  public PostgresLog retain(Duration age) {
    return with(settings.withRetain(Objects.requireNonNull(age, "age")));
  }

  PostgresLog with(LogSettings settings) {
    return new PostgresLog(url, settings);
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

  /** The URL without user, password and parameters. */
  @Override
  public String toString() {
    return log.toString();
  }
}
