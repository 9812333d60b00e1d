package io.seatlock.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class OutputOfFailuresTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void classThatPasses_printsNothing() {
    assertThat(outputOf(Passes.class)).isEmpty();
  }

  @Test
  void classThatPasses_withAPrefix_printsTheLinesThatBeginSo() {
    System.setProperty("seatlock.test.output.prefix", "of one");
    try {
      assertThat(outputOf(Passes.class)).isEqualToIgnoringNewLines("of one that passes");
    } finally {
      System.clearProperty("seatlock.test.output.prefix");
    }
  }

  @Test
  void classThatFails_printsWhatItsTestsPrintedAndTheStackTrace() {
    assertThat(outputOf(Fails.class))
        .containsSubsequence(
            "before all", "to out", "to err", "FAILED: ", "IllegalStateException: why", "\tat ");
  }

  @Test
  void classThatPassedBefore_isNotPrintedWithOneThatFails() {
    assertThat(outputOf(Passes.class, Fails.class)).doesNotContain("of one that passes");
  }

  @Test
  void afterwards_outputIsAsItWas() {
    PrintStream before = System.out;

    outputOf(Fails.class);

    assertThat(System.out).isSameAs(before);
  }

  @Test
  void moreThanCanBeHeld_losesItsBeginning() {
    String output = outputOf(PrintsTooMuch.class);

    assertThat(output).hasSizeLessThan(5 << 20).doesNotContain("the beginning");
    assertThat(output).contains("the end");
  }

  private String outputOf(Class<?>... tests) {
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      var request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(Stream.of(tests).map(DiscoverySelectors::selectClass).toList())
              .build();
      LauncherFactory.create(
              LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build())
          .execute(request, new OutputOfFailures());
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  static class Passes {
    @Test
    void passes() {
      System.out.println("of one that passes");
    }
  }

  static class Fails {
    @BeforeAll
    static void beforeAll() {
      System.out.println("before all");
    }

    @Test
    void fails() {
      System.out.println("to out");
      System.err.println("to err");
      throw new IllegalStateException("why");
    }
  }

  static class PrintsTooMuch {
    @Test
    void fails() {
      System.out.println("the beginning");
      String line = "x".repeat(1 << 20);
      for (int i = 0; i < 5; i++) {
        System.out.println(line);
      }
      System.out.println("the end");
      throw new IllegalStateException("why");
    }
  }
}
