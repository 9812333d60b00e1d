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

  private static final int CRASHES = 2;

  /** For bugs that show in some stretches only: others may change the seat before it is seen. */
  private static final int MORE_CRASHES = 6;

  @TempDir Path directory;

  /** Lets a server crash a few times; it does so by itself, or is killed. */
  private Verdict crash(Scenario scenario, PlainLog.Bug bug, int crashes) throws Exception {
    List<String> arguments = List.of(directory.resolve("log").toString(), bug.name());
    Node server = scenario.serve(PlantedServer.program(), arguments);
    try (Load load = scenario.load()) {
      for (int i = 0; i < crashes; i++) {
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
    try (Scenario scenario = new Scenario("planted: none", PlantedServer.GRACE)) {
      assertThat(crash(scenario, PlainLog.Bug.NONE, CRASHES).faults()).isEmpty();
      assertThat(scenario.history().count(Outcome.Granted.class)).isGreaterThan(100);
    }
  }

  @Test
  void answerBeforeTheCommandIsKept_isFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: early answer", PlantedServer.GRACE)) {
      assertThat(crash(scenario, PlainLog.Bug.ANSWERS_TOO_EARLY, CRASHES).faults())
          .anySatisfy(fault -> assertThat(fault).contains("was told a state of"));
    }
  }

  @Test
  void sessionsForgottenByARestart_areFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: no sessions", PlantedServer.GRACE)) {
      assertThat(crash(scenario, PlainLog.Bug.FORGETS_SESSIONS, CRASHES).faults())
          .anySatisfy(fault -> assertThat(fault).contains("for the end of its session"));
    }
  }

  @Test
  void requestsForgottenByARestart_areFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: no dedup", PlantedServer.GRACE)) {
      assertThat(crash(scenario, PlainLog.Bug.FORGETS_REQUESTS, MORE_CRASHES).faults())
          .isNotEmpty();
    }
  }

  @Test
  void locksThatEndEarly_areFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: fast time", PlantedServer.GRACE)) {
      assertThat(crash(scenario, PlainLog.Bug.TIME_RUNS_FAST, MORE_CRASHES).faults()).isNotEmpty();
    }
  }
}
