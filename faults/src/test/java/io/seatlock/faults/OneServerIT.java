package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One server that keeps its shows in a file. */
class OneServerIT {

  /** Longer than a start takes. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** A connection that is silent for a minute is taken for dead; nothing else waits longer. */
  private static final Duration LONGER_THAN_ANYTHING = Duration.ofSeconds(65);

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

  /** Longer than the time limit, the grace, and the patience of most clients. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void paused_endsLocksLate_andGivesNoSeatTwice() throws Exception {
    try (Scenario scenario = new Scenario("pause")) {
      Node server = scenario.serve("--data-dir", directory.toString());
      Load load = scenario.load();
      for (int i = 0; i < Math.max(1, Scenario.cycles() / 10); i++) {
        pause(scenario, load, server, Duration.ofSeconds(6));
      }
      if (Scenario.isLong()) {
        pause(scenario, load, server, LONGER_THAN_ANYTHING);
      }
      assertThat(load.awaitGranted(200, 60)).isTrue();
      scenario.end();
    }
  }

  /** Pauses a server under load; one client does not lose its patience. Also done to wrong ones. */
  static void pause(Scenario scenario, Load load, Node server, Duration time) throws Exception {
    assertThat(load.awaitGranted(200, 60)).isTrue();
    try (Client patient = scenario.observer(server, "hamlet")) {
      patient.setPatience(time.plusSeconds(30));
      assertThat(patient.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
      server.pause();
      scenario.fault();
      CompletableFuture<String> told =
          CompletableFuture.supplyAsync(() -> scenario.tellOf(patient, Action.STATE));
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
      server.resume();
      scenario.checkNow(server);
      // On its connection, or on another one if the server has closed that.
      assertThat(told.join()).startsWith("the state of");
      scenario.note(
          "after "
              + time.toSeconds()
              + " s on connection "
              + patient.connections()
              + ": "
              + told.join());
    }
  }
}
