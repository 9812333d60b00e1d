package io.seatlock.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
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
   */

  private static final Logger LOG = System.getLogger("io.seatlock.core");

  private final String name;
  private final InstantSource clock;
  private final Timer timer;
  private final Supplier<String> holderIds;
  private final CopyOnWriteArrayList<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final SeatMachine machine;
  private final List<Event> decided = new ArrayList<>();
  private final Consumer<Event> toDecided = decided::add;
  private long wakeAt = Long.MAX_VALUE;

  private final AtomicInteger undelivered = new AtomicInteger();
  private final Queue<Object> queue = new ConcurrentLinkedQueue<>();

  Show(
      String name,
      SeatMachine machine,
      InstantSource clock,
      Timer timer,
      Supplier<String> holderIds) {
    this.name = name;
    this.machine = machine;
    this.clock = clock;
    this.timer = timer;
    this.holderIds = holderIds;
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
   * Opens a session with this holder id.
   *
   * @throws IllegalArgumentException if it is not 1 to 64 letters, digits and {@code .:_~-}
   * @throws IllegalStateException if a session with this holder id is open already
   */
  public Session openSession(String holder) {
    if (apply(new Command.OpenSession(holder)) instanceof Result.Refused) {
      throw new IllegalStateException("a session " + holder + " is open already");
    }
    return new Session(this, holder);
  }

  /** Decides the command, by the time of the clock now. */
  public Result apply(Command command) {
    return decide(command, null);
  }

  /**
   * Decides the command and gives the result to the callback in the show's order: after every
   * earlier event and after the command's own, before any later one. So who writes down events and
   * results as they come has one consistent story.
   */
  public void apply(Command command, Consumer<? super Result> callback) {
    decide(command, Objects.requireNonNull(callback, "callback"));
  }

  /**
   * Whether a session remembers the result of {@link Command.Once} with this id, so that the same
   * command again changes nothing and gives that result again.
   *
   * @param holder the session's public holder id
   * @param id the request's id
   */
  public boolean remembers(String holder, String id) {
    lock.lock();
    try {
      return machine.remembers(holder, id);
    } finally {
      lock.unlock();
    }
  }

  /** The whole state as it is now; events up to it may still be on their way to listeners. */
  public Snapshot snapshot() {
    lock.lock();
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
    return machine.settings();
  }

  private <T> void tellInOrder(Function<SeatMachine, T> question, Consumer<? super T> callback) {
    Objects.requireNonNull(callback, "callback");
    boolean deliver;
    lock.lock();
    try {
      T answer = question.apply(machine);
      queue.add((Runnable) () -> callback.accept(answer));
      deliver = undelivered.getAndIncrement() == 0;
    } finally {
      lock.unlock();
    }
    if (deliver) {
      deliverQueue();
    }
  }

  /**
   * Calls the listener with every event that is delivered from now on.
   *
   * @return ends the subscription: no event is given to the listener after its {@code close} has
   *     returned, except one that is being delivered just then
   */
  public Subscription listen(Consumer<? super Event> listener) {
    Consumer<Event> own = Objects.requireNonNull(listener, "listener")::accept;
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  /** A listener's place in a show; closing it again does nothing. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Whether it could be forgotten without a trace, but for the number of its changes. */
  boolean isEmpty() {
    lock.lock();
    try {
      return machine.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is due by the clock now. */
  void tick() {
    apply(new Command.Tick());
  }

  private Result decide(Command command, @Nullable Consumer<? super Result> callback) {
    Objects.requireNonNull(command, "command");
    Result result;
    Event only = null;
    boolean deliver = false;
    lock.lock();
    try {
      decided.clear();
      result = machine.apply(command, clock.millis(), toDecided);
      if (machine.nextDeadline() < wakeAt) {
        wakeAtNextDeadline();
      }
      if (callback == null && decided.size() == 1 && undelivered.compareAndSet(0, 1)) {
        only = decided.get(0);
      } else if (callback != null || !decided.isEmpty()) {
        queue.addAll(decided);
        if (callback != null) {
          queue.add((Runnable) () -> callback.accept(result));
        }
        deliver = undelivered.getAndAdd(decided.size() + (callback == null ? 0 : 1)) == 0;
      }
    } finally {
      lock.unlock();
    }
    if (only != null) {
      tell(only);
      deliver = undelivered.decrementAndGet() > 0;
    }
    if (deliver) {
      deliverQueue();
    }
    return result;
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
    for (Consumer<Event> listener : listeners) {
      run(() -> listener.accept(event));
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

  private void wakeAtNextDeadline() {
    long at = machine.nextDeadline();
    wakeAt = at;
    timer.runIn(at - clock.millis(), () -> wake(at));
  }

  /** Ends what is due, unless a later call of the timer has taken this one's place. */
  private void wake(long at) {
    lock.lock();
    try {
      if (at != wakeAt) {
        return;
      }
      wakeAt = Long.MAX_VALUE;
    } finally {
      lock.unlock();
    }
    tick();
  }
}
