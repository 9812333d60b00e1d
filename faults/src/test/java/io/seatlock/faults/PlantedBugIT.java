package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The harness finds bugs that were put into a log, and none in the same log without them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PlantedBugIT {

  private static final int CRASHES = 3;

  @TempDir Path directory;

  /** Lets a server crash a few times; it does so by itself, or is killed. */
  private Verdict crash(Scenario scenario, PlainLog.Bug bug) throws Exception {
    List<String> arguments = List.of(directory.resolve("log").toString(), bug.name());
    Node server = scenario.serve(PlantedServer.program(), arguments);
    try (Load load = scenario.load()) {
      for (int i = 0; i < CRASHES; i++) {
        if (bug == PlainLog.Bug.ANSWERS_TOO_EARLY) {
          load.awaitGranted(60, 20);
          server.kill();
        } else {
          server.awaitExit();
        }
        scenario.fault();
        server.start();
        server.awaitServing();
      }
      load.awaitGranted(20, 20);
    }
    Verdict verdict = scenario.verdict();
    scenario.print(verdict);
    return verdict;
  }

  @Test
  void noBug_isNotFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: none")) {
      assertThat(crash(scenario, PlainLog.Bug.NONE).faults()).isEmpty();
      assertThat(scenario.history().count(Outcome.Granted.class)).isGreaterThan(100);
    }
  }

  @Test
  void answerBeforeTheCommandIsKept_isFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: early answer")) {
      assertThat(crash(scenario, PlainLog.Bug.ANSWERS_TOO_EARLY).faults())
          .anySatisfy(fault -> assertThat(fault).contains("was told a state of"));
    }
  }

  @Test
  void requestsForgottenByARestart_areFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: no dedup")) {
      assertThat(crash(scenario, PlainLog.Bug.FORGETS_REQUESTS).faults()).isNotEmpty();
    }
  }
}
