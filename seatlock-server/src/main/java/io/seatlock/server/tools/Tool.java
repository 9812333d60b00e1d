package io.seatlock.server.tools;

import io.seatlock.jdbc.LogArchive;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
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

  /** Does it; what it throws is told to the operator. */
  abstract void run() throws IOException;

  @Override
  public final Integer call() {
    try {
      run();
      out().flush();
      return 0;
    } catch (IOException e) {
      out().flush();
      spec().commandLine().getErr().println("seatlock-server: " + e.getMessage());
      return FAILED;
    }
  }

  final LogArchive read() throws IOException {
    return databaseUrl == null ? LogArchive.read(dataDir) : database(databaseUrl, false);
  }

  final LogArchive write() throws IOException {
    return databaseUrl == null ? LogArchive.write(dataDir) : database(databaseUrl, true);
  }

  private LogArchive database(String url, boolean toWrite) throws IOException {
    try {
      return toWrite ? LogArchive.writePostgres(url) : LogArchive.readPostgres(url);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec().commandLine(), message);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec);
  }
}
