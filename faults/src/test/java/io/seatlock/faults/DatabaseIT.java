package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that keep their shows in PostgreSQL, and what can happen to it and to them. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class DatabaseIT {

  private static final int READS = 40;
  private static final Duration BUSY_WITHIN = Duration.ofSeconds(4);

  /** A node that is silent for 6 seconds is dead. */
  private static final long SURELY_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(4);

  @TempDir Path directory;

  // --- what is done; also to servers with bugs

  /** Kills the database under load and starts it again. */
  static void killDatabase(Scenario scenario, Database database, Node server, int times)
      throws Exception {
    Load load = scenario.load();
    try (Client reader = scenario.observer(server, "hamlet");
        Client asker = scenario.observer(server, "hamlet")) {
      asker.askOnce();
      asker.setPatience(BUSY_WITHIN);
      for (int i = 0; i < times; i++) {
        assertThat(load.awaitGranted(150, 60)).as("%s", server.printed()).isTrue();
        assertThat(reader.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
        assertThat(asker.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
        assertThat(server.health()).isEqualTo(200);
        database.kill();
        scenario.fault();
        int connections = reader.connections();
        for (int read = 0; read < READS; read++) {
          assertThat(reader.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
        }
        // Asked for after the end of the database, so they are in no commit. The load may be busy
        // with what it had asked before, and be refused nothing.
        for (int change = 0; change < 3; change++) {
          assertThat(asker.perform(Action.LOCK, "A1"))
              .as("refused within %s", BUSY_WITHIN)
              .isInstanceOf(Outcome.Busy.class);
        }
        assertThat(server.health()).isEqualTo(503);
        assertThat(reader.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
        assertThat(reader.connections()).as("its connection stays").isEqualTo(connections);
        database.restart();
      }
      assertThat(load.awaitGranted(150, 60)).as("%s", server.printed()).isTrue();
      assertThat(server.health()).isEqualTo(200);
      reader.perform(Action.BYE);
      asker.perform(Action.BYE);
    }
  }

  /** Cuts the connection in the middle of commits and of requests. */
  static void cutCommits(Scenario scenario, Proxy proxy, Node server, int times) throws Exception {
    Load load = scenario.load();
    for (int i = 0; i < times; i++) {
      assertThat(load.awaitGranted(10 + scenario.random().nextInt(30), 60))
          .as("%s", server.printed())
          .isTrue();
      if (i % 2 == 0) {
        proxy.cutNextAnswer();
      } else {
        proxy.cutSomeRequest();
      }
      scenario.awaitCut(proxy, i + 1);
      scenario.fault();
    }
    assertThat(load.awaitGranted(100, 60)).isTrue();
  }

  // --- to right ones

  @Test
  void databaseKilled_changesAreRefusedSoon_readsGoOn_andServiceComesBack() throws Exception {
    try (Scenario scenario = new Scenario("database killed");
        Database database = Database.start(directory)) {
      Node server = scenario.serve("--database-url", database.url());
      killDatabase(scenario, database, server, Math.max(2, Scenario.cycles() / 5));
      scenario.end();
    }
  }

  @Test
  void connectionCut_inTheMiddleOfCommits_losesNothing_andDoesNothingTwice() throws Exception {
    try (Scenario scenario = new Scenario("commits cut");
        Database database = Database.start(directory);
        Proxy proxy = new Proxy(database.port(), scenario.seed())) {
      Node server = scenario.serve("--database-url", Database.url(proxy.port()));
      cutCommits(scenario, proxy, server, 2 * Scenario.cycles());
      scenario.end();
    }
  }

  @Test
  void threeServers_killedPausedAndCutOff_staySame() throws Exception {
    try (Scenario scenario = new Scenario("three servers");
        Database database = Database.start(directory);
        Proxy proxy = new Proxy(database.port(), scenario.seed())) {
      Node killed = scenario.serve("--database-url", database.url());
      Node paused = scenario.serve("--database-url", database.url());
      Node cutOff = scenario.serve("--database-url", Database.url(proxy.port()));
      List<Node> all = List.of(killed, paused, cutOff);
      Load load = scenario.load();
      for (int i = 0; i < Math.max(1, Scenario.cycles() / 20); i++) {
        assertThat(load.awaitGranted(200, 60)).isTrue();
        killWhilePaused(scenario, load, killed, paused);

        pauseUntilDead(scenario, database, load, paused);
        scenario.again(paused);

        proxy.freeze();
        scenario.fault();
        TimeUnit.SECONDS.sleep(3);
        proxy.admit();
        assertThat(load.awaitGranted(200, 60)).isTrue();
        assertThat(cutOff.isAlive()).as("%s", cutOff.printed()).isTrue();

        awaitNodes(scenario, database, 3);
        proxy.refuse();
        scenario.fault();
        awaitNodes(scenario, database, 2);
        assertThat(load.awaitGranted(50, 60)).isTrue();
        proxy.admit();
        assertThat(cutOff.awaitExit()).as("%s", cutOff.printed()).isEqualTo(3);
        scenario.again(cutOff);

        for (Node node : all) {
          scenario.checkNow(node);
        }
      }
      assertThat(load.awaitGranted(200, 60)).isTrue();
      scenario.end();
    }
  }

  /** Kills a server while another one stands still, which then comes back. */
  private static void killWhilePaused(Scenario scenario, Load load, Node killed, Node paused)
      throws Exception {
    long from = System.nanoTime();
    paused.pause();
    scenario.fault();
    killed.kill();
    scenario.fault();
    assertThat(load.awaitGranted(100, 60)).isTrue();
    paused.resume();
    if (System.nanoTime() - from < SURELY_ALIVE_NANOS) {
      scenario.checkNow(paused);
      assertThat(paused.isAlive()).as("%s", paused.printed()).isTrue();
    } else {
      // On a slow machine the others have not waited for it.
      scenario.againIfEnded(paused);
    }
    scenario.again(killed);
    scenario.checkNow(killed);
  }

  /** Those that were killed are counted until the others have noticed. */
  private static void awaitNodes(Scenario scenario, Database database, int count) throws Exception {
    scenario.await(count + " nodes", () -> database.nodes() == count);
  }

  /** The others declare it dead, so it must not go on when it has time again. */
  private static void pauseUntilDead(Scenario scenario, Database database, Load load, Node paused)
      throws Exception {
    try (Client patient = scenario.observer(paused, "hamlet")) {
      patient.setPatience(Duration.ofSeconds(30));
      assertThat(patient.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
      awaitNodes(scenario, database, 3);
      paused.pause();
      scenario.fault();
      awaitNodes(scenario, database, 2);
      assertThat(load.awaitGranted(50, 60)).isTrue();
      long known = scenario.history().chronicle("hamlet").last();
      // It stands in a queue of the paused server until that has time again, or ends.
      patient.giveUpAt(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
      CompletableFuture<String> told =
          CompletableFuture.supplyAsync(() -> scenario.tellOf(patient, Action.STATE));
      paused.resume();
      assertThat(paused.awaitExit()).as("%s", paused.printed()).isEqualTo(3);
      scenario.note("at #" + known + " a client of the paused server was told " + told.join());
    }
  }
}
