package io.seatlock.jdbc.postgres;

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
import io.seatlock.jdbc.Postgres;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails alone, and what the log goes on after. */
class PostgresFaultsTest {

  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private Postgres postgres;
  private PostgresLog log;

  @BeforeEach
  void createSchema() throws Exception {
    postgres = Postgres.schema();
  }

  private SeatLock open() throws IOException {
    log = PostgresLog.at(postgres.url());
    return SeatLock.builder().log(log).onFailure(failures::add).open();
  }

  private static CompletableFuture<Result> later(Show show, Command command) {
    CompletableFuture<Result> result = new CompletableFuture<>();
    show.apply(command, result::complete);
    return result;
  }

  private List<String> paid() throws IOException {
    try (SeatLock seats = SeatLock.builder().log(PostgresLog.at(postgres.url())).open()) {
      return seats.show("hamlet").snapshot().seats(SeatStatus.PAID);
    }
  }

  private void assertFailsAlone(Submission bad) throws Exception {
    try (SeatLock seats = open()) {
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
    try (CommandArchive archive = PostgresArchive.openForReading(postgres.url())) {
      assertThat(archive.check("hamlet")).isEqualTo(21);
    }
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
  void append_rowThatTheDatabaseRefuses_failsAlone() throws Exception {
    try (SeatLock seats = open()) {
      Show show = seats.show("hamlet");
      show.apply(Command.pay("first"));
      postgres.ask(
          "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
              + " IF NEW.words::text LIKE '%poison%' THEN"
              + " RAISE EXCEPTION 'not this' USING ERRCODE = '22P05'; END IF;"
              + " RETURN NEW; END $$");
      postgres.ask(
          "CREATE TRIGGER refuse BEFORE INSERT ON batch FOR EACH ROW EXECUTE FUNCTION refuse()");
      List<CompletableFuture<Result>> results = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        results.add(later(show, Command.pay(i == 10 ? "poison" : "A" + i)));
      }
      for (int i = 0; i < results.size(); i++) {
        Result result = results.get(i).get(10, TimeUnit.SECONDS);
        assertThat(result).isInstanceOf(i == 10 ? Result.NotAccepted.class : Result.Granted.class);
        if (i == 10) {
          assertThat(result.toString()).contains("cannot be written").contains("not this");
        }
      }
      assertThat(log.trouble()).isEmpty();
    }
    assertThat(failures).isEmpty();
    assertThat(paid()).hasSize(20).doesNotContain("poison");
  }

  /** Each kind of call is met with this, in a fraction of the time. */
  private static final int STEP = 7;

  /** Whichever call of the driver fails, nobody hears what is not so, and the log goes on. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void driver_failingAtAnyCall_leavesNobodyWithAWrongAnswer(boolean afterwards) throws Exception {
    open().close();
    boolean failed = true;
    for (int call = afterwards ? 1 : 2; failed; call += STEP) {
      // Otherwise each run would have more calls than the one before.
      postgres.ask("TRUNCATE batch, snapshot, show, node");
      Map<String, Result> results = new HashMap<>();
      try (FailingDriver driver = new FailingDriver(call, afterwards)) {
        try (SeatLock seats = open()) {
          Show show = seats.show("hamlet");
          for (String seat : List.of("A", "B")) {
            results.put(seat, show.apply(Command.pay(seat)));
          }
          Awaitility.await().until(() -> show.apply(Command.pay("C")) instanceof Result.Granted);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("call " + call);
        }
        failed = driver.hasFailed();
      }
      assertThat(failures).as("call " + call).isEmpty();
      List<String> paid = paid();
      for (Map.Entry<String, Result> each : results.entrySet()) {
        if (each.getValue() instanceof Result.Granted) {
          assertThat(paid).as("call " + call).contains(each.getKey());
        } else {
          assertThat(each.getValue()).isInstanceOf(Result.NotAccepted.class);
          assertThat(paid).as("call " + call).doesNotContain(each.getKey());
        }
      }
    }
  }
}
