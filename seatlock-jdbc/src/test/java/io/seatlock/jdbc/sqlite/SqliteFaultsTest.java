package io.seatlock.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.BadCommands;
import io.seatlock.jdbc.FailingDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/** What fails alone, and what ends the log. */
class SqliteFaultsTest {

  @TempDir private Path directory;
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private SqliteLog log;

  private SeatLock open(Path data) throws IOException {
    log = SqliteLog.in(data);
    return SeatLock.builder().log(log).onFailure(failures::add).open();
  }

  private static CompletableFuture<Result> later(Show show, Command command) {
    CompletableFuture<Result> result = new CompletableFuture<>();
    show.apply(command, result::complete);
    return result;
  }

  private static List<String> paid(Path data) throws IOException {
    try (SeatLock seats = SeatLock.builder().log(SqliteLog.in(data)).open()) {
      return seats.show("hamlet").snapshot().seats(SeatStatus.PAID);
    }
  }

  private void assertFailsAlone(Submission bad) throws Exception {
    try (SeatLock seats = open(directory)) {
      Show show = seats.show("hamlet");
      List<CompletableFuture<Result>> results = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        results.add(later(show, Command.pay("A" + i)));
        if (i == 10) {
          log.append(bad);
        }
      }
      for (CompletableFuture<Result> each : results) {
        assertThat(each.get(10, TimeUnit.SECONDS)).isInstanceOf(Result.Granted.class);
      }
      verify(bad, timeout(10_000)).notAccepted(contains("the command cannot be written"));
      assertThat(show.apply(Command.pay("last"))).isInstanceOf(Result.Granted.class);
      assertThat(log.trouble()).isEmpty();
    }
    assertThat(failures).isEmpty();
    try (CommandArchive archive = SqliteArchive.openForReading(directory)) {
      assertThat(archive.check("hamlet")).isEqualTo(21);
    }
    assertThat(paid(directory)).hasSize(21);
  }

  @Test
  void append_commandWithoutText_failsAlone() throws Exception {
    assertFailsAlone(BadCommands.withoutText("hamlet"));
  }

  @Test
  void append_commandWithoutBinaryForm_failsAlone() throws Exception {
    assertFailsAlone(BadCommands.withoutBinaryForm("hamlet"));
  }

  @Test
  void append_firstCommandOfAShowHasNoText_failsAlone() throws Exception {
    try (SeatLock seats = open(directory)) {
      Submission bad = BadCommands.withoutText("hamlet");
      seats.show("hamlet");
      log.append(bad);
      verify(bad, timeout(10_000)).notAccepted(contains("no such kind"));
      assertThat(seats.show("hamlet").apply(Command.pay("A1"))).isInstanceOf(Result.Granted.class);
    }
    assertThat(paid(directory)).containsExactly("A1");
  }

  @Test
  void append_rowThatSqliteRefuses_failsAlone() throws Exception {
    List<String> tooMany = IntStream.range(0, 100).mapToObj(i -> "-".repeat(60) + i).toList();
    try (SeatLock seats = open(directory)) {
      Show show = seats.show("hamlet");
      show.apply(Command.pay("first"));
      log.store()
          .connection()
          .unwrap(SQLiteConnection.class)
          .setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, 3000);
      List<CompletableFuture<Result>> results = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        results.add(later(show, Command.pay("A" + i)));
        if (i == 10) {
          results.add(later(show, new Command.Lock("h1", tooMany)));
        }
      }
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get(10, TimeUnit.SECONDS))
            .isInstanceOf(i == 11 ? Result.NotAccepted.class : Result.Granted.class);
      }
      assertThat(log.trouble()).isEmpty();
    }
    assertThat(failures).isEmpty();
    assertThat(paid(directory)).hasSize(21);
  }

  /** Whichever call of the driver fails, nobody hears what is not so. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void driver_failingAtAnyCall_leavesNobodyWithAWrongAnswer(boolean afterwards) throws Exception {
    boolean failed = true;
    for (int call = 1; failed; call++) {
      Path data = directory.resolve(afterwards + "-" + call);
      Map<String, Result> results = new LinkedHashMap<>();
      failures.clear();
      try (FailingDriver driver = new FailingDriver(call, afterwards)) {
        try (SeatLock seats = open(data)) {
          for (String seat : List.of("A1", "A2", "A3")) {
            results.put(seat, seats.show("hamlet").apply(Command.pay(seat)));
          }
        } catch (IOException e) {
          assertThat(results).isEmpty();
        }
        failed = driver.hasFailed();
      }
      List<String> paid = paid(data);
      for (Map.Entry<String, Result> each : results.entrySet()) {
        if (each.getValue() instanceof Result.Granted) {
          assertThat(paid).as("call " + call).contains(each.getKey());
        } else if (each.getValue() instanceof Result.NotAccepted) {
          assertThat(paid).as("call " + call).doesNotContain(each.getKey());
        } else {
          assertThat(each.getValue()).isInstanceOf(Result.Unknown.class);
        }
        if (!(each.getValue() instanceof Result.Granted)) {
          assertThat(failures).as("call " + call).hasSize(1);
        }
      }
    }
  }
}
