package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server on a disk that is full. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FullDiskIT {

  @TempDir Path directory;
  private boolean mounted;

  private int mount(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "mount";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      new ProcessBuilder("umount", directory.toString()).inheritIO().start().waitFor();
    }
  }

  @Test
  void fullDisk_endsTheServer_andNothingAcknowledgedIsLost() throws Exception {
    mounted = mount("-t", "tmpfs", "-o", "size=700k", "tmpfs", directory.toString()) == 0;
    assumeTrue(mounted, "only root can mount the small disk that this test fills");
    try (Scenario scenario = new Scenario("disk full")) {
      Node server = scenario.serve("--data-dir", directory.resolve("data").toString());
      Load load = scenario.load();
      assertThat(server.awaitExit()).as("%s", server.printed()).isEqualTo(3);
      scenario.fault();
      assertThat(server.printed())
          .anySatisfy(line -> assertThat(line).contains("cannot go on").contains("full"));
      assertThat(mount("-o", "remount,size=64m", directory.toString())).isZero();
      scenario.again(server);
      scenario.checkNow(server);
      assertThat(load.awaitGranted(100, 60)).isTrue();
      scenario.end();
    }
  }

  @Test
  void fullDisk_thatALogIgnores_isFound() throws Exception {
    mounted = mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", directory.toString()) == 0;
    assumeTrue(mounted, "only root can mount the small disk that this test fills");
    try (Scenario scenario = new Scenario("planted: full disk", PlantedServer.GRACE)) {
      String log = directory.resolve("log").toString();
      Node server = PlantedServer.in(scenario, log, PlainLog.Bug.IGNORES_A_FULL_DISK);
      Load load = scenario.load();
      scenario.await("a full disk", () -> server.hasPrinted("ignored: No space left"));
      assertThat(load.awaitGranted(30, 60)).isTrue();
      server.kill();
      scenario.fault();
      scenario.again(server);
      load.awaitGranted(10, 20);
      assertThat(scenario.judge().faults())
          .anySatisfy(fault -> assertThat(fault).contains("was told a state of"));
    }
  }
}
