package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that keep their shows in PostgreSQL, and what can happen to it and to them. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class DatabaseIT {

  private static final int READS = 40;
  private static final int BUSY_WITHIN_MILLIS = 4000;

  @TempDir Path directory;

  @Test
  void databaseKilled_changesAreRefusedSoon_readsGoOn_andServiceComesBack() throws Exception {
    try (Scenario scenario = new Scenario("database killed");
        Database database = Database.start(directory)) {
      Node server = scenario.serve("--database-url", database.url());
      Load load = scenario.load();
      try (Client reader = scenario.observer(server, "hamlet")) {
        for (int i = 0; i < Math.max(2, Scenario.cycles() / 5); i++) {
          assertThat(load.awaitGranted(150, 60)).as("%s", server.printed()).isTrue();
          assertThat(reader.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
          database.kill();
          scenario.fault();
          int connections = reader.connections();
          for (int read = 0; read < READS; read++) {
            assertThat(reader.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
          }
          scenario.awaitBusy(6);
          assertThat(reader.perform(Action.STATE)).isInstanceOf(Outcome.Read.class);
          assertThat(reader.connections()).as("its connection stays").isEqualTo(connections);
          database.restart();
        }
        assertThat(load.awaitGranted(150, 60)).as("%s", server.printed()).isTrue();
        reader.perform(Action.BYE);
      }
      scenario.end();
      assertThat(load.slowestBusyMillis()).isBetween(1L, (long) BUSY_WITHIN_MILLIS);
    }
  }

  @Test
  void connectionCut_inTheMiddleOfCommits_losesNothing_andDoesNothingTwice() throws Exception {
    try (Scenario scenario = new Scenario("commits cut");
        Database database = Database.start(directory);
        Proxy proxy = new Proxy(database.port())) {
      Node server = scenario.serve("--database-url", Database.url(proxy.port()));
      Load load = scenario.load();
      for (int i = 0; i < 3 * Scenario.cycles(); i++) {
        assertThat(load.awaitGranted(10 + scenario.random().nextInt(30), 60))
            .as("%s", server.printed())
            .isTrue();
        proxy.cutNextCommit();
        scenario.awaitCut(proxy, i + 1);
        scenario.fault();
      }
      assertThat(load.awaitGranted(100, 60)).isTrue();
      scenario.end();
    }
  }

  @Test
  void threeServers_killedPausedAndCutOff_staySame() throws Exception {
    try (Scenario scenario = new Scenario("three servers");
        Database database = Database.start(directory);
        Proxy proxy = new Proxy(database.port())) {
      Node killed = scenario.serve("--database-url", database.url());
      Node paused = scenario.serve("--database-url", database.url());
      Node cutOff = scenario.serve("--database-url", Database.url(proxy.port()));
      List<Node> all = List.of(killed, paused, cutOff);
      Load load = scenario.load();
      for (int i = 0; i < Math.max(1, Scenario.cycles() / 20); i++) {
        assertThat(load.awaitGranted(200, 60)).isTrue();

        killed.kill();
        scenario.fault();
        assertThat(load.awaitGranted(200, 60)).isTrue();
        scenario.checkNow(paused);
        scenario.again(killed);

        paused.pause();
        scenario.fault();
        TimeUnit.SECONDS.sleep(11);
        assertThat(load.awaitGranted(50, 60)).isTrue();
        paused.resume();
        // The others have declared it dead, so it must not go on.
        assertThat(paused.awaitExit()).as("%s", paused.printed()).isEqualTo(3);
        scenario.again(paused);

        proxy.freeze();
        scenario.fault();
        TimeUnit.SECONDS.sleep(3);
        proxy.admit();
        assertThat(load.awaitGranted(200, 60)).isTrue();
        assertThat(cutOff.isAlive()).isTrue();

        proxy.refuse();
        scenario.fault();
        TimeUnit.SECONDS.sleep(9);
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
}
