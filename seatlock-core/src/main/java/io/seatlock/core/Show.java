package io.seatlock.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One performance with its own seats, and the door to them. Safe for use by many threads.
 *
 * <p>Commands are decided one after the other. Their events, and whatever else is to be told in
 * order, are delivered outside the lock in which they were decided: in one order for all listeners,
 * one at a time, on the thread of whoever caused them or of somebody else who was delivering just
 * then. A listener may call back into the show; what that causes is delivered after it returns. A
 * listener that throws is reported to the system logger {@code io.seatlock.core} and harms nobody;
 * one that blocks delays the events of its show, which wait in memory, but no command.
 *
 * <p>With a {@link CommandLog} a command is decided when it is in the log, and what is to be told
 * is told on the executor of {@link SeatLock.Builder#deliverOn}. Then the methods that return a
 * {@link Result} wait for that, and a result may also be {@link Result.NotAccepted} or {@link
 * Result.Unknown}.
 */
public final class Show {
  /*
   * The order of delivery is that of decision because both the decision and the place in the queue
   * are taken under one lock. `undelivered` counts what is decided but not yet delivered; whoever
   * raises it from 0 delivers until it is 0 again. The common case, one event and nobody
   * delivering, takes its turn under the lock and then needs no queue.
   *
   * Every command reads the clock, under the lock, though that is the largest single part of its
   * cost. Read before the lock, the time would be too early by the wait, and a lock would end early
   * by as much. Left out for an unlock, the event would state the time of some earlier command, and
   * a lock whose time is over would still be its holder's.
   *
   * With a log the same machine is given the log's commands with the log's times, one after the
   * other. Before the log has given everything that it had at its start, nothing is told and no
   * timer runs: the past is nobody's news, and what ends in it has ended by later commands.
   *
   * What the log gives waits in `given`, and whoever takes the lock next decides all of it first, so
   * nobody sees a state without it. Mostly that is whoever is about to tell what it leads to: a
   * command is asked for, decided and told by one thread, which has the state at hand, while the
   * log's thread writes the next ones. Only if somebody stands still for a result, the log's thread
   * decides: that somebody may be a listener, and be the one who would have to decide.
   */

  private static final Logger LOG = System.getLogger("io.seatlock.core");

  private static final String NOT_DECIDED =
      "it is in the log, but this program decides nothing any more";

  /** After how many milliseconds at the earliest a tick is tried again. */
  private static final long TICK_AGAIN = 1000;

  /** How often the lock is tried before a thread parks for it: some microseconds. */
  private static final int TRIES = 100;

  private final String name;
  private final InstantSource clock;
  private final Timer timer;
  private final Supplier<String> holderIds;
  private final @Nullable CommandLog log;
  private final Executor delivery;
  private final Consumer<? super Throwable> onFailure;
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private SeatMachine machine;
  private final List<Event> decided = new ArrayList<>();
  private final Consumer<Event> toDecided = decided::add;
  private long wakeAt = Long.MAX_VALUE;

  /** With a log: what it has given and what is not decided yet, in order. */
  private final Queue<List<Given>> given = new ConcurrentLinkedQueue<>();

  /** With a log, and of the log's thread: what it gives before it ends the batch. */
  private List<Given> batch = new ArrayList<>();

  /** With a log: the place of the last command that it has given. Written by the log's thread. */
  private volatile long index;

  /** With a log: whether what is decided now is not of the past. */
  private volatile boolean live;

  /** With a log: whether a command was ever on its way to it. */
  private volatile boolean submitted;

  /** With a log: what went wrong, if nothing more is decided. */
  private volatile @Nullable Throwable failure;

  /** With a log: whether something is undelivered, and it is nobody's turn yet. */
  private boolean leftToDeliver;

  private final AtomicInteger undelivered = new AtomicInteger();
  private final Queue<Object> queue = new ConcurrentLinkedQueue<>();

  Show(
      String name,
      SeatMachine machine,
      InstantSource clock,
      Timer timer,
      Supplier<String> holderIds,
      @Nullable CommandLog log,
      Executor delivery,
      Consumer<? super Throwable> onFailure) {
    this.name = name;
    this.machine = machine;
    this.clock = clock;
    this.timer = timer;
    this.holderIds = holderIds;
    this.log = log;
    this.delivery = delivery;
    this.onFailure = onFailure;
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
      return decide(command, null);
    }
    // Completed where it is decided, not in the show's order: a listener may wait for it, too.
    CompletableFuture<Result> decision = new CompletableFuture<>();
    submit(log, new Submission(this, command, false, false, decision::complete));
    return decision.join();
  }

  /**
   * Decides the command and gives the result to the callback in the show's order: after every
   * earlier event and after the command's own, before any later one. So who writes down events and
   * results as they come has one consistent story.
   */
  public void apply(Command command, Consumer<? super Result> callback) {
    Objects.requireNonNull(callback, "callback");
    if (log == null) {
      decide(command, callback);
    } else {
      submit(log, new Submission(this, command, false, true, callback));
    }
  }

  /**
   * Decides the command as soon as possible, without telling the result and without waiting. For
   * what must happen at last, such as the end of a session: a log that is away gets it when it is
   * back.
   */
  public void applyAtLast(Command command) {
    if (log == null) {
      decide(command, null);
    } else {
      submit(log, new Submission(this, command, true, false, result -> {}));
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
    tellInOrder(SeatMachine::snapshot, callback);
  }

  /**
   * Gives the callback what can be seen of the show now, in the show's order: after every event
   * that is in it, before every event that is not. Costs less than a snapshot.
   */
  public void seatMap(Consumer<? super SeatMap> callback) {
    tellInOrder(SeatMachine::seatMap, callback);
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

  private <T> void tellInOrder(Function<SeatMachine, T> question, Consumer<? super T> callback) {
    Objects.requireNonNull(callback, "callback");
    boolean deliver;
    enter();
    try {
      T answer = question.apply(machine);
      decided.clear();
      deliver = enqueueDecided(() -> callback.accept(answer));
    } finally {
      lock.unlock();
    }
    if (deliver) {
      delivery.execute(this::deliverQueue);
    }
  }

  /**
   * Calls the listener with every event that is delivered from now on.
   *
   * @return ends the subscription: no event is given to the listener after its {@code close} has
   *     returned, except one that is being delivered just then
   */
  public Subscription listen(Consumer<? super Event> listener) {
    return listen(listener, () -> {});
  }

  /**
   * As {@link #listen(Consumer)}, for who tells events and results together.
   *
   * @param noResult called after the events of a command whose result is told to nobody in this
   *     order: it was applied without a callback, or appended to the log by another program
   */
  public Subscription listen(Consumer<? super Event> listener, Runnable noResult) {
    Listener own =
        new Listener(
            Objects.requireNonNull(listener, "listener"),
            Objects.requireNonNull(noResult, "noResult"));
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  /** Compared by identity: the same listener may be there twice. */
  private static final class Listener {
    final Consumer<? super Event> onEvent;
    final Runnable onNoResult;

    Listener(Consumer<? super Event> onEvent, Runnable onNoResult) {
      this.onEvent = onEvent;
      this.onNoResult = onNoResult;
    }
  }

  /** A listener's place in a show; closing it again does nothing. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * How many locks the holder would gain if this were granted now: seats that it holds already do
   * not count. For who counts locks beyond the show's own limit.
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
   * session does not remember its id, or is on another connection. For who has to give an answer
   * again whatever speaks against doing the same anew.
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
    if (!given.isEmpty() && lock.getHoldCount() == 1) {
      try {
        decideGiven();
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
      return machine.isEmpty() && index == 0 && !submitted;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is due by the clock now. */
  void tick() {
    if (log == null) {
      decide(new Command.Tick(), null);
    } else {
      submit(log, new Submission(this, new Command.Tick(), true, false, this::wakeAgain));
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
      applyAtLast(new Command.ChangeSettings(settings));
    }
  }

  /** Lets sessions go whose connections were another node's, except this one's. */
  void detachOtherNodes(String node) {
    nodes().stream()
        .filter(other -> !other.equals(node))
        .forEach(other -> applyAtLast(new Command.DetachNode(other)));
  }

  // --- what the log does

  /** The place of the last command that the log has given. */
  long index() {
    return index;
  }

  /** Goes on from a state, if it has none of its own. */
  void install(long at, Snapshot state) {
    SeatMachine restored = SeatMachine.of(state);
    enter();
    try {
      if (index != 0) {
        throw new IllegalStateException("show " + name + " has begun already");
      }
      machine = restored;
      index = at;
      wakeIfNeeded();
    } finally {
      lock.unlock();
    }
  }

  /** A command from the log with its time, and with the submission if it was submitted here. */
  private record Given(long at, Command command, @Nullable Submission submission) {}

  /**
   * The next command of the log; it is decided at the end of the batch. Called by the log's thread.
   *
   * @return whether it is the first of a batch
   */
  boolean give(long place, long at, Command command, @Nullable Submission submission) {
    if (place != index + 1) {
      throw new IllegalStateException(
          "show " + name + " was given command " + place + " after " + index);
    }
    if (failure != null) {
      if (submission != null) {
        submission.unknown(NOT_DECIDED);
      }
      throw new IllegalStateException("show " + name + " decides nothing any more", failure);
    }
    if (submission != null) {
      submission.accept();
    }
    index = place;
    batch.add(new Given(at, command, submission));
    return batch.size() == 1;
  }

  /** What was given is decided now, or by whoever asks next. Called by the log's thread. */
  void endBatch() {
    if (batch.isEmpty()) {
      return;
    }
    List<Given> ended = batch;
    batch = new ArrayList<>();
    given.add(ended);
    if (!live || ended.stream().anyMatch(Show::isAwaited)) {
      enter();
      lock.unlock();
    }
  }

  /** Has it decided, if it is not yet, and told. Called by the log's thread. */
  void deliverSoon() {
    if (live) {
      delivery.execute(this::decideAndDeliver);
    }
  }

  private static boolean isAwaited(Given command) {
    return command.submission() != null && command.submission().isAwaited();
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
      deliverQueue();
    }
  }

  /** Decides what the log has given. With the lock. */
  private void decideGiven() {
    for (List<Given> next = given.poll(); next != null; next = given.poll()) {
      next.forEach(this::decide);
    }
  }

  private void decide(Given next) {
    Submission submission = next.submission();
    if (failure == null) {
      decided.clear();
      try {
        end(submission, machine.apply(next.command(), next.at(), toDecided));
        return;
      } catch (Throwable e) {
        failure = e;
        onFailure.accept(e);
      }
    }
    decided.clear();
    if (submission != null) {
      end(submission, new Result.Unknown(NOT_DECIDED));
    }
  }

  /** With what was decided. */
  private void end(@Nullable Submission submission, Result result) {
    if (live && failure == null) {
      wakeIfNeeded();
    }
    Runnable told = submission == null ? null : submission.decided(result);
    if (told == null && !decided.isEmpty()) {
      told = this::tellNoResult;
    }
    if (live) {
      leftToDeliver |= enqueueDecided(told);
    }
  }

  /** The past is over: from now on events are told, and time limits end by themselves. */
  void goLive() {
    enter();
    try {
      live = true;
      wakeIfNeeded();
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

  /** Tells something in the show's order. */
  void tell(Runnable message) {
    tellInOrder(machine -> message, Runnable::run);
  }

  private void submit(CommandLog to, Submission submission) {
    if (!submitted) {
      submitted = true;
    }
    to.append(submission);
  }

  // --- deciding and delivering

  private Result decide(Command command, @Nullable Consumer<? super Result> callback) {
    Objects.requireNonNull(command, "command");
    Result result;
    Event only = null;
    boolean deliver = false;
    enter();
    try {
      decided.clear();
      result = machine.apply(command, clock.millis(), toDecided);
      wakeIfNeeded();
      if (callback == null && decided.size() == 1 && undelivered.compareAndSet(0, 1)) {
        only = decided.get(0);
      } else if (callback != null) {
        deliver = enqueueDecided(() -> callback.accept(result));
      } else {
        deliver = enqueueDecided(decided.isEmpty() ? null : this::tellNoResult);
      }
    } finally {
      lock.unlock();
    }
    if (only != null) {
      tell(only);
      tellNoResult();
      deliver = undelivered.decrementAndGet() > 0;
    }
    if (deliver) {
      deliverQueue();
    }
    return result;
  }

  /**
   * Puts what was decided, and then something to tell, at the end of what is to be delivered.
   * Returns whether it is the caller's turn to deliver it.
   */
  private boolean enqueueDecided(@Nullable Runnable told) {
    queue.addAll(decided);
    int count = decided.size();
    if (told != null) {
      queue.add(told);
      count++;
    }
    return count > 0 && undelivered.getAndAdd(count) == 0;
  }

  /** Delivers until nothing is undelivered. Only for the thread whose turn it is. */
  private void deliverQueue() {
    do {
      Object next = Objects.requireNonNull(queue.poll());
      if (next instanceof Event event) {
        tell(event);
      } else {
        run((Runnable) next);
      }
    } while (undelivered.decrementAndGet() > 0);
  }

  private void tell(Event event) {
    for (Listener listener : listeners) {
      run(() -> listener.onEvent.accept(event));
    }
  }

  private void tellNoResult() {
    for (Listener listener : listeners) {
      run(listener.onNoResult);
    }
  }

  private void run(Runnable foreign) {
    try {
      foreign.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  private void report(Throwable thrown) {
    try {
      LOG.log(Level.ERROR, "a listener of show " + name + " threw", thrown);
    } catch (Throwable e) {
      // Nobody is left to tell; but if this got out, nothing would ever be delivered again.
    }
  }

  private void wakeIfNeeded() {
    wakeIfNeeded(0);
  }

  private void wakeIfNeeded(long earliestIn) {
    long at = machine.nextDeadline();
    if (at < wakeAt && (log == null || live)) {
      wakeAt = at;
      timer.runIn(Math.max(earliestIn, at - clock.millis()), () -> wake(at));
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
      if (at != wakeAt) {
        return;
      }
      wakeAt = Long.MAX_VALUE;
      if (machine.nextDeadline() > clock.millis()) {
        wakeIfNeeded();
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
        wakeIfNeeded(TICK_AGAIN);
      } finally {
        lock.unlock();
      }
    }
  }
}
