package io.seatlock.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import example.DurableExample;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that the documents show of a log runs, and finds its session again. */
class DurableExampleTest {

  @Test
  void example_runTwice_findsItsSessionAgain(@TempDir Path directory) throws IOException {
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
