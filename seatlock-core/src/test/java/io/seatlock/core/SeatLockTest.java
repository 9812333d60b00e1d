package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SeatLockTest {

  private static final Duration SHORT = Duration.ofMillis(20);
  private static final ShowSettings SHORT_LIMIT = new ShowSettings(SHORT, SHORT, 10);

  private final ManualClock clock = new ManualClock();

  // --- shows

  @Test
  void show_sameName_isTheSameShow() {
    try (SeatLock seatLock = SeatLock.create()) {
      Show show = seatLock.show("main");
      assertThat(seatLock.show("main")).isSameAs(show);
      assertThat(seatLock.find("main")).containsSame(show);
      assertThat(seatLock.find("other")).isEmpty();
      assertThat(show.name()).isEqualTo("main");
      assertThat(show.snapshot().settings()).isEqualTo(ShowSettings.DEFAULT);
    }
  }

  @Test
  void show_openedByManyThreadsAtOnce_isOne() throws Exception {
    try (SeatLock seatLock = SeatLock.create()) {
      Callable<Show> open = () -> seatLock.show("main");
      List<Show> shows = Threads.runTogether(List.of(open, open, open, open));
      assertThat(new HashSet<>(shows)).hasSize(1);
    }
  }

  static Stream<String> wrongNames() {
    return Stream.of("", "a b", "a/b", "x".repeat(65), "\ud800");
  }

  @ParameterizedTest
  @MethodSource("wrongNames")
  void show_illFormedName_throws(String name) {
    try (SeatLock seatLock = SeatLock.create()) {
      Snapshot snapshot = seatLock.show("main").snapshot();
      assertIllFormed(() -> seatLock.show(name));
      assertIllFormed(() -> seatLock.open(name, ShowSettings.DEFAULT, List.of("A1")));
      assertIllFormed(() -> seatLock.open(name, snapshot));
      assertThat(seatLock.find(name)).isEmpty();
    }
  }

  private static void assertIllFormed(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("show name");
  }

  @Test
  void nullArguments_throwWithTheirName() {
    try (SeatLock seatLock = SeatLock.create()) {
      assertThatThrownBy(() -> seatLock.show(null)).hasMessage("name");
      assertThatThrownBy(() -> seatLock.find(null)).hasMessage("name");
    }
    assertThatThrownBy(() -> SeatLock.create(null)).hasMessage("settings");
    assertThatThrownBy(() -> SeatLock.create(ShowSettings.DEFAULT, null)).hasMessage("clock");
    assertThatThrownBy(() -> new Command.Lock("h1", null)).hasMessage("seats");
    assertThatThrownBy(() -> new ShowSettings(null, Duration.ofMillis(1), 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("timeLimit");
  }

  @Test
  void open_seatIllFormedOrTwice_throwsAndOpensNothing() {
    try (SeatLock seatLock = SeatLock.create()) {
      for (List<String> seats : List.of(List.of("A1", "A1"), List.of("A 1"), List.of(""))) {
        assertThatThrownBy(() -> seatLock.open("main", ShowSettings.DEFAULT, seats))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(seatLock.find("main")).isEmpty();
    }
  }

  @Test
  void open_nameThatIsOpen_throwsAndLeavesTheFirst() {
    try (SeatLock seatLock = SeatLock.create()) {
      Show first = seatLock.open("main", ShowSettings.DEFAULT, List.of("A1"));
      assertThatThrownBy(() -> seatLock.open("main", ShowSettings.DEFAULT, List.of("B1")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("main");
      assertThatThrownBy(() -> seatLock.open("main", first.snapshot()))
          .isInstanceOf(IllegalStateException.class);
      assertThat(seatLock.show("main")).isSameAs(first);
    }
  }

  @Test
  void open_withSeats_hasThoseAndNoOthers() {
    try (SeatLock seatLock = SeatLock.create()) {
      Show show = seatLock.open("main", ShowSettings.DEFAULT, List.of("A2", "A1"));
      assertThat(show.snapshot().seats(SeatStatus.AVAILABLE)).containsExactly("A2", "A1");
      assertThat(show.openSession().lock("A3"))
          .isInstanceOfSatisfying(
              Result.Refused.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN_SEAT));
    }
  }

  @Test
  void twoShows_shareNothing() {
    try (SeatLock seatLock = SeatLock.create(Stage.SETTINGS, clock)) {
      Show one = seatLock.show("one");
      Show other = seatLock.show("other");
      List<Event> heard = new ArrayList<>();
      other.listen(heard::add);
      one.openSession("h1").lock("A1", "A2", "A3");
      one.apply(Command.pay("B1"));
      assertThat(heard).isEmpty();
      assertThat(other.snapshot().sessions()).isEmpty();
      Session session = other.openSession("h1");
      assertThat(session.lock("A1", "A2", "B1"))
          .isEqualTo(new Result.Granted(1, List.of("A1", "A2", "B1"), Change.LOCKED, 100));
      session.close();
      assertThat(one.snapshot().seats(SeatStatus.LOCKED)).containsExactly("A1", "A2", "A3");
      assertThat(heard).hasSize(2);
    }
  }

  // --- time

  @Test
  void tick_manualClockMoved_endsWhatIsDueInEveryShow() {
    try (SeatLock seatLock = SeatLock.create(Stage.SETTINGS, clock)) {
      List<String> heard = new ArrayList<>();
      for (String name : List.of("one", "other")) {
        Show show = seatLock.show(name);
        show.openSession("h1").lock("A1");
        show.apply(Command.reserve("A2").due(Instant.ofEpochMilli(Stage.START + 100)));
        show.listen(event -> heard.add(name + " " + event.change()));
      }
      clock.move(99);
      seatLock.tick();
      assertThat(heard).isEmpty();
      clock.move(1);
      seatLock.tick();
      assertThat(heard)
          .containsExactlyInAnyOrder(
              "one EXPIRED", "one UNRESERVED", "other EXPIRED", "other UNRESERVED");
    }
  }

  @Test
  void timer_timeLimitReached_endsTheLockByItselfAndNotEarly() throws Exception {
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (SeatLock seatLock = SeatLock.create(SHORT_LIMIT)) {
      Show show = seatLock.show("main");
      show.listen(events::add);
      Session session = show.openSession();
      for (int i = 0; i < 3; i++) {
        session.lock("A1");
        Event locked = take(events);
        long before = System.nanoTime();
        Event expired = take(events);
        assertThat(expired.change()).isEqualTo(Change.EXPIRED);
        assertThat(expired.at() - locked.at()).isGreaterThanOrEqualTo(SHORT.toMillis());
        assertThat(System.nanoTime() - before).isLessThan(Duration.ofSeconds(20).toNanos());
      }
    }
  }

  @Test
  void timer_dueTimeReached_unreservesByItself() throws Exception {
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (SeatLock seatLock = SeatLock.create()) {
      Show show = seatLock.show("main");
      show.listen(events::add);
      Instant due = Instant.now().plusMillis(20);
      show.apply(Command.reserve("A1").due(due));
      assertThat(take(events).change()).isEqualTo(Change.RESERVED);
      Event end = take(events);
      assertThat(end.change()).isEqualTo(Change.UNRESERVED);
      assertThat(end.at()).isGreaterThanOrEqualTo(due.toEpochMilli());
    }
  }

  @Test
  void timer_nearerDeadlineComesLater_isNotMissed() throws Exception {
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (SeatLock seatLock = SeatLock.create()) {
      Show show = seatLock.show("main");
      show.openSession("h1").lock("A1");
      show.listen(events::add);
      show.apply(Command.reserve("A2").due(Instant.now().plusMillis(20)));
      assertThat(take(events).change()).isEqualTo(Change.RESERVED);
      assertThat(take(events).change()).isEqualTo(Change.UNRESERVED);
      assertThat(show.snapshot().seats(SeatStatus.LOCKED)).containsExactly("A1");
    }
  }

  @Test
  void timer_listenerThatThrows_doesNotStopIt() throws Exception {
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (SeatLock seatLock = SeatLock.create(SHORT_LIMIT)) {
      Show show = seatLock.show("main");
      Session session = show.openSession();
      show.listen(events::add);
      show.listen(
          event -> {
            if (event.change() == Change.EXPIRED) {
              throw new AssertionError("planned");
            }
          });
      for (int i = 0; i < 2; i++) {
        session.lock("A1");
        assertThat(take(events).change()).isEqualTo(Change.LOCKED);
        assertThat(take(events).change()).isEqualTo(Change.EXPIRED);
      }
    }
  }

  private static Event take(LinkedBlockingQueue<Event> events) throws InterruptedException {
    Event event = events.poll(30, TimeUnit.SECONDS);
    assertThat(event).as("an event within 30 s").isNotNull();
    return event;
  }

  // --- the end

  @Test
  void close_afterTheTimerHasRun_leavesNoThread() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    CountDownLatch expired = new CountDownLatch(1);
    List<Thread> started;
    try (SeatLock seatLock = SeatLock.create(SHORT_LIMIT)) {
      Show show = seatLock.show("main");
      show.listen(
          event -> {
            if (event.change() == Change.EXPIRED) {
              expired.countDown();
            }
          });
      show.openSession().lock("A1");
      started =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("seatlock"))
              .filter(thread -> !before.contains(thread))
              .toList();
      Threads.await(expired);
    }
    assertThat(started).isNotEmpty().allMatch(Thread::isDaemon);
    for (Thread thread : started) {
      thread.join(30_000);
      assertThat(thread.isAlive()).as("%s", thread).isFalse();
    }
  }

  @Test
  void create_withoutLocks_startsNoThread() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (SeatLock seatLock = SeatLock.create()) {
      seatLock.show("main").openSession().close();
      seatLock.show("main").apply(Command.pay("A1"));
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> !before.contains(thread))
          .noneMatch(thread -> thread.getName().startsWith("seatlock"));
    }
  }

  @Test
  void close_showsStillAnswer() {
    SeatLock seatLock = SeatLock.create(Stage.SETTINGS, clock);
    Show show = seatLock.show("main");
    Session session = show.openSession();
    seatLock.close();
    seatLock.close();
    assertThat(session.lock("A1")).isInstanceOf(Result.Granted.class);
    clock.move(100);
    seatLock.tick();
    assertThat(show.snapshot().seats()).isEmpty();
  }

  // --- restoring

  @Test
  void open_snapshot_continuesWithItsSessions() {
    Snapshot snapshot;
    try (SeatLock seatLock = SeatLock.create(Stage.SETTINGS, clock)) {
      Show show = seatLock.show("main");
      show.openSession("h1").lock("A1");
      show.apply(Command.pay("A2").ref("order 17"));
      snapshot = Snapshot.fromBytes(show.snapshot().toBytes());
    }
    clock.move(60);
    try (SeatLock seatLock = SeatLock.create(ShowSettings.DEFAULT, clock)) {
      Show show = seatLock.open("main", snapshot);
      assertThat(show.snapshot().seats()).isEqualTo(snapshot.seats());
      assertThat(show.snapshot().settings()).isEqualTo(Stage.SETTINGS);
      assertThat(show.apply(new Command.Lock("h1", List.of("A3"))))
          .isEqualTo(new Result.Granted(3, List.of("A3"), Change.LOCKED, 40));
      assertThatThrownBy(() -> show.openSession("h1")).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void open_snapshotWithLocksWhoseTimeHasPassed_endsThemAtOnce() {
    SeatMachine machine = SeatMachine.ofAnySeats(Stage.SETTINGS);
    machine.apply(new Command.OpenSession("h1"), Stage.START, event -> {});
    machine.apply(new Command.Lock("h1", List.of("A1")), Stage.START, event -> {});
    clock.move(100);
    try (SeatLock seatLock = SeatLock.create(ShowSettings.DEFAULT, clock)) {
      Snapshot now = seatLock.open("main", machine.snapshot()).snapshot();
      assertThat(now.seats()).isEmpty();
      assertThat(now.seq()).isEqualTo(2);
    }
  }

  @Test
  void open_snapshotWithLocks_timerEndsThemByItself() throws Exception {
    SeatMachine machine = SeatMachine.ofAnySeats(SHORT_LIMIT);
    long now = System.currentTimeMillis() + 200;
    machine.apply(new Command.OpenSession("h1"), now, event -> {});
    machine.apply(new Command.Lock("h1", List.of("A1")), now, event -> {});
    LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (SeatLock seatLock = SeatLock.create()) {
      Show show = seatLock.open("main", machine.snapshot());
      show.listen(events::add);
      Event event = show.snapshot().seats().isEmpty() ? null : take(events);
      assertThat(show.snapshot().seats()).isEmpty();
      if (event != null) {
        assertThat(event.change()).isEqualTo(Change.EXPIRED);
        assertThat(event.at()).isGreaterThanOrEqualTo(now + SHORT.toMillis());
      }
    }
  }

  @Test
  void open_snapshotThatContradictsItself_throwsAndOpensNothing() {
    Snapshot wrong =
        new Snapshot(
            Stage.SETTINGS,
            false,
            1,
            Stage.START,
            List.of(new Snapshot.Seat("A1", SeatStatus.LOCKED, null, null)),
            List.of());
    try (SeatLock seatLock = SeatLock.create()) {
      assertThatThrownBy(() -> seatLock.open("main", wrong))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(seatLock.find("main")).isEmpty();
    }
  }
}
