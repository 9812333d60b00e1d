package io.seatlock.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives events one after the other to one receiver, on an executor of any kind, and only as many as
 * the receiver has asked for. Safe for many threads.
 *
 * <p>Adding and running are two steps, so that events can be added in order while a lock is held
 * that the executor must not see: {@link #addEvent}, then without the lock {@link #run}.
 */
final class Delivery {

  /** How far a receiver may fall behind. */
  static final int LIMIT = 10_000;

  /** After so many events in one task the executor may do something else. */
  private static final int BATCH = 100;

  private static final Logger LOG = Logger.getLogger("io.seatlock.client");

  private final Consumer<SeatEvent> receiver;
  private final Executor executor;
  private final Queue<SeatEvent> waiting = new ArrayDeque<>();
  private Runnable atEnd;
  private long demand;
  private long missed;
  private boolean running;
  private boolean ended;
  private boolean over;
  private volatile boolean refused;

  /**
   * With nothing asked for yet.
   *
   * @param atEnd called once, after the last event, if there is a last one
   */
  Delivery(Consumer<SeatEvent> receiver, Runnable atEnd, Executor executor) {
    this.receiver = receiver;
    this.atEnd = atEnd;
    this.executor = executor;
  }

  /**
   * Adds an event. Events of the show are left out if the receiver is too far behind, those of the
   * connection if it is twice as far.
   */
  synchronized void addEvent(SeatEvent event) {
    if (ended || over) {
      return;
    }
    boolean fits =
        event instanceof SeatEvent.StateChanged
            ? waiting.size() < 2 * LIMIT
            : waiting.size() < LIMIT && missed == 0;
    if (fits) {
      waiting.add(event);
    } else {
      missed++;
    }
  }

  /** Asks for so many more events. */
  synchronized void request(long count) {
    demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
  }

  /** Nothing is added any more: what waits is the rest. */
  synchronized void endEvents() {
    ended = true;
  }

  /** Nothing is added any more and what waits is dropped: this is the end instead. */
  synchronized void endAtOnce(Runnable atOnce) {
    waiting.clear();
    missed = 0;
    ended = true;
    atEnd = atOnce;
  }

  /** The receiver wants nothing more. */
  synchronized void cancel() {
    waiting.clear();
    missed = 0;
    over = true;
  }

  /** Whether the receiver hears nothing more. */
  synchronized boolean isOver() {
    return over;
  }

  /** Sees to it that the receiver gets what it can have. Must be called without a lock held. */
  void run() {
    synchronized (this) {
      if (running || !hasWork()) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::callBatch);
    } catch (Throwable e) {
      // Once aloud: it may be shut down, and a show has many events.
      LOG.log(
          refused ? Level.FINE : Level.WARNING,
          "The callback executor takes no task; the events wait.",
          e);
      refused = true;
      synchronized (this) {
        running = false;
      }
    }
  }

  private boolean hasWork() {
    boolean any = !waiting.isEmpty() || missed > 0;
    return !over && (any ? demand > 0 : ended);
  }

  private void callBatch() {
    for (int i = 0; ; i++) {
      Runnable next = next();
      if (next == null) {
        return;
      }
      try {
        next.run();
      } catch (Throwable e) {
        LOG.log(Level.WARNING, "A receiver of events threw; the client goes on.", e);
      }
      if (i >= BATCH && giveWay()) {
        return;
      }
    }
  }

  private boolean giveWay() {
    try {
      executor.execute(this::callBatch);
      return true;
    } catch (Throwable e) {
      return false; // It takes no more tasks, but it runs this one: finish here.
    }
  }

  /** What is to be done next; null, and nothing is running any more, if there is nothing. */
  private synchronized @Nullable Runnable next() {
    if (!hasWork()) {
      running = false;
      return null;
    }
    SeatEvent event = waiting.poll();
    if (event == null && missed > 0) {
      event = new SeatEvent.Missed(missed);
      missed = 0;
    }
    if (event == null) {
      over = true;
      return atEnd;
    }
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    SeatEvent told = event;
    return () -> receiver.accept(told);
  }
}
