package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityHarnessTest {

  private static final Path SERVER =
      Path.of("..", "seatlock-server", "target", "seatlock-server.jar");

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void onDisk_everyMessageArrivesExactlyOnceAndNothingStaysBehind() throws Exception {
    int exitCode = quick("--figure=single", "--figure=sqlite", "--figure=start");

    assertThat(exitCode).as("%s%s", out, err).isZero();
    assertThat(rows("SQLite")).hasSize(2).allSatisfy(row -> assertThat(row).endsWith(" EXACT"));
    assertThat(rows("in memory")).hasSize(2).allSatisfy(row -> assertThat(row).endsWith(" EXACT"));
    assertThat(rows("start, 2,000 commands"))
        .hasSize(2)
        .allSatisfy(row -> assertThat(row).endsWith(" EXACT"));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void inPostgres_everyMessageArrivesExactlyOnceAndSessionsOutliveTheirNode() {
    int exitCode = quick("--figure=postgres", "--figure=heard", "--figure=killed");

    assertThat(exitCode).as("%s%s", out, err).isZero();
    assertThat(rows("PostgreSQL, 1 node ")).hasSize(1).allMatch(row -> row.endsWith(" EXACT"));
    assertThat(rows("PostgreSQL, 3 nodes ")).hasSize(1).allMatch(row -> row.endsWith(" EXACT"));
    assertThat(rows("a row for each seat, 64 connections ")).isNotEmpty();
    assertThat(rows("killed, 1 node of 2 "))
        .hasSize(1)
        .allMatch(row -> row.endsWith(" all resumed"));
  }

  @Test
  void execute_unknownFigure_isWrongUsage() {
    assertThat(quick("--figure=nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no figure nothing");
  }

  @Test
  void execute_noServer_isWrongUsage() {
    assertThat(execute("--figure=start", "--server-jar=" + directory.resolve("x.jar")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("x.jar");
  }

  private int quick(String... figures) {
    assumeThat(SERVER).as("the packaged server").isRegularFile();
    Stream<String> rest =
        Stream.of(
            "--server-jar=" + SERVER,
            "--directory=" + directory,
            "--rounds=1",
            "--seconds=0.3",
            "--warm-up=0.3",
            "--commands=2000");
    return execute(Stream.concat(Stream.of(figures), rest).toArray(String[]::new));
  }

  private int execute(String... arguments) {
    return new DurabilityHarness()
        .commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private List<String> rows(String name) {
    return out.toString()
        .lines()
        .filter(line -> (" " + line).contains(" " + name) && !line.contains(" : "))
        .toList();
  }
}
