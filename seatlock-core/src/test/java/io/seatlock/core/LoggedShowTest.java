package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows whose commands go through a log. */
@Timeout(20)
class LoggedShowTest {

  private static final ShowSettings SETTINGS =
      ShowSettings.DEFAULT.withTimeLimit(Duration.ofMillis(100)).withGrace(Duration.ofMillis(40));

  private final HandLog.Kept kept = new HandLog.Kept();
  private final List<String> told = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private HandLog log;
  private SeatLock seatLock;
  private Show show;

  @BeforeEach
  void start() throws IOException {
    open("n1");
  }

  @AfterEach
  void stop() {
    seatLock.close();
  }

  private void open(String node) throws IOException {
    log = new HandLog(node, kept);
    seatLock =
        SeatLock.builder()
            .settings(SETTINGS)
            .log(log)
            .deliverOn(Runnable::run)
            .onFailure(failures::add)
            .open();
    show = seatLock.show("main");
    show.listen(event -> told.add(event.change() + " " + event.seats() + " " + event.seq()));
  }

  private void restart(String node) throws IOException {
    seatLock.close();
    told.clear();
    open(node);
  }

  private void apply(Command command) {
    show.apply(command, result -> told.add(result.getClass().getSimpleName()));
  }

  private static Command lock(String holder, String... seats) {
    return new Command.Lock(holder, List.of(seats));
  }

  @Test
  void apply_beforeItIsInTheLog_changesAndTellsNothing() {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    assertThat(told).isEmpty();
    assertThat(show.snapshot().sessions()).isEmpty();
    log.commit();
    assertThat(told).containsExactly("Granted", "LOCKED [A1] 1", "Granted");
    assertThat(show.snapshot().seats(SeatStatus.LOCKED)).containsExactly("A1");
  }

  @Test
  void apply_andWait_returnsWhenItIsDecided() throws Exception {
    CompletableFuture<Session> session =
        CompletableFuture.supplyAsync(() -> show.openSession("h1"));
    log.awaitAppended(1);
    assertThat(session).isNotDone();
    log.commit();
    assertThat(session.get(10, TimeUnit.SECONDS).holder()).isEqualTo("h1");
  }

  @Test
  void apply_andWaitInAListener_doesNotWaitForItself() throws Exception {
    // The listener has a thread of its own, as those without deliverOn have.
    seatLock.close();
    log = new HandLog("n1", kept);
    seatLock = SeatLock.builder().log(log).open();
    show = seatLock.show("main");
    CompletableFuture<Result> inListener = new CompletableFuture<>();
    show.listen(
        event -> {
          if (event.change() == Change.PAID) {
            inListener.complete(show.apply(Command.unpay("A1")));
          }
        });
    apply(Command.pay("A1"));
    log.commit(); // and the listener's, if it is that quick
    log.awaitAppended(2);
    log.commit();
    assertThat(inListener.get(10, TimeUnit.SECONDS)).isInstanceOf(Result.Granted.class);
  }

