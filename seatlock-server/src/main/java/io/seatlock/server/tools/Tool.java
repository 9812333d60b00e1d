package io.seatlock.server.tools;

import io.seatlock.jdbc.LogArchive;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    return LogArchive.read(dataDir);
  }

  final LogArchive write() throws IOException {
    return LogArchive.write(dataDir);
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
