package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadHarnessTest {

  private static final Path SERVER =
      Path.of("..", "seatlock-server", "target", "seatlock-server.jar");

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void quick_bothServers_everyMessageArrivesExactlyOnce() {
    assumeThat(SERVER).as("the packaged server").isRegularFile();

    int exitCode = execute("--quick", "--server-jar", SERVER.toString());

    assertThat(exitCode).as("%s%s", out, err).isZero();
    assertThat(rows("seatlock")).hasSize(7).allSatisfy(row -> assertThat(row).endsWith(" EXACT"));
    assertThat(rows("seatlock, v2"))
        .hasSize(2)
        .allSatisfy(row -> assertThat(row).endsWith(" EXACT"));
    assertThat(rows("broadcast()")).hasSize(7).allSatisfy(row -> assertThat(row).contains("EXACT"));
  }

  @Test
  void quick_bothDialects_everyMessageArrivesExactlyOnce() {
    assumeThat(SERVER).as("the packaged server").isRegularFile();

    int exitCode =
        execute(
            "--quick",
            "--rounds=2",
            "--load=fan-out",
            "--load=single",
            "--load=stalled",
            "--dialect=v2,classic",
            "--no-baseline",
            "--server-jar=" + SERVER);

    assertThat(exitCode).as("%s%s", out, err).isZero();
    assertThat(rows("seatlock, v2"))
        .hasSize(6)
        .allSatisfy(row -> assertThat(row).endsWith(" EXACT"));
    assertThat(rows("seatlock")).hasSize(6);
    assertThat(rows("ratio")).hasSize(6);
  }

  @Test
  void quick_withPlot_drawsBothServers() throws Exception {
    assumeThat(SERVER).as("the packaged server").isRegularFile();
    Path plot = directory.resolve("plot.svg");

    int exitCode =
        execute(
            "--quick",
            "--markdown",
            "--load=sweep",
            "--plot=" + plot,
            "--plot-subscribers=5,20",
            "--server-jar=" + SERVER);

    assertThat(exitCode).as("%s%s", out, err).isZero();
    assertThat(out.toString()).contains("| load ").contains("-: |");
    assertThat(Files.readString(plot)).contains("seatlock", "broadcast()", "</svg>");
  }

  @Test
  void rounds_beginWithAnotherServerEach() {
    List<String> both = List.of("v2", "classic");
    assertThat(LoadHarness.turned(both, 0)).containsExactly("v2", "classic");
    assertThat(LoadHarness.turned(both, 1)).containsExactly("classic", "v2");
    assertThat(LoadHarness.turned(both, 2)).containsExactly("v2", "classic");
  }

  @Test
  void execute_unknownLoad_isWrongUsage() {
    assertThat(execute("--load=nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no load nothing");
  }

  @Test
  void execute_noServer_isWrongUsage() {
    assertThat(execute("--server-jar", directory.resolve("x.jar").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("x.jar");
  }

  @Test
  void svg_severalServers_isOneLineEach() {
    String svg = Plot.svg(Map.of("a", Map.of(10, 5_000.0, 100, 50_000.0), "b <", Map.of(10, 7.5)));

    assertThat(svg).startsWith("<svg ").contains(">5 k<", ">50 k<", ">7.5<", ">b &lt;<");
  }

  private int execute(String... arguments) {
    return new LoadHarness()
        .commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private List<String> rows(String server) {
    return out.toString().lines().filter(line -> line.contains(" " + server + " ")).toList();
  }
}
