package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShowTest {

  private final ManualClock clock = new ManualClock();
  private final SeatLock seatLock = SeatLock.create(Stage.SETTINGS, clock);
  private final Show show = seatLock.show("main");
  private final List<Event> events = new ArrayList<>();

  @BeforeEach
  void forgetEarlierLogs() {
    TestLog.take();
  }

  @AfterEach
  void close() {
    seatLock.close();
  }

  // --- sessions

  @Test
  void openSession_holderId_isRandomAndWellFormed() {
    Session one = show.openSession();
    Session other = show.openSession();
    assertThat(one.holder()).isNotEqualTo(other.holder()).matches("[0-9a-f]{20}");
    assertThat(show.snapshot().sessions()).hasSize(2);
  }

  @Test
  void openSession_sameHolderIdTwice_throws() {
    Session first = show.openSession("h1");
    assertThatThrownBy(() -> show.openSession("h1")).isInstanceOf(IllegalStateException.class);
    first.close();
    assertThat(show.openSession("h1").holder()).isEqualTo("h1");
  }

  @Test
  void openSession_illFormedHolderId_throws() {
    assertThatThrownBy(() -> show.openSession("h 1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> show.openSession(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void session_everyMethod_doesWhatItSays() {
    show.listen(events::add);
    Session session = show.openSession("h1");
    assertThat(session.lock("A1", "A2")).isEqualTo(granted(1, Change.LOCKED, 100, "A1", "A2"));
    assertThat(session.lock("A3")).isEqualTo(granted(2, Change.LOCKED, 100, "A3"));
    assertThat(session.unlock("A1")).isEqualTo(granted(3, Change.UNLOCKED, 100, "A1"));
    assertThat(session.unlock("A2", "A3")).isEqualTo(granted(4, Change.UNLOCKED, 0, "A2", "A3"));
    session.lock("A1");
    clock.move(10);
    assertThat(session.extend()).isEqualTo(new Result.Granted(5, List.of(), null, 100));
    assertThat(session.unlockAll()).isEqualTo(granted(6, Change.UNLOCKED, 0, "A1"));
    session.lock("A2");
    session.close();
    assertThat(events)
        .extracting(Event::change)
        .containsExactly(
            Change.LOCKED,
            Change.LOCKED,
            Change.UNLOCKED,
            Change.UNLOCKED,
            Change.LOCKED,
            Change.UNLOCKED,
            Change.LOCKED,
            Change.RELEASED);
    assertThat(events).extracting(Event::author).containsOnly("h1");
  }

  @Test
  void session_afterClose_isRefusedAndClosingAgainDoesNothing() {
    Session session = show.openSession();
    session.close();
    session.close();
    assertThat(session.lock("A1"))
        .isInstanceOfSatisfying(
            Result.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.NO_SESSION));
  }

  @Test
  void session_closedAgain_doesNotEndALaterSessionOfTheSameHolderId() {
    Session first = show.openSession("h1");
    first.close();
    Session second = show.openSession("h1");
    second.lock("A1");
    first.close();
    assertThat(show.snapshot().seats(SeatStatus.LOCKED)).containsExactly("A1");
  }

  @Test
  void session_wrongSeats_throws() {
    Session session = show.openSession();
    assertThatThrownBy(() -> session.lock("A 1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> session.lock(new String[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> session.unlock("A1", "A1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> session.lock((String) null)).isInstanceOf(NullPointerException.class);
    assertThat(show.snapshot().seats()).isEmpty();
  }

  // --- listeners

  @Test
  void listen_everyListener_hearsEveryEventInOrder() {
    List<Event> others = new ArrayList<>();
    show.listen(events::add);
    show.listen(others::add);
    Session session = show.openSession("h1");
    session.lock("A1");
    clock.move(100);
    show.apply(Command.pay("A1"));
    assertThat(events)
        .containsExactly(
            new Event(1, Stage.START, Change.LOCKED, "h1", List.of("A1"), 100),
            new Event(2, Stage.START + 100, Change.EXPIRED, "h1", List.of("A1")),
            new Event(3, Stage.START + 100, Change.PAID, null, List.of("A1")));
    assertThat(others).isEqualTo(events);
  }

  @Test
  void listen_refusalsAndRepetitions_tellNothing() {
    show.apply(Command.pay("A1"));
    show.listen(events::add);
    Session session = show.openSession();
    session.lock("A1");
    show.apply(Command.unblock("A2"));
    seatLock.tick();
    assertThat(events).isEmpty();
  }

  @Test
  void listen_closedSubscription_hearsNothingMore() {
    Show.Subscription subscription = show.listen(events::add);
    show.apply(Command.pay("A1"));
    subscription.close();
    subscription.close();
    show.apply(Command.pay("A2"));
    assertThat(events).hasSize(1);
  }

  @Test
  void listen_sameListenerTwice_isToldTwiceUntilOneIsClosed() {
    Consumer<Event> listener = events::add;
    Show.Subscription first = show.listen(listener);
    show.listen(listener);
    show.apply(Command.pay("A1"));
    first.close();
    show.apply(Command.pay("A2"));
    assertThat(events).extracting(Event::seq).containsExactly(1L, 1L, 2L);
  }

  @Test
  void listen_closingInsideTheListener_hearsThatEventAlone() {
    AtomicReference<Show.Subscription> own = new AtomicReference<>();
    own.set(
        show.listen(
            event -> {
              events.add(event);
              own.get().close();
            }));
    show.apply(Command.pay("A1"));
    show.apply(Command.pay("A2"));
    assertThat(events).hasSize(1);
  }

  @Test
  void listen_closedByAnotherListener_hearsAtMostTheEventThatIsBeingDelivered() {
    AtomicReference<Show.Subscription> later = new AtomicReference<>();
    show.listen(event -> later.get().close());
    later.set(show.listen(events::add));
    show.apply(Command.pay("A1"));
    show.apply(Command.pay("A2"));
    assertThat(events).extracting(Event::seq).allMatch(seq -> seq == 1);
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("planned"),
        new AssertionError("planned"),
        new StackOverflowError(),
        new OutOfMemoryError("planned"),
        new TestLog.Unspeakable());
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void listener_thatThrows_isReportedAndHarmsNobody(Throwable planned) {
    show.listen(event -> sneak(planned));
    show.listen(events::add);
    Session session = show.openSession();
    assertThat(session.lock("A1")).isInstanceOf(Result.Granted.class);
    clock.move(100);
    assertThat(session.lock("A1")).isInstanceOf(Result.Granted.class);
    show.apply(
        Command.pay("A2"),
        result -> {
          assertThat(result).isInstanceOf(Result.Granted.class);
          sneak(planned);
        });
    show.snapshot(snapshot -> sneak(planned));
    show.apply(Command.pay("A3"));
    assertThat(events).extracting(Event::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(TestLog.take())
        .hasSize(7)
        .containsOnly(
            new TestLog.Entry(System.Logger.Level.ERROR, "a listener of show main threw", planned));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable throwable) throws T {
    throw (T) throwable;
  }

  @Test
  void listener_thatCallsBack_getsItsResultAtOnceAndTheEventAfterItReturns() {
    List<String> story = new ArrayList<>();
    Session session = show.openSession("h1");
    show.listen(
        event -> {
          story.add("1 begins " + event.seq());
          if (event.change() == Change.LOCKED) {
            Result result = show.apply(Command.pay("A1").heldBy("h1"));
            assertThat(result).isInstanceOf(Result.Granted.class);
            story.add("paid by the listener");
          }
          story.add("1 ends " + event.seq());
        });
    show.listen(event -> story.add("2 hears " + event.seq()));
    session.lock("A1");
    assertThat(story)
        .containsExactly(
            "1 begins 1",
            "paid by the listener",
            "1 ends 1",
            "2 hears 1",
            "1 begins 2",
            "1 ends 2",
            "2 hears 2");
    assertThat(TestLog.take()).isEmpty();
  }

  @Test
  void listener_thatCallsBackAThousandTimesInAChain_needsNoDeeperStack() {
    AtomicReference<Integer> deepest = new AtomicReference<>(0);
    show.listen(
        event -> {
          deepest.set(Math.max(deepest.get(), new Throwable().getStackTrace().length));
          if (event.seq() < 1_000) {
            show.apply(event.change() == Change.PAID ? Command.unpay("A1") : Command.pay("A1"));
          }
          events.add(event);
        });
    show.apply(Command.pay("A1"));
    assertThat(events).hasSize(1_000);
    assertThat(deepest.get()).isLessThan(500);
  }

  @Test
  void listener_thatBlocks_delaysEventsButNoCommand() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<Event> heard = new ArrayList<>();
    show.listen(
        event -> {
          if (event.seq() == 1) {
            blocked.countDown();
            Threads.await(release);
          }
          heard.add(event);
        });
    Thread unlucky = new Thread(() -> show.apply(Command.pay("A1")), "unlucky");
    unlucky.start();
    Threads.await(blocked);
    Session session = show.openSession();
    assertThat(session.lock("A2")).isEqualTo(granted(2, Change.LOCKED, 100, "A2"));
    AtomicBoolean called = new AtomicBoolean();
    show.apply(Command.pay("A2").heldBy(session.holder()), result -> called.set(true));
    List<Long> snapshots = new ArrayList<>();
    show.snapshot(snapshot -> snapshots.add(snapshot.seq()));
    assertThat(show.snapshot().seq()).isEqualTo(3);
    assertThat(heard).isEmpty();
    assertThat(called).isFalse();
    release.countDown();
    unlucky.join(30_000);
    assertThat(heard).extracting(Event::seq).containsExactly(1L, 2L, 3L);
    assertThat(called).isTrue();
    assertThat(snapshots).containsExactly(3L);
  }

  // --- the order of callbacks

  @Test
  void apply_withCallback_isToldAfterItsOwnEvents() {
    List<Object> story = new ArrayList<>();
    show.listen(story::add);
    show.openSession("h1").lock("A1");
    clock.move(100);
    show.apply(Command.pay("A1"), story::add);
    show.apply(Command.pay("A1"), story::add);
    show.snapshot(story::add);
    show.apply(Command.unpay("A1"));
    assertThat(story).hasSize(7);
    assertThat(story.subList(1, 3)).hasOnlyElementsOfType(Event.class);
    assertThat(story.get(3)).isEqualTo(granted(3, Change.PAID, 0, "A1"));
    assertThat(story.get(4)).isInstanceOf(Result.Refused.class);
    assertThat(((Snapshot) story.get(5)).seq()).isEqualTo(3);
    assertThat(((Event) story.get(6)).seq()).isEqualTo(4);
  }

  /** Whoever sends answers and events needs to know of each change whether an answer follows. */
  @Test
  void listenToDecisions_hasTheAnswerOfWhatWasAppliedWithACallbackAndOfNothingElse() {
    List<String> told = new ArrayList<>();
    show.listenToDecisions(
        decision ->
            told.add(
                decision.events().get(0).change() + " answered " + (decision.answer() != null)));
    show.apply(Command.pay("A1"));
    show.apply(Command.unpay("A1"), result -> told.add("result"));
    show.apply(Command.unpay("A1"));
    show.listen(
        event -> {
          if (event.change() == Change.BLOCKED) {
            show.apply(Command.unblock("A1"));
          }
        });
    show.apply(Command.block("A1"));
    assertThat(told)
        .containsExactly(
            "PAID answered false",
            "UNPAID answered true",
            "result",
            "BLOCKED answered false",
            "UNBLOCKED answered false");
  }

  @Test
  void decide_tellsWhatHadEndedBeforeApartFromWhatTheCommandChanged() {
    List<Decision> decisions = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    show.listen(events::add);
    show.openSession("h1").lock("A1");
    clock.move(100);
    show.listenToDecisions(decisions::add);
    show.decide(Command.pay("A1"), decisions::add);
    assertThat(decisions).hasSize(2);
    assertThat(decisions.get(1)).isSameAs(decisions.get(0));
    Decision decision = decisions.get(0);
    assertThat(decision.ended()).extracting(Event::change).containsExactly(Change.EXPIRED);
    assertThat(decision.events()).extracting(Event::change).containsExactly(Change.PAID);
    assertThat(decision.answer()).isEqualTo(granted(3, Change.PAID, 0, "A1"));
    assertThat(events).extracting(Event::seq).containsExactly(1L, 2L, 3L);
  }

  @Test
  void apply_commandThatCannotBeDecided_isNotAcceptedAndHarmsNobody() {
    show.listen(events::add);
    show.openSession("h1").lock("A1");
    clock.move(100);
    for (Throwable planned : List.of(new IllegalStateException(), new StackOverflowError())) {
      Command.UnlockAll broken = mock();
      when(broken.kind()).thenReturn(CommandKind.UNLOCK_ALL);
      when(broken.holder()).thenThrow(planned);
      assertThat(show.apply(broken)).isInstanceOf(Result.NotAccepted.class);
      List<Result> told = new ArrayList<>();
      show.apply(broken, told::add);
      assertThat(told).hasOnlyElementsOfType(Result.NotAccepted.class).hasSize(1);
      assertThat(TestLog.take())
          .hasSize(2)
          .containsOnly(
              new TestLog.Entry(
                  System.Logger.Level.ERROR, "a command cannot be decided in show main", planned));
    }
    // What had ended by then was told all the same.
    assertThat(events).extracting(Event::change).containsExactly(Change.LOCKED, Change.EXPIRED);
    assertThat(show.openSession("h2").lock("A1")).isInstanceOf(Result.Granted.class);
  }

  @Test
  void nullArguments_throw() {
    assertThatThrownBy(() -> show.apply(null)).hasMessage("command");
    assertThatThrownBy(() -> show.apply(Command.pay("A1"), null)).hasMessage("callback");
    assertThatThrownBy(() -> show.snapshot(null)).hasMessage("callback");
    assertThatThrownBy(() -> show.listen(null)).hasMessage("listener");
    assertThat(show.snapshot().seq()).isZero();
  }

  // --- many threads

  private static final int THREADS = 6;
  private static final int ACTIONS = 5_000;

  /** What a thread did and was answered. */
  private record Answer(String holder, Command command, Result result) {}

  /**
   * The story is a plain list on purpose: deliveries come one at a time, and each sees what those
   * before it have written.
   */
  @Test
  void apply_manyThreadsOnFewSeats_hasOneHistoryThatAllResultsAgreeWith() throws Exception {
    List<Object> story = new ArrayList<>();
    Snapshot start = show.snapshot();
    show.listen(story::add);
    List<Callable<List<Answer>>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      tasks.add(() -> act(number, story));
    }
    List<List<Answer>> answers = Threads.runTogether(tasks);
    List<Event> history =
        story.stream().filter(Event.class::isInstance).map(Event.class::cast).toList();
    Invariants.check(start, history, show.snapshot());
    assertThat(TestLog.take()).isEmpty();
    assertThat(history).extracting(Event::change).contains(Change.EXPIRED, Change.PAID);
    int changes = 0;
    List<Answer> all = new ArrayList<>(answers.stream().flatMap(List::stream).toList());
    story.stream().filter(Answer.class::isInstance).map(Answer.class::cast).forEach(all::add);
    assertThat(all).hasSize(THREADS * ACTIONS);
    for (Answer answer : all) {
      if (answer.result instanceof Result.Granted granted && granted.changed()) {
        changes++;
        Event event = history.get((int) granted.seq() - 1);
        assertThat(event.author()).isEqualTo(answer.holder);
        assertThat(granted.seats()).containsAll(event.seats());
        assertThat(event.change()).isEqualTo(changeOf(answer.command));
      }
    }
    assertThat(changes)
        .as("events that somebody was granted")
        .isEqualTo(history.stream().filter(e -> e.change() != Change.EXPIRED).count());
    checkStory(story);
  }

  private List<Answer> act(int number, List<Object> story) {
    SplittableRandom random = new SplittableRandom(number);
    List<Answer> answers = new ArrayList<>();
    String holder = "h" + number;
    show.openSession(holder);
    for (int i = 0; i < ACTIONS; i++) {
      String seat = "A" + random.nextInt(4);
      Command command =
          switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Command.Lock(holder, List.of(seat));
            case 3 -> new Command.Lock(holder, List.of(seat, "B1"));
            case 4, 5 -> new Command.Unlock(holder, List.of(seat));
            case 6 -> Command.pay(seat).heldBy(holder).by(holder);
            default -> Command.unpay(seat).by(holder);
          };
      if (random.nextInt(20) == 0) {
        clock.move(random.nextInt(60));
      }
      if (random.nextInt(50) == 0) {
        show.snapshot(story::add);
      }
      if (random.nextInt(4) == 0) {
        show.apply(command, result -> story.add(new Answer(holder, command, result)));
      } else {
        answers.add(new Answer(holder, command, show.apply(command)));
      }
    }
    return answers;
  }

  private static Change changeOf(Command command) {
    if (command instanceof Command.Sale sale) {
      return sale.action() == Command.Sale.Action.PAY ? Change.PAID : Change.UNPAID;
    }
    return command instanceof Command.Lock ? Change.LOCKED : Change.UNLOCKED;
  }

  /** Results and snapshots must stand exactly behind the last event they include. */
  private static void checkStory(List<Object> story) {
    long seq = 0;
    int checked = 0;
    for (Object entry : story) {
      if (entry instanceof Event event) {
        seq = event.seq();
      } else if (entry instanceof Answer answer && answer.result instanceof Result.Granted it) {
        assertThat(it.seq()).isEqualTo(seq);
        checked++;
      } else if (entry instanceof Snapshot snapshot) {
        assertThat(snapshot.seq()).isEqualTo(seq);
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(THREADS * ACTIONS / 20);
  }

  private static Result granted(long seq, Change change, long expiresInMillis, String... seats) {
    return new Result.Granted(seq, List.of(seats), change, expiresInMillis);
  }
}
