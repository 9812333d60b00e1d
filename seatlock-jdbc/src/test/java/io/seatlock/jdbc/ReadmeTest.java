package io.seatlock.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import example.DurableExample;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows of the log is what the build compiles and runs. */
class ReadmeTest {

  private static final Path TOP = Path.of("..");

  @Test
  void durableSample_isTheCompiledOne() throws IOException {
    String file = "seatlock-jdbc/src/test/java/example/DurableExample.java";
    List<String> readme = Files.readAllLines(TOP.resolve("README.md"));
    List<String> example = Files.readAllLines(TOP.resolve(file));

    int mark = readme.indexOf("<!-- sample: " + file + " -->");
    assertThat(mark).isNotNegative();
    assertThat(readme.get(mark + 1)).isEqualTo("```java");
    List<String> rest = readme.subList(mark + 2, readme.size());
    List<String> compiled =
        example.subList(example.indexOf("    // begin") + 1, example.indexOf("    // end"));
    assertThat(String.join("\n", rest.subList(0, rest.indexOf("```"))))
        .isEqualTo(String.join("\n", compiled).stripIndent());
  }

  @Test
  void durableSample_runTwice_findsItsSessionAgain(@TempDir Path directory) throws IOException {
    String[] arguments = {directory.toString()};
    DurableExample.main(arguments);
    DurableExample.main(arguments);
    try (SeatLock seatLock = SeatLock.builder().log(SqliteLog.in(directory)).open()) {
      var state = seatLock.show("hamlet-2026-12-01").snapshot();
      assertThat(state.seats(SeatStatus.LOCKED)).containsExactly("A1");
      assertThat(state.sessions()).hasSize(1);
      assertThat(state.seq()).isEqualTo(1);
    }
  }
}
