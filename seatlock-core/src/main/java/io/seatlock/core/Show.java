package io.seatlock.core;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One performance with its own seats, and the door to them. Safe for use by many threads.
 *
 * <p>Commands are decided one after the other. Their events and callbacks are delivered outside the
 * lock in which they were decided: in one order for all listeners, one at a time, on the thread
 * that applied the command or on one that was delivering just then. A listener may call back into
 * the show; what that causes is delivered after it returns. A listener that throws is reported to
 * the system logger {@code io.seatlock.core} and harms nobody; one that blocks delays the events of
 * its show, which wait in memory, but no command.
 *
 * <p>With a {@link CommandLog} a command is decided when it is in the log, and delivery runs on the
 * executor of {@link SeatLock.Builder#deliverOn}. Then the methods that return a {@link Result}
 * wait for that, and a result may also be {@link Result.NotAccepted} or {@link Result.Unknown}.
 */
public final class Show {
  /*
   * Three parts under one lock: the machine decides, the intake holds what the log has given and is
   * not decided yet, and the delivery calls listeners and callbacks. Only the delivery runs without the lock.
   *
   * Every command reads the clock, under the lock, though that is the largest single part of its
   * cost. Read before the lock, the time would be too early by the wait, and a lock would end early
   * by as much. Left out for an unlock, the event would state the time of some earlier command, and
   * a lock whose time is over would still be its holder's.
   *
   * With a log the same machine is given the log's commands with the log's times, one after the
   * other. Before the log has given everything that it had at its start, nothing is delivered and no
   * timer runs: the past is nobody's news, and what ends in it has ended by later commands.
   *
   * What the log gives waits in the intake, and the thread that takes the lock next decides all of it first,
   * so nobody sees a state without it. Mostly that is the thread about to deliver it: a command is
   * asked for, decided and delivered by one thread, which has the state at hand, while the log's
   * thread writes the next ones. Only if somebody stands still for a result, the log's thread
   * decides: that somebody may be a listener, and be the one who would have to decide.
   *
   * A command whose decision throws before it has changed anything fails alone: its caller hears
   * that it was not accepted. If the state may be half changed, or another node may have decided
   * otherwise because only this one ran out of memory, the show decides nothing any more.
   */

  private static final String NOT_DECIDED = "this program decides nothing any more";

  /** After how many milliseconds at the earliest a tick is tried again. */
  private static final long TICK_AGAIN = 1000;

  /** How often the lock is tried before a thread parks for it: some microseconds. */
  private static final int TRIES = 100;

  private final String name;
  private final InstantSource clock;
  private final Supplier<String> holderIds;
  private final @Nullable CommandLog log;
  private final Executor executor;
  private final Consumer<? super Throwable> onFailure;
  private final OrderedDelivery delivery;
  private final LogIntake intake;

  private final ReentrantLock lock = new ReentrantLock();
  private SeatMachine machine;
  private final Alarm alarm;

  // What the command that is decided now has led to.
  private final List<Event> ended = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final Consumer<Event> toEnded = ended::add;
  private final Consumer<Event> toEvents = events::add;

  /** Whether what is decided now is not of the past; without a log nothing is. */
  private volatile boolean live;

  /** Whether a command was ever on its way to the log. */
  private volatile boolean submitted;

  /** What went wrong, if nothing more is decided. */
  private volatile @Nullable Throwable failure;

  /** Whether something of the log is undelivered, and it is nobody's turn yet. */
  private boolean leftToDeliver;

  Show(
      String name,
      SeatMachine machine,
      InstantSource clock,
      Timer timer,
      Supplier<String> holderIds,
      @Nullable CommandLog log,
      Executor executor,
      Consumer<? super Throwable> onFailure) {
    this.name = name;
    this.machine = machine;
    this.clock = clock;
    this.holderIds = holderIds;
    this.log = log;
    this.executor = executor;
    this.onFailure = onFailure;
    this.live = log == null;
    delivery = new OrderedDelivery(name);
    intake = new LogIntake(name);
    alarm = new Alarm(timer, clock, this::wake);
  }

  /** The name under which it was opened. */
  public String name() {
    return name;
  }

  /** Opens a session with a random holder id. */
  public Session openSession() {
    return openSession(holderIds.get());
  }

  /**
   * Opens a session with this holder id. With a log it lasts until it is closed, also over
   * restarts: see {@link #session}.
   *
   * @throws IllegalArgumentException if it is not 1 to 64 letters, digits and {@code .:_~-}
   * @throws IllegalStateException if a session with this holder id is open already, or the log did
   *     not take the command
   */
  public Session openSession(String holder) {
    Result result = apply(new Command.OpenSession(holder));
    if (result instanceof Result.Refused) {
      throw new IllegalStateException("a session " + holder + " is open already");
    } else if (!(result instanceof Result.Granted)) {
      throw new IllegalStateException("the log does not take commands: " + result);
    }
    return new Session(this, holder);
  }

  /**
   * The session with this holder id if it is open, for example since before a restart: with a log,
   * sessions outlive the program.
   */
  public Optional<Session> session(String holder) {
    enter();
    try {
      return machine.hasSession(holder) ? Optional.of(new Session(this, holder)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Decides the command, by the time of the clock now. With a log it waits for that. */
  public Result apply(Command command) {
    if (log == null) {
      return decideInMemory(command, null);
    }
    // Completed where it is decided, not in the show's order: a listener may wait for it, too.
    CompletableFuture<Result> result = new CompletableFuture<>();
    submit(log, new Submission(name, command, false, null, result::complete));
    return result.join();
  }

  /**
   * Decides the command and gives the result to the callback in the show's order: after every
   * earlier event and after the command's own, before any later one. Events and results that are
   * written down as they come are one consistent story.
   */
  public void apply(Command command, Consumer<? super Result> callback) {
    Objects.requireNonNull(callback, "callback");
    decide(command, decision -> callback.accept(Objects.requireNonNull(decision.answer())));
  }

  /**
   * Decides the command and gives the callback everything that it led to, in the show's order. The
   * callback receives the same decision as those who {@link #listenToDecisions}, after them, with
   * the result as its answer.
   */
  public void decide(Command command, Consumer<? super Decision> callback) {
    Objects.requireNonNull(callback, "callback");
    if (log == null) {
      decideInMemory(command, callback);
    } else {
      Consumer<Result> otherwise =
          result -> deliverInOrder(() -> callback.accept(Decision.of(result)));
      submit(log, new Submission(name, command, false, callback, otherwise));
    }
  }

  /**
   * Decides the command as soon as possible, without reporting the result and without waiting. For
   * what must happen sooner or later, such as the end of a session: a log that is away gets it when
   * it is back.
   */
  public void applyEventually(Command command) {
    if (log == null) {
      decideInMemory(command, null);
    } else {
      submit(log, new Submission(name, command, true, null, result -> {}));
    }
  }

  /** The whole state as it is now; events up to it may still be on their way to listeners. */
  public Snapshot snapshot() {
    enter();
    try {
      return machine.snapshot();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a snapshot and gives it to the callback in the show's order: after every event that it
   * includes, before every event that it does not.
   */
  public void snapshot(Consumer<? super Snapshot> callback) {
    answerInOrder(SeatMachine::snapshot, callback);
  }

  /**
   * Gives the callback what can be seen of the show now, in the show's order: after every event
   * that is in it, before every event that is not. Costs less than a snapshot.
   */
  public void seatMap(Consumer<? super SeatMap> callback) {
    answerInOrder(SeatMachine::seatMap, callback);
  }

  /** The rules of this show. */
  public ShowSettings settings() {
    enter();
    try {
      return machine.settings();
    } finally {
      lock.unlock();
    }
  }

  private <T> void answerInOrder(Function<SeatMachine, T> question, Consumer<? super T> callback) {
    Objects.requireNonNull(callback, "callback");
    boolean deliver;
    enter();
    try {
      T answer = question.apply(machine);
      deliver = delivery.enqueue(() -> callback.accept(answer));
    } finally {
      lock.unlock();
    }
    if (deliver) {
      executor.execute(delivery::deliverQueue);
    }
  }

  private void deliverInOrder(Runnable call) {
    answerInOrder(machine -> call, Runnable::run);
  }

  /**
   * Calls the listener with every event that is delivered from now on.
   *
   * @return ends the subscription: no event is given to the listener after its {@code close} has
   *     returned, except one that is being delivered just then
   */
  public Subscription listen(Consumer<? super Event> listener) {
    Objects.requireNonNull(listener, "listener");
    return delivery.addListener(decision -> delivery.deliverEvents(decision, listener));
  }

  /**
   * As {@link #listen}, with the events of one command together and with its answer. For a server
   * that sends both events and answers to clients. A command that led to no event, and that nobody
   * waits for an answer to, is not delivered.
   */
  public Subscription listenToDecisions(Consumer<? super Decision> listener) {
    return delivery.addListener(Objects.requireNonNull(listener, "listener"));
  }

  /** A listener's place in a show; closing it again does nothing. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * How many locks the holder would gain if this were granted now: seats that it holds already do
   * not count. For callers that limit locks beyond the show's own limit.
   */
  public int newLocks(Command.Lock command) {
    enter();
    try {
      return machine.newLocks(command);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The result of a request that was decided before, as if it were applied now; empty if its
   * session does not remember its id, or is on another connection. A retry gets its first answer by
   * this, even where a new request of the same kind would be turned down.
   */
  public Optional<Result> remembered(Command.Once command) {
    enter();
    try {
      return Optional.ofNullable(machine.remembered(command, clock.millis()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the lock, and decides what the log has given. The lock is mostly held for less than a
   * microsecond, and to park costs many: so a moment of trying comes first.
   */
  private void enter() {
    boolean locked = lock.tryLock();
    for (int i = 0; !locked && i < TRIES; i++) {
      Thread.onSpinWait();
      locked = lock.tryLock();
    }
    if (!locked) {
      lock.lock();
    }
    if (!intake.isEmpty() && lock.getHoldCount() == 1) {
      try {
        intake.takeAll(this::decideGiven);
      } catch (Throwable e) {
        lock.unlock();
        throw e;
      }
    }
  }

  /** Whether it could be forgotten without a trace, but for the number of its changes. */
  boolean isEmpty() {
    enter();
    try {
      return machine.isEmpty() && intake.index() == 0 && !submitted;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is due by the clock now. */
  void tick() {
    if (log == null) {
      decideInMemory(new Command.Tick(), null);
    } else {
      submit(log, new Submission(name, new Command.Tick(), true, null, this::wakeAgain));
    }
  }

  /** Follows these rules from now on, unless it was opened with rules and seats of its own. */
  void follow(ShowSettings settings) {
    boolean differs;
    enter();
    try {
      differs = !machine.knowsItsSeats() && !machine.settings().equals(settings);
    } finally {
      lock.unlock();
    }
    if (differs) {
      applyEventually(new Command.ChangeSettings(settings));
    }
  }

  /** Lets sessions go whose connections were another node's, except this one's. */
  void detachOtherNodes(String node) {
    nodes().stream()
        .filter(other -> !other.equals(node))
        .forEach(other -> applyEventually(new Command.DetachNode(other)));
  }

  // --- what the log does

  /** The place of the last command that the log has given. */
  long index() {
    return intake.index();
  }

  /** Goes on from a state, if it has none of its own. */
  void install(long at, Snapshot state) {
    SeatMachine restored = SeatMachine.of(state);
    enter();
    try {
      intake.beginAfter(at);
      machine = restored;
      setAlarm();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next command of the log; it is decided at the end of the batch. Called by the log's thread.
   *
   * @return whether it is the first of a batch
   */
  boolean give(long place, long at, Command command, @Nullable Submission submission) {
    intake.requireNext(place);
    if (failure != null) {
      if (submission != null) {
        submission.unknown(NOT_DECIDED);
      }
      throw new IllegalStateException("show " + name + " decides nothing any more", failure);
    }
    if (submission != null) {
      submission.accept();
    }
    return intake.give(place, new LogIntake.Given(at, command, submission));
  }

  /**
   * What was given is decided now, or by the next thread that takes the lock. Called by the log.
   */
  void endBatch() {
    boolean awaited = intake.endBatch();
    if (awaited || (!live && !intake.isEmpty())) {
      enter();
      lock.unlock();
    }
  }

  /** Has what was given decided, if it is not yet, and delivered. Called by the log's thread. */
  void deliverSoon() {
    if (live) {
      executor.execute(this::decideAndDeliver);
    }
  }

  private void decideAndDeliver() {
    boolean deliver;
    enter();
    try {
      deliver = leftToDeliver;
      leftToDeliver = false;
    } finally {
      lock.unlock();
    }
    if (deliver) {
      delivery.deliverQueue();
    }
  }

  /** Decides what the log has given. With the lock. */
  private void decideGiven(LogIntake.Given given) {
    Result result = decideNow(given.command(), given.at());
    Submission submission = given.submission();
    Consumer<? super Decision> callback = submission == null ? null : submission.inOrder();
    if (submission != null) {
      submission.decided(result);
    }
    if (live && isWanted(callback)) {
      leftToDeliver |= delivery.enqueue(takeDecision(result, callback), callback);
    }
  }

  /** The past is over: from now on events are delivered, and time limits end by themselves. */
  void goLive() {
    enter();
    try {
      live = true;
      setAlarm();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link Replica#isIdle}. */
  boolean isIdle(Command command, long now) {
    enter();
    try {
      return machine.isIdle(command, now);
    } finally {
      lock.unlock();
    }
  }

  /** The nodes on whose connections there are sessions. */
  List<String> nodes() {
    enter();
    try {
      return machine.nodes().toList();
    } finally {
      lock.unlock();
    }
  }

  private void submit(CommandLog to, Submission submission) {
    if (!submitted) {
      submitted = true;
    }
    to.append(submission);
  }

  // --- deciding

  private Result decideInMemory(Command command, @Nullable Consumer<? super Decision> callback) {
    Objects.requireNonNull(command, "command");
    Result result;
    Decision atOnce = null;
    boolean deliver = false;
    enter();
    try {
      result = decideNow(command, clock.millis());
      if (isWanted(callback)) {
        Decision decision = takeDecision(result, callback);
        if (delivery.takeTurn()) {
          atOnce = decision;
        } else {
          deliver = delivery.enqueue(decision, callback);
        }
      }
    } finally {
      lock.unlock();
    }
    if (atOnce != null) {
      delivery.deliverNow(atOnce, callback);
    } else if (deliver) {
      delivery.deliverQueue();
    }
    return result;
  }

  /** Whether anybody is to hear of what was decided now. */
  private boolean isWanted(@Nullable Consumer<? super Decision> callback) {
    return callback != null || (delivery.hasListeners() && !(ended.isEmpty() && events.isEmpty()));
  }

  private Decision takeDecision(Result result, @Nullable Consumer<? super Decision> callback) {
    return new Decision(copyOf(ended), copyOf(events), callback == null ? null : result);
  }

  /** Nearly always there are none or one, which needs no array in between. */
  private static List<Event> copyOf(List<Event> few) {
    return few.isEmpty() ? List.of() : few.size() == 1 ? List.of(few.get(0)) : List.copyOf(few);
  }

  /** Decides a command, and sets the alarm. With the lock. */
  private Result decideNow(Command command, long at) {
    ended.clear();
    events.clear();
    if (failure != null) {
      return new Result.Unknown(NOT_DECIDED);
    }
    try {
      Result result = decideOrFailAlone(command, at);
      setAlarm();
      return result;
    } catch (Throwable e) {
      ended.clear();
      events.clear();
      failure = e;
      onFailure.accept(e);
      return new Result.Unknown(NOT_DECIDED);
    }
  }

  /** Throws what has, or may have, left a state that is not every node's. */
  private Result decideOrFailAlone(Command command, long at) {
    try {
      return machine.apply(command, at, toEnded, toEvents);
    } catch (Throwable e) {
      if (machine.hasChanged() || (log != null && e instanceof VirtualMachineError)) {
        throw e;
      }
      OrderedDelivery.report("a command cannot be decided in show " + name, e);
      return new Result.NotAccepted("it cannot be decided: " + e);
    }
  }

  // --- time

  private void setAlarm() {
    setAlarm(0);
  }

  private void setAlarm(long notWithin) {
    if (live) {
      alarm.setFor(machine.nextDeadline(), notWithin);
    }
  }

  /**
   * Ends what is due, unless a later call of the timer has taken this one's place. If nothing is,
   * because the deadline has moved, there is only the next one to wait for: a log would forget an
   * idle command, and with it the deadline.
   */
  private void wake(long at) {
    enter();
    try {
      if (!alarm.stopIfSetFor(at)) {
        return;
      }
      if (machine.nextDeadline() > clock.millis()) {
        setAlarm();
        return;
      }
    } finally {
      lock.unlock();
    }
    tick();
  }

  /** A tick that the log did not take, since by its time nothing was due, is tried again. */
  private void wakeAgain(Result result) {
    if (result instanceof Result.NotAccepted) {
      enter();
      try {
        setAlarm(TICK_AGAIN);
      } finally {
        lock.unlock();
      }
    }
  }
}
