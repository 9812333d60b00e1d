package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SingleLockTest {

  private static final Path SERVER =
      Path.of("..", "seatlock-server", "target", "seatlock-server.jar");

  @Test
  void pace_serverThatStandsStill_isMeasuredWithAllThatWasDueMeanwhile() throws Exception {
    assumeThat(SERVER).as("the packaged server").isRegularFile();
    Progress nobody = new Progress(new PrintStream(OutputStream.nullOutputStream(), true));
    try (ServerProcess server = ServerProcess.seatlock(SERVER, Dialect.V2, List.of());
        LoadGenerator generator = new LoadGenerator(server, 1, 1, nobody)) {
      generator.openWriters(1);
      generator.measure(true);
      CompletableFuture<Void> still = CompletableFuture.runAsync(SingleLockTest::standStill);
      SingleLock.pace(generator, 100, 1_000_000_000L);
      still.join();
      generator.finish(5_000_000_000L);

      Histogram times = generator.answerTimes();
      assertThat(times.getTotalCount()).isEqualTo(100);
      // Of the thirty that were due in the pause, those of its first two thirds.
      assertThat(times.getCountBetweenValues(100_000_000L, times.getMaxValue())).isGreaterThan(14);
      assertThat(generator.check().isExact()).isTrue();
    }
  }

  private static void standStill() {
    ProcessHandle server =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("seatlock-server.jar"))
            .findAny()
            .orElseThrow();
    try {
      TimeUnit.MILLISECONDS.sleep(200);
      signal("-STOP", server);
      TimeUnit.MILLISECONDS.sleep(300);
      signal("-CONT", server);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void signal(String name, ProcessHandle process) throws InterruptedException {
    try {
      new ProcessBuilder("kill", name, Long.toString(process.pid())).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
