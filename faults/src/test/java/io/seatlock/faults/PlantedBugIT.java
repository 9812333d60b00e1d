package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The harness finds bugs that were put into a log, and none in the same log without them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PlantedBugIT {

  private static final int CRASHES = 2;

  /** For a bug that shows in some stretches only: others may change the seat before it is seen. */
  private static final int MORE_CRASHES = 6;

  /** Not each commit that is cut does something, and not each is taken for busy by its client. */
  private static final int MORE_CUTS = 14;

  @TempDir Path directory;

  private Node serve(Scenario scenario, PlainLog.Bug bug) throws Exception {
    return PlantedServer.in(scenario, directory.resolve("log").toString(), bug);
  }

  /** Lets a server crash a few times; it does so by itself, or is killed. */
  private Verdict crash(Scenario scenario, PlainLog.Bug bug, int crashes) throws Exception {
    Node server = serve(scenario, bug);
    Load load = scenario.load();
    for (int i = 0; i < crashes; i++) {
      if (bug.showsInACrash()) {
        server.awaitExit();
      } else {
        load.awaitGranted(60, 20);
        server.kill();
      }
      scenario.fault();
      server.start();
      server.awaitServing();
    }
    load.awaitGranted(20, 20);
    return scenario.judge();
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
    try (Scenario scenario = new Scenario("planted: pause", PlantedServer.GRACE)) {
      Node server = serve(scenario, PlainLog.Bug.TIME_RUNS_FAST);
      OneServerIT.pause(scenario, scenario.load(), server, Duration.ofSeconds(2));
      assertThat(scenario.judge().faults())
          .anySatisfy(fault -> assertThat(fault).contains("too early for"));
    }
  }

  // --- in a database

  private static Node serve(Scenario scenario, int port, PlantedPostgresLog.Bug bug)
      throws Exception {
    return PlantedServer.in(scenario, Database.url(port), bug);
  }

  private Verdict cut(Scenario scenario, PlantedPostgresLog.Bug bug, int times) throws Exception {
    try (Database database = Database.start(directory);
        Proxy proxy = new Proxy(database.port(), scenario.seed())) {
      Node server = serve(scenario, proxy.port(), bug);
      DatabaseIT.cutCommits(scenario, proxy, server, times);
      return scenario.judge();
    }
  }

  @Test
  void noBugInADatabase_isNotFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: none, cut", PlantedServer.GRACE)) {
      assertThat(cut(scenario, PlantedPostgresLog.Bug.NONE, 6).faults()).isEmpty();
    }
  }

  @Test
  void commitInDoubt_thatIsTakenForLost_isFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: not looked up", PlantedServer.GRACE)) {
      assertThat(cut(scenario, PlantedPostgresLog.Bug.TAKES_DOUBT_FOR_LOST, MORE_CUTS).faults())
          .anySatisfy(fault -> assertThat(fault).contains("nobody asked for it"));
    }
  }

  @Test
  void changesThatWaitForTheDatabase_areFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: never busy", PlantedServer.GRACE);
        Database database = Database.start(directory)) {
      Node server = serve(scenario, database.port(), PlantedPostgresLog.Bug.NEVER_REFUSES);
      assertThatThrownBy(() -> DatabaseIT.killDatabase(scenario, database, server, 1))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("refused within");
    }
  }

  @Test
  void ordersOfTheirOwn_ofSeveralServers_areFound() throws Exception {
    try (Scenario scenario = new Scenario("planted: own orders", PlantedServer.GRACE);
        Database database = Database.start(directory)) {
      PlantedPostgresLog.Bug bug = PlantedPostgresLog.Bug.ANSWERS_TOO_EARLY;
      Node one = serve(scenario, database.port(), bug);
      Node other = serve(scenario, database.port(), bug);
      Load load = scenario.load();
      load.awaitGranted(100, 20);
      one.kill();
      scenario.fault();
      load.awaitGranted(100, 20);
      assertThat(other.isAlive()).isTrue();
      assertThat(scenario.judge().faults())
          .anySatisfy(fault -> assertThat(fault).contains("was told"))
          .anySatisfy(fault -> assertThat(fault).contains("no order explains"));
    }
  }
}
