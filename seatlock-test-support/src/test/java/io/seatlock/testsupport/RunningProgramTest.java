package io.seatlock.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class RunningProgramTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void awaitLine_returnsTheLine() throws Exception {
    try (RunningProgram program = start("one", "two")) {
      assertThat(program.awaitLine("tw", PATIENCE)).isEqualTo("two");
      assertThat(program.awaitLine("one", PATIENCE)).isEqualTo("one");
    }
  }

  @Test
  void awaitLine_programEndsWithoutIt_tellsWhatItPrinted() throws Exception {
    try (RunningProgram program = start("one")) {
      assertThatThrownBy(() -> program.awaitLine("three", PATIENCE))
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("[one]");
    }
  }

  @Test
  void awaitExit_returnsTheExitCodeAndEverythingIsPrinted() throws Exception {
    try (RunningProgram program = start("one", "two")) {
      assertThat(program.awaitExit(PATIENCE)).isEqualTo(7);
      assertThat(program.printed()).containsExactly("one", "two");
    }
  }

  private static RunningProgram start(String... lines) throws Exception {
    List<String> program =
        List.of("-cp", System.getProperty("java.class.path"), Printer.class.getName());
    return new JavaProgram(program, List.of(lines)).start();
  }

  /** Prints its arguments. */
  static final class Printer {
    public static void main(String[] lines) {
      for (String line : lines) {
        System.out.println(line);
      }
      System.exit(7);
    }
  }
}
