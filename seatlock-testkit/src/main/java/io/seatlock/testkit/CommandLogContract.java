package io.seatlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.seatlock.core.Command;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.testkit.RecordingLog.Decision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is demanded of every {@link CommandLog}. To test one, extend this class; JUnit does the
 * rest.
 */
public abstract class CommandLogContract {

  private static final int SNAPSHOT_EVERY = 100;

  private final List<RecordingLog> recorded = new ArrayList<>();
  private final List<SeatLock> opened = new ArrayList<>();

  /** For those who extend it. */
  protected CommandLogContract() {}

  /**
   * A log of the one store that the test has, which is empty when the test begins. Called again
   * after the log before was closed.
   *
   * @param snapshotEvery after how many commands a show gets a snapshot
   */
  protected abstract CommandLog newLog(int snapshotEvery) throws Exception;

  /** How many commands of a show somebody sees in the store who is not this log. */
  protected abstract long committed(String show) throws Exception;

  /** Opens the test's log. */
  protected final SeatLock open() throws Exception {
    return open(new RecordingLog(newLog(SNAPSHOT_EVERY)));
  }

  /** Opens a log; it is closed after the test, and must have done nothing wrong. */
  protected final SeatLock open(RecordingLog log) throws IOException {
    recorded.add(log);
    SeatLock seats = SeatLock.builder().log(log).open();
    opened.add(seats);
    return seats;
  }

  /** The log that was opened last. */
  protected final RecordingLog log() {
    return recorded.get(recorded.size() - 1);
  }

