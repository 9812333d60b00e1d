package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import example.KioskExample;
import io.seatlock.client.testkit.FakeSeatLockServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example that README.md shows runs and stays short. */
class KioskExampleTest extends ClientTestBase {

  @Test
  void example_locksTwoSeatsAndLeaves() {
    FakeSeatLockServer server = closing(FakeSeatLockServer.start());
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      KioskExample.main(new String[] {server.uri().toString()});
      soon().until(() -> clientThreads().isEmpty());
    } finally {
      System.setOut(before);
    }

    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("Granted[seq=1, seats=[A1, A2]", "[A1, A2] are LOCKED", "mine: [A1, A2] as ");
    assertThat(server.show().snapshot().sessions()).isEmpty();
  }

  @Test
  void example_hasAtMostTwentyLines() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("src/test/java/example/KioskExample.java"));
    int begin = lines.indexOf("    // begin");
    int end = lines.indexOf("    // end");

    assertThat(begin).isPositive();
    assertThat(end - begin - 1).isBetween(1, 20);
  }
}
