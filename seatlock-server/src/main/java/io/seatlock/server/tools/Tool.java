package io.seatlock.server.tools;

import io.seatlock.core.CommandArchive;
import io.seatlock.jdbc.postgres.PostgresArchive;
import io.seatlock.jdbc.sqlite.SqliteArchive;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand about the log that the options name. */
abstract class Tool implements Callable<Integer> {

  private static final int FAILED = 1;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data-dir",
      paramLabel = "<directory>",
      defaultValue = "${env:SEATLOCK_DATA_DIR:-./seatlock-data}",
      description = "The directory of the SQLite file.")
  private Path dataDir = Path.of("");

  @Option(
      names = "--database-url",
      paramLabel = "<url>",
      defaultValue = "${env:SEATLOCK_DATABASE_URL}",
      showDefaultValue = Visibility.NEVER,
      description = "The PostgreSQL database, instead of a directory.")
  private @Nullable String databaseUrl;

  /** Does it; the operator sees the message of what it throws. */
  abstract void run() throws IOException;

  @Override
  public final Integer call() {
    requireNothingBefore();
    try {
      run();
      out().flush();
      return 0;
    } catch (IOException e) {
      out().flush();
      err().println("seatlock-server: " + e.getMessage());
      return FAILED;
    }
  }

  /** Options before its name are the server's, also those that would be about the log here. */
  private void requireNothingBefore() {
    CommandLine server = Objects.requireNonNull(spec().commandLine().getParent());
    List<OptionSpec> before = server.getParseResult().matchedOptions();
    if (!before.isEmpty()) {
      throw wrongUsage(
          before.get(0).longestName()
              + " stands before "
              + spec().name()
              + ": the options of a subcommand stand after it");
    }
  }

  final CommandArchive read() throws IOException {
    return databaseUrl == null
        ? SqliteArchive.openForReading(dataDir)
        : database(databaseUrl, false);
  }

  final CommandArchive write() throws IOException {
    return databaseUrl == null
        ? SqliteArchive.openForWriting(dataDir)
        : database(databaseUrl, true);
  }

  private CommandArchive database(String url, boolean toWrite) throws IOException {
    try {
      return toWrite ? PostgresArchive.openForWriting(url) : PostgresArchive.openForReading(url);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  /** For what is printed besides the answer. */
  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec().commandLine(), message);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec);
  }
}