  /** Waits until this holds, for ten seconds at most. */
  protected static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long until " + what).isLessThan(end);
      Thread.sleep(2);
    }
  }

  @AfterEach
  final void logsDidNothingWrong() {
    opened.forEach(SeatLock::close);
    for (RecordingLog log : recorded) {
      assertThat(log.faults()).isEmpty();
    }
  }

  @Test
  void append_isDecidedAtTheNextPlace() throws Exception {
    Show show = open().show("hamlet");
    assertThat(show.apply(new Command.OpenSession("h1"))).isInstanceOf(Result.Granted.class);
    assertThat(show.apply(new Command.Lock("h1", List.of("A1"))))
        .isInstanceOf(Result.Granted.class);
    assertThat(show.apply(new Command.Lock("h2", List.of("A1"))))
        .isInstanceOf(Result.Refused.class);
    assertThat(log().decisions("hamlet")).extracting(Decision::index).containsExactly(1L, 2L, 3L);
    assertThat(log().decisions("hamlet")).allMatch(Decision::own);
  }

  @Test
  void shows_haveALogEach() throws Exception {
    SeatLock seats = open();
    for (String name : List.of("hamlet", "lear", "hamlet", "lear", "hamlet")) {
      seats.show(name).apply(Command.pay("A1"));
    }
    assertThat(log().decisions("hamlet")).extracting(Decision::index).containsExactly(1L, 2L, 3L);
    assertThat(log().decisions("lear")).extracting(Decision::index).containsExactly(1L, 2L);
  }

  @Test
  void decisions_comeAfterTheCommandIsCommitted() throws Exception {
    Queue<String> early = new ConcurrentLinkedQueue<>();
    RecordingLog log =
        new RecordingLog(newLog(SNAPSHOT_EVERY))
            .beforeDecision(
                decision -> {
                  try {
                    if (committed(decision.show()) < decision.index()) {
                      early.add(decision + " is not in the log");
                    }
                  } catch (Exception e) {
                    early.add(e.toString());
                  }
                });
    Show show = open(log).show("hamlet");
    applyAll(show, 20);
    assertThat(log.decisions()).hasSize(20);
    assertThat(early).isEmpty();
  }

  @Test
  void commandsOfOneThread_keepTheirOrder() throws Exception {
    Show show = open().show("hamlet");
    applyAll(show, 1000);
    assertThat(log().decisions("hamlet"))
        .extracting(decision -> ((Command.Sale) decision.command()).ref())
        .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "order " + i).toList());
  }

  @Test
  void concurrentAppenders_eachCommandEndsOnceAndPlacesAreDense() throws Exception {
    SeatLock seats = open();
    int threads = 8;
    int each = 250;
    AtomicInteger told = new AtomicInteger();
    List<Thread> appenders = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int number = t;
      Thread appender =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  Show show = seats.show("show" + (number + i) % 3);
                  String seat = "A" + number + "-" + i;
                  show.apply(Command.pay(seat), result -> told.incrementAndGet());
                }
              });
      appender.start();
      appenders.add(appender);
    }
    for (Thread appender : appenders) {
      appender.join();
    }
    await("all are told", () -> told.get() >= threads * each);
    seats.close();
    assertThat(told).hasValue(threads * each);
    assertThat(log().decisions()).hasSize(threads * each);
    for (int s = 0; s < 3; s++) {
      List<Decision> decisions = log().decisions("show" + s);
      assertThat(decisions)
          .extracting(Decision::index)
          .isEqualTo(LongStream.rangeClosed(1, decisions.size()).boxed().toList());
    }
  }

  @Test
  void reopen_givesEverythingBack() throws Exception {
    SeatLock first = open();
    Show show = first.show("hamlet");
    show.apply(new Command.OpenSession("h1"));
    show.apply(new Command.Lock("h1", List.of("A1", "A2")));
    show.apply(Command.reserve("B1").ref("order 1").because("\"why\"\\\n\u0000 not \u5ea7"));
    first.show("lear").apply(Command.pay("A1"));
    Snapshot hamlet = show.snapshot();
    List<Decision> before = log().decisions();
    first.close();

    SeatLock second = open();
    assertThat(second.show("hamlet").snapshot()).isEqualTo(hamlet);
    assertThat(second.show("lear").snapshot().seats(SeatStatus.PAID)).containsExactly("A1");
    assertThat(log().decisions())
        .filteredOn(decision -> !decision.own())
        .extracting(Decision::show, Decision::index, Decision::at, Decision::command)
        .containsExactlyInAnyOrderElementsOf(
            before.stream().map(d -> tuple(d.show(), d.index(), d.at(), d.command())).toList());
  }

  @Test
  void reopen_goesOnBehindTheLastCommand() throws Exception {
    SeatLock first = open();
    first.show("hamlet").apply(Command.pay("A1"));
    long at = log().decisions().get(0).at();
    first.close();
    open().show("hamlet").apply(Command.pay("A2"));
    Decision next = log().decisions("hamlet").get(1);
    assertThat(next.index()).isEqualTo(2);
    assertThat(next.at()).isGreaterThanOrEqualTo(at);
  }

  @Test
  void reopen_ofAShowThatBeganWithALaterState_givesEverythingBack() throws Exception {
    SeatLock first = open();
    long later = log().clock().millis() + TimeUnit.HOURS.toMillis(1);
    Snapshot.Seat sold = new Snapshot.Seat("A1", SeatStatus.PAID, null, "order 1");
    Show show =
        first.open(
            "hamlet",
            new Snapshot(ShowSettings.DEFAULT, false, 1, later, List.of(sold), List.of()));
    assertThat(show.apply(Command.pay("A2"))).isInstanceOf(Result.Granted.class);
    assertThat(log().decisions("hamlet").get(0).at()).isGreaterThanOrEqualTo(later);
    Snapshot state = show.snapshot();
    first.close();
    Show again = open().show("hamlet");
    assertThat(again.snapshot()).isEqualTo(state);
    assertThat(again.apply(Command.pay("A3"))).isInstanceOf(Result.Granted.class);
  }

  @Test
  void reopen_afterLongCommandsOfSeveralShowsAtOnce_givesAllOfThemBack() throws Exception {
    SeatLock first = open();
    int count = 90;
    CountDownLatch told = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      String prefix = "-".repeat(55) + i + ".";
      String[] seats = IntStream.range(0, 100).mapToObj(s -> prefix + s).toArray(String[]::new);
      first.show("show" + i % 3).apply(Command.pay(seats), result -> told.countDown());
    }
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    List<Snapshot> states = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      states.add(first.show("show" + s).snapshot());
      assertThat(states.get(s).seats(SeatStatus.PAID)).hasSize(100 * count / 3);
    }
    first.close();
    SeatLock second = open();
    for (int s = 0; s < 3; s++) {
      assertThat(second.show("show" + s).snapshot()).isEqualTo(states.get(s));
    }
  }

  @Test
  void reopen_afterManyCommands_beginsWithASnapshot() throws Exception {
    SeatLock first = open();
    Show show = first.show("hamlet");
    for (int i = 0; i < 5; i++) {
      applyAll(show, SNAPSHOT_EVERY);
    }
    Snapshot state = show.snapshot();
    first.close();
    SeatLock second = open();
    assertThat(second.show("hamlet").snapshot()).isEqualTo(state);
    assertThat(log().installed()).hasSize(1).noneMatch(each -> each.endsWith("@0"));
    assertThat(log().decisions()).hasSizeLessThan(3 * SNAPSHOT_EVERY);
  }

  @Test
  void clock_isNotAheadOfTheNextCommand() throws Exception {
    Show show = open().show("hamlet");
    for (int i = 0; i < 50; i++) {
      long clock = log().clock().millis();
      show.apply(Command.pay("A" + i));
      assertThat(log().decisions("hamlet").get(i).at()).isGreaterThanOrEqualTo(clock);
    }
  }

  @Test
  void close_appendsWhatWaits() throws Exception {
    SeatLock seats = open();
    Show show = seats.show("hamlet");
    Queue<Result> results = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 500; i++) {
      show.apply(Command.pay("A" + i), results::add);
    }
    seats.close();
    await("all are told", () -> results.size() == 500);
    assertThat(results).allMatch(Result.Granted.class::isInstance);
    assertThat(committed("hamlet")).isEqualTo(500);
  }

  @Test
  void append_afterClose_isNotAccepted() throws Exception {
    SeatLock seats = open();
    Show show = seats.show("hamlet");
    show.apply(Command.pay("A1"));
    seats.close();
    assertThat(show.apply(Command.pay("A2"))).isInstanceOf(Result.NotAccepted.class);
    assertThat(committed("hamlet")).isEqualTo(1);
  }

  @Test
  void append_afterClose_isToldAllTheSame() throws Exception {
    SeatLock seats = open();
    Show show = seats.show("hamlet");
    show.apply(Command.pay("A1"));
    seats.close();
    Queue<Result> results = new ConcurrentLinkedQueue<>();
    show.apply(Command.pay("A2"), results::add);
    await("it is told", () -> results.size() == 1);
    assertThat(results).allMatch(Result.NotAccepted.class::isInstance);
  }

  @Test
  void append_whileItIsClosed_endsOnce() throws Exception {
    SeatLock seats = open();
    Show show = seats.show("hamlet");
    AtomicInteger granted = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    int count = 2000;
    Thread appender =
        new Thread(
            () -> {
              for (int i = 0; i < count; i++) {
                show.apply(
                    Command.pay("A" + i),
                    result -> {
                      if (result instanceof Result.Granted) {
                        granted.incrementAndGet();
                      }
                      ended.incrementAndGet();
                    });
                if (i == 100) {
                  begun.countDown();
                }
              }
            });
    appender.start();
    begun.await();
    seats.close();
    appender.join();
    await("all have ended", () -> ended.get() >= count);
    assertThat(ended).hasValue(count);
    assertThat(committed("hamlet")).isEqualTo(granted.get());
  }

  @Test
  void close_again_doesNothing() throws Exception {
    SeatLock seats = open();
    seats.show("hamlet").apply(Command.pay("A1"));
    log().close();
    log().close();
  }

  @Test
  void close_ofALogThatWasNotStarted_doesNothing() throws Exception {
    newLog(SNAPSHOT_EVERY).close();
  }

  @Test
  void node_isAnotherOneEachTime() throws Exception {
    String first = newLog(SNAPSHOT_EVERY).node();
    String second = newLog(SNAPSHOT_EVERY).node();
    assertThat(first).matches("[A-Za-z0-9]{1,32}").isNotEqualTo(second);
  }

  @Test
  void reopen_sessionsOnConnectionsOfTheEarlierProgramEnd() throws Exception {
    SeatLock first = open();
    Show show = first.show("hamlet");
    show.apply(new Command.OpenSession("h1", null, first.newConnection()));
    show.apply(new Command.Lock("h1", List.of("A1")));
    first.close();
    Show again = open().show("hamlet");
    await("the session has ended", () -> again.snapshot().sessions().isEmpty());
    assertThat(again.snapshot().seats(SeatStatus.LOCKED)).isEmpty();
  }

  @Test
  void tick_withNothingDue_isHarmless() throws Exception {
    SeatLock seats = open();
    Show show = seats.show("hamlet");
    show.apply(Command.pay("A1"));
    seats.tick();
    show.apply(Command.pay("A2"));
    assertThat(show.snapshot().seats(SeatStatus.PAID)).containsExactly("A1", "A2");
  }

  @Test
  void trouble_isNoneAsLongAsAllIsWell() throws Exception {
    SeatLock seats = open();
    seats.show("hamlet").apply(Command.pay("A1"));
    assertThat(log().trouble()).isEmpty();
    assertThat(log().failures()).isEmpty();
    assertThat(Duration.ofMillis(log().clock().millis())).isPositive();
  }

  /** Applies so many commands from one thread and waits for the last. */
  protected static void applyAll(Show show, int count) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      show.apply(Command.reserve("A" + i).ref("order " + i), result -> told.countDown());
    }
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
