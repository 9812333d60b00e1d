package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One server that keeps its shows in a file. */
class OneServerIT {

  /** Longer than a start takes. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void killedAgainAndAgain_losesNothing_andAllSessionsGoOn() throws Exception {
    try (Scenario scenario = new Scenario("kill -9", GRACE)) {
      Node server = scenario.serve("--data-dir", directory.toString());
      Load load = scenario.load();
      for (int i = 0; i < Scenario.cycles(); i++) {
        int more = 50 + scenario.random().nextInt(200);
        assertThat(load.awaitGranted(more, 60)).as("it serves: %s", server.printed()).isTrue();
        Set<String> holders = load.holders();
        server.kill();
        scenario.fault();
        long killedAt = System.nanoTime();
        server.start();
        server.awaitServing();
        scenario.awaitResumed(holders, killedAt);
        scenario.checkNow(server);
      }
      assertThat(load.awaitGranted(100, 60)).isTrue();
      scenario.end();
    }
  }

  /** Longer than the time limit, the grace, and the patience of the clients. */
  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void paused_endsLocksLate_andGivesNoSeatTwice() throws Exception {
    try (Scenario scenario = new Scenario("pause")) {
      Node server = scenario.serve("--data-dir", directory.toString());
      Load load = scenario.load();
      for (int i = 0; i < Math.max(1, Scenario.cycles() / 10); i++) {
        assertThat(load.awaitGranted(200, 60)).isTrue();
        server.pause();
        scenario.fault();
        TimeUnit.SECONDS.sleep(6);
        server.resume();
        scenario.checkNow(server);
      }
      assertThat(load.awaitGranted(200, 60)).isTrue();
      scenario.end();
    }
  }
}
