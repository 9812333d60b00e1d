package io.seatlock.benchmarks.load;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the harnesses have in common: the server that they measure, and how they print. */
abstract class Harness implements Callable<Integer> {

  /** The exit code when a message did not arrive exactly once. */
  static final int NOT_EXACT = 1;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--server-jar",
      paramLabel = "<file>",
      defaultValue = "seatlock-server/target/seatlock-server.jar",
      description = "The server to measure.")
  private Path serverJar = Path.of("");

  @Option(names = "--markdown", description = "Print the tables as Markdown.")
  private boolean markdown;

  /** This harness, ready to be executed. */
  final CommandLine commandLine() {
    return new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Ends wrongly used if there is no server to measure. */
  final void requireServer() {
    if (!Files.isRegularFile(serverJar)) {
      throw wrongUsage("there is no " + serverJar + "; build the server or give --server-jar");
    }
  }

  final Path serverJar() {
    return serverJar;
  }

  final boolean isMarkdown() {
    return markdown;
  }

  final PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  final void print(Table table) {
    out().println(markdown ? table.toMarkdown() : table.toText());
    out().flush();
  }

  final ParameterException wrongUsage(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
