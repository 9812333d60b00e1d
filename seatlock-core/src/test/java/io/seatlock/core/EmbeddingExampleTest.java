package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import example.EmbeddingExample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingExampleTest {

  /** What the README says that it prints. */
  static final String OUTPUT =
      """
      LOCKED [A1, A2]
      ben: {A2=ALREADY_LOCKED}
      PAID [A1, A2]
      """;

  @Test
  void main_printsWhatTheReadmeSays() {
    assertThat(outputOf(() -> EmbeddingExample.main(new String[0])))
        .isEqualToNormalizingNewlines(OUTPUT);
  }

  @Test
  void sample_isShortEnoughForTheReadme() throws Exception {
    List<String> lines =
        Files.readAllLines(Path.of("src", "test", "java", "example", "EmbeddingExample.java"));
    int begin = lines.indexOf("    // begin");
    int end = lines.indexOf("    // end");
    assertThat(begin).isPositive();
    assertThat(end - begin - 1).isBetween(1, 15);
  }

  private static String outputOf(Runnable program) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