  @Test
  void apply_notAcceptedOrUnknown_isToldInOrderAndChangesNothing() {
    apply(Command.pay("A1"));
    apply(Command.pay("A2"));
    List<Submission> batch = log.take();
    batch.get(0).notAccepted("away");
    batch.get(1).unknown("gone");
    batch.get(1).notAccepted("too late to say");
    assertThat(told).containsExactly("NotAccepted", "Unknown");
    assertThat(show.snapshot().seq()).isZero();
    assertThatThrownBy(() -> log.replica().decide(1, 1_000, batch.get(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
  }

  @Test
  void apply_afterTheEnd_isStillToldThatItIsNotAccepted() throws Exception {
    seatLock.close();
    log = new HandLog("n1", kept);
    seatLock = SeatLock.builder().log(log).open(); // delivers on threads of its own
    show = seatLock.show("main");
    seatLock.close();
    apply(Command.pay("A1"));
    assertThat(told).containsExactly("NotAccepted");
  }

  @Test
  void openSession_notAccepted_throws() {
    log.close();
    assertThatThrownBy(() -> show.openSession("h1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void reopen_givesEverythingBackAndTellsNoneOfIt() throws Exception {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    apply(Command.pay("B1").ref("order 1"));
    log.commit();
    Snapshot before = show.snapshot();
    restart("n2");
    assertThat(show.snapshot()).isEqualTo(before);
    assertThat(told).isEmpty();
    apply(lock("h1", "A2"));
    log.commit();
    assertThat(told).containsExactly("LOCKED [A2] 3", "Granted");
  }

  @Test
  void reopen_sessionOfTheEmbedder_isThereToGoOnWith() throws Exception {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    log.commit();
    restart("n2");
    assertThat(show.session("h2")).isEmpty();
    Session again = show.session("h1").orElseThrow();
    again.close();
    log.commit();
    assertThat(told).containsExactly("RELEASED [A1] 2");
  }

  @Test
  void reopen_connectionsOfTheProgramThatEnded_areGone() throws Exception {
    apply(new Command.OpenSession("classic", null, seatLock.newConnection()));
    apply(new Command.OpenSession("v2", "secret", seatLock.newConnection()));
    apply(lock("classic", "A1"));
    apply(lock("v2", "B1"));
    log.commit();
    restart("n2");
    log.commit();
    assertThat(told).containsExactly("RELEASED [A1] 3");
    assertThat(show.snapshot().sessions().get(0).graceEnd()).isEqualTo(1_040);
    assertThat(log.replica().nodes()).isEmpty();
  }

  @Test
  void reopen_locksWhoseTimeIsOver_endNow() throws Exception {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    log.commit();
    seatLock.close();
    told.clear();
    log = new HandLog("n2", kept);
    log.now = 5_000;
    seatLock = SeatLock.builder().settings(SETTINGS).log(log).deliverOn(Runnable::run).open();
    log.awaitAppended(1); // the timer has seen it
    log.commit();
    assertThat(seatLock.show("main").snapshot().seats(SeatStatus.LOCKED)).isEmpty();
    assertThat(log.entries().get(log.entries().size() - 1).at()).isEqualTo(5_000);
  }

  @Test
  void tick_beforeItsTimeByTheLogsClock_isTriedAgain() throws Exception {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    log.commit();
    seatLock.close();
    log = new HandLog("n2", kept);
    log.now = 5_000;
    seatLock = SeatLock.builder().settings(SETTINGS).log(log).deliverOn(Runnable::run).open();
    log.awaitAppended(1);
    log.now = 1_050; // the log's own time, which was not known before
    log.take().get(0).notAccepted("there is nothing to do");
    log.now = 1_100;
    log.awaitAppended(2);
    log.commit();
    assertThat(seatLock.show("main").snapshot().seats(SeatStatus.LOCKED)).isEmpty();
  }

  @Test
  void reopen_otherRules_areThoseOfShowsOfAnySeats() throws Exception {
    seatLock.open("hall", SETTINGS, List.of("A1")).apply(Command.pay("A1"), result -> {});
    apply(Command.pay("A1"));
    log.commit();
    seatLock.close();
    log = new HandLog("n2", kept);
    ShowSettings others = SETTINGS.withMaxLocks(7);
    seatLock = SeatLock.builder().settings(others).log(log).deliverOn(Runnable::run).open();
    assertThat(log.waiting())
        .singleElement()
        .satisfies(
            submission -> {
              assertThat(submission.show()).isEqualTo("main");
              assertThat(submission.isPatient()).isTrue();
            });
    log.commit();
    assertThat(seatLock.show("main").settings()).isEqualTo(others);
    assertThat(seatLock.show("hall").settings()).isEqualTo(SETTINGS);
    seatLock.close();
    log = new HandLog("n3", kept);
    seatLock = SeatLock.builder().settings(others).log(log).deliverOn(Runnable::run).open();
    assertThat(seatLock.show("main").settings()).isEqualTo(others);
    assertThat(log.waiting()).isEmpty();
  }

  @Test
  void tick_thatFindsNothingDueWhenItsTurnComes_isLeftOutAndTheNextOneComes() throws Exception {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    log.commit();
    log.now = 1_100;
    seatLock.tick();
    apply(new Command.Extend("h1")); // too late: the tick came first
    log.commit();
    assertThat(told).endsWith("EXPIRED [A1] 2", "Refused");
    int before = log.entries().size();
    seatLock.tick();
    log.commit();
    assertThat(log.entries()).hasSize(before);
  }

  @Test
  void decide_byAnotherNode_isToldHere() {
    log.replica().decide("main", 1, 1_000, Command.pay("A1"));
    assertThat(told).containsExactly("PAID [A1] 1");
    log.replica().decide("other", 1, 1_000, Command.pay("A1"));
    assertThat(seatLock.find("other")).isPresent();
  }

  @Test
  void decide_byAnotherNode_isADecisionWithoutAnswerHere() {
    List<Decision> decisions = new ArrayList<>();
    show.listenToDecisions(decisions::add);
    log.replica().decide("main", 1, 1_000, Command.pay("A1"));
    log.replica().decide("main", 2, 1_000, Command.pay("A1"));
    apply(Command.unpay("A1"));
    log.commit();
    assertThat(decisions)
        .extracting(decision -> decision.events().size() + " " + (decision.answer() != null))
        .containsExactly("1 false", "1 true");
  }

  @Test
  void decide_outOfOrder_throwsAndChangesNothing() {
    log.replica().decide("main", 1, 1_000, Command.pay("A1"));
    for (long wrong : new long[] {0, 1, 3}) {
      assertThatThrownBy(() -> log.replica().decide("main", wrong, 1_000, Command.pay("A2")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("main");
    }
    assertThat(log.replica().index("main")).isEqualTo(1);
    assertThat(show.snapshot().seats(SeatStatus.PAID)).containsExactly("A1");
  }

  @Test
  void decide_whereItIsTold_butNobodySeesAStateWithoutIt() throws Exception {
    seatLock.close();
    log = new HandLog("n1", kept);
    List<Runnable> tasks = new ArrayList<>();
    seatLock = SeatLock.builder().log(log).deliverOn(tasks::add).open();
    show = seatLock.show("main");
    show.listen(event -> told.add(event.change() + " " + event.seats()));
    apply(Command.pay("A1"));
    log.commit();
    apply(Command.pay("A2"));
    log.commit();
    assertThat(show.snapshot().seats(SeatStatus.PAID)).containsExactly("A1", "A2");
    assertThat(told).isEmpty();
    tasks.forEach(Runnable::run);
    assertThat(told).containsExactly("PAID [A1]", "Granted", "PAID [A2]", "Granted");
    tasks.clear();
    apply(Command.pay("A3"));
    log.commit();
    tasks.forEach(Runnable::run);
    assertThat(told).endsWith("PAID [A3]", "Granted");
  }

  @Test
  void decide_inABatch_isSeenByTheLogAndToldAtItsEnd() {
    apply(Command.pay("A1"));
    apply(Command.pay("A2"));
    List<Submission> batch = log.take();
    Replica replica = log.replica();
    replica.beginBatch();
    replica.decide(1, 1_000, batch.get(0));
    assertThat(replica.snapshot("main").seats(SeatStatus.PAID)).containsExactly("A1");
    replica.decide(2, 1_000, batch.get(1));
    assertThat(replica.snapshot("main").seats(SeatStatus.PAID)).containsExactly("A1", "A2");
    assertThat(told).isEmpty();
    replica.endBatch();
    assertThat(told).containsExactly("PAID [A1] 1", "Granted", "PAID [A2] 2", "Granted");
  }

  /** A lock needs the time to end it, and there is none. */
  private BlockingQueue<Throwable> openWithoutClock() throws IOException {
    seatLock.close();
    log =
        new HandLog("n1", kept) {
          @Override
          public InstantSource clock() {
            return () -> {
              throw new IllegalStateException("no clock");
            };
          }
        };
    BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
    seatLock = SeatLock.builder().log(log).deliverOn(Runnable::run).onFailure(told::add).open();
    show = seatLock.show("main");
    apply(new Command.OpenSession("h1"));
    log.commit();
    return told;
  }

  @Test
  void decide_thatFails_isToldOnceToWhoOpenedItAndEndsTheLog() throws Exception {
    BlockingQueue<Throwable> failures = openWithoutClock();
    assertThat(seatLock.trouble()).isEmpty();
    apply(lock("h1", "A1"));
    apply(Command.pay("A2"));
    List<Submission> batch = log.take();
    Replica replica = log.replica();
    replica.beginBatch();
    replica.decide(2, 1_000, batch.get(0));
    replica.decide(3, 1_000, batch.get(1));
    replica.decide("main", 4, 1_000, Command.pay("B1"));
    assertThatThrownBy(replica::endBatch)
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("no clock");
    assertThat(failures.poll(10, TimeUnit.SECONDS)).hasMessage("no clock");
    assertThat(told).containsExactly("Granted", "Unknown", "Unknown");
    assertThat(seatLock.trouble()).get().asString().contains("no clock");
    // No state that is not the log's gets into it.
    assertThatThrownBy(() -> replica.snapshot("main")).hasRootCauseMessage("no clock");
    assertThatThrownBy(() -> replica.decide("other", 1, 1_000, Command.pay("A1")))
        .hasRootCauseMessage("no clock");
    replica.failed(new IOException("the log has ended"));
    assertThat(failures).isEmpty();
  }

  @Test
  void decide_afterOneThatFailed_isUnknownToWhoAsked() throws Exception {
    BlockingQueue<Throwable> failures = openWithoutClock();
    CompletableFuture<Result> waited =
        CompletableFuture.supplyAsync(() -> show.apply(lock("h1", "A1")));
    log.awaitAppended(2);
    assertThatThrownBy(log::commit).hasRootCauseMessage("no clock");
    assertThat(waited.get(10, TimeUnit.SECONDS)).isInstanceOf(Result.Unknown.class);
    apply(Command.pay("A2"));
    assertThatThrownBy(log::commit).hasRootCauseMessage("no clock");
    assertThat(told).containsExactly("Granted", "Unknown");
    assertThat(failures.poll(10, TimeUnit.SECONDS)).hasMessage("no clock");
  }

  /** A command that is broken in this program alone, as one that no rule was thought of for. */
  private static Command broken() {
    Command.UnlockAll broken = mock();
    when(broken.kind()).thenReturn(CommandKind.UNLOCK_ALL);
    when(broken.holder()).thenThrow(new IllegalStateException("planted"));
    return broken;
  }

  @Test
  void decide_thatThrowsBeforeItChangesAnything_failsAlone() throws Exception {
    apply(new Command.OpenSession("h1"));
    apply(lock("h1", "A1"));
    log.commit();
    told.clear();
    log.now = 1_100; // A1 ends with the broken command, and is news all the same.
    apply(broken());
    apply(Command.pay("A1"));
    CompletableFuture<Result> waited = CompletableFuture.supplyAsync(() -> show.apply(broken()));
    log.awaitAppended(5);
    log.commit();
    assertThat(told).containsExactly("EXPIRED [A1] 2", "NotAccepted", "PAID [A1] 3", "Granted");
    assertThat(waited.get(10, TimeUnit.SECONDS))
        .isEqualTo(
            new Result.NotAccepted(
                "it cannot be decided: java.lang.IllegalStateException: planted"));
    assertThat(failures).isEmpty();
    assertThat(seatLock.trouble()).isEmpty();
    assertThat(log.replica().index("main")).isEqualTo(5);
  }

  /** Another node may have had the memory, so this one's state would not be that of the log. */
  @Test
  void decide_thatRunsOutOfMemory_endsTheLog() {
    Command.UnlockAll greedy = mock();
    when(greedy.kind()).thenReturn(CommandKind.UNLOCK_ALL);
    when(greedy.holder()).thenThrow(new OutOfMemoryError("planted"));
    apply(greedy);
    assertThatThrownBy(log::commit).hasRootCauseMessage("planted");
    assertThat(told).containsExactly("Unknown");
  }

  @Test
  void install_thenDecide_goesOnFromThere() {
    apply(Command.pay("A1"));
    log.commit();
    Snapshot state = log.replica().snapshot("main");
    log.replica().install("copy", 1, state);
    assertThat(log.replica().index("copy")).isEqualTo(1);
    log.replica().decide("copy", 2, 1_000, Command.unpay("A1"));
    assertThat(seatLock.show("copy").snapshot().seq()).isEqualTo(2);
    assertThatThrownBy(() -> log.replica().install("copy", 5, state))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void initial_ofAShowWithKnownSeats_namesThem() {
    seatLock.open("hall", SETTINGS, List.of("A1", "A2"));
    assertThat(log.replica().initial("hall").seatsKnown()).isTrue();
    assertThat(log.replica().initial("hall").seats()).hasSize(2);
  }

  @Test
  void takenOverOnAnotherNode_isToldHere() {
    apply(new Command.OpenSession("v2", "secret", seatLock.newConnection()));
    log.commit();
    log.replica().decide("main", 2, 1_000, new Command.ResumeSession("v2", "secret", "n9/c1"));
    assertThat(told).containsExactly("Granted", "TAKEN_OVER [] 0");
    assertThat(log.replica().nodes()).containsExactly("n9");
  }

  @Test
  void nodeGone_isAppendedToTheShowsThatHaveItsSessionsOnly() {
    apply(new Command.OpenSession("v2", "secret", "n9/c1"));
    seatLock.show("other").apply(Command.pay("A1"), result -> {});
    log.commit();
    log.replica().nodeGone("n9");
    assertThat(log.waiting())
        .singleElement()
        .satisfies(
            submission -> {
              assertThat(submission.show()).isEqualTo("main");
              assertThat(submission.command()).isEqualTo(new Command.DetachNode("n9"));
              assertThat(submission.isPatient()).isTrue();
            });
  }

  @Test
  void forgetEmptyShows_keepsThoseThatHaveALogOrWillHaveOne() {
    seatLock.show("looked-at");
    Show pending = seatLock.show("pending");
    pending.apply(new Command.Tick(), result -> {});
    Show logged = seatLock.show("logged");
    log.replica().decide("logged", 1, 1_000, new Command.Tick());
    seatLock.forgetEmptyShows(name -> false);
    assertThat(seatLock.find("looked-at")).isEmpty();
    assertThat(seatLock.find("pending")).containsSame(pending);
    assertThat(seatLock.find("logged")).containsSame(logged);
  }

  @Test
  void failed_isToldToWhoOpenedIt() {
    log.replica().failed(new IOException("the disk is full"));
    assertThat(failures).singleElement().asString().contains("the disk is full");
  }

  @Test
  void open_logThatCannotStart_closesItAndThrows() {
    HandLog broken =
        new HandLog("n1", kept) {
          @Override
          public void start(Replica replica) throws IOException {
            throw new IOException("damaged");
          }

          @Override
          public void close() {
            told.add("closed");
          }
        };
    assertThatThrownBy(() -> SeatLock.builder().log(broken).open()).hasMessage("damaged");
    assertThat(told).containsExactly("closed");
  }
}
