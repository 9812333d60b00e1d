package io.seatlock.server.options;

import io.seatlock.core.CommandLog;
import io.seatlock.jdbc.postgres.PostgresLog;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** Where everything is kept. */
public final class LogOptions extends OptionGroup {

  @Option(
      names = "--in-memory",
      defaultValue = "${env:SEATLOCK_IN_MEMORY:-false}",
      description = "Keep everything in memory: it is lost when the process ends.")
  private boolean inMemory;

  @Option(
      names = "--data-dir",
      paramLabel = "<directory>",
      defaultValue = "${env:SEATLOCK_DATA_DIR:-./seatlock-data}",
      description = "Where everything is kept, in a SQLite file, unless a database is named.")
  private Path dataDir = Path.of("");

  @Option(
      names = "--database-url",
      paramLabel = "<url>",
      defaultValue = "${env:SEATLOCK_DATABASE_URL}",
      // The help would show the password of the variable.
      showDefaultValue = Help.Visibility.NEVER,
      description = {
        "The PostgreSQL database where everything is kept, for several nodes:",
        "postgresql://user@host:5432/name. With a password give the variable."
      })
  private @Nullable String databaseUrl;

  @Option(
      names = "--retain",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_RETAIN}",
      converter = DurationConverter.class,
      description = "How long the history is kept, such as 90d; for ever if not given.")
  private @Nullable Duration retain;

  /**
   * The log that keeps everything; null if everything is to be kept in memory.
   *
   * @throws IllegalArgumentException if the URL or the duration is of no use
   */
  public @Nullable CommandLog log() {
    if (inMemory) {
      if (databaseUrl != null) {
        throw wrongUsage("--in-memory and --database-url exclude each other");
      }
      return null;
    }
    if (databaseUrl != null) {
      PostgresLog log = PostgresLog.at(databaseUrl);
      return retain == null ? log : log.retain(retain);
    }
    SqliteLog log = SqliteLog.in(dataDir);
    return retain == null ? log : log.retain(retain);
  }
}
