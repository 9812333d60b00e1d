package io.seatlock.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls a listener one event after the other on an executor of any kind. Safe for many threads.
 *
 * <p>Adding and running are two steps, so that events can be added in order while a lock is held
 * that the executor must not see: {@link #add}, then without the lock {@link #run}.
 */
final class Callbacks {

  /** How far a listener may fall behind. */
  static final int LIMIT = 10_000;

  /** After so many events in one task the executor may do something else. */
  private static final int BATCH = 100;

  private static final Logger LOG = System.getLogger(Callbacks.class.getPackageName());

  private final SeatListener listener;
  private final Executor executor;
  private final Queue<Consumer<SeatListener>> waiting = new ArrayDeque<>();
  private boolean running;
  private long missed;
  private volatile boolean refused;

  Callbacks(SeatListener listener, Executor executor) {
    this.listener = listener;
    this.executor = executor;
  }

  /** Adds an event of the show, unless the listener is too far behind. */
  synchronized void add(Consumer<SeatListener> event) {
    if (missed > 0 || waiting.size() >= LIMIT) {
      missed++;
    } else {
      waiting.add(event);
    }
  }

  /** Adds an event that is never left out. */
  synchronized void addAlways(Consumer<SeatListener> event) {
    waiting.add(event);
  }

  /** Sees to it that what was added is called. Must be called without a lock held. */
  void run() {
    synchronized (this) {
      if (running || (waiting.isEmpty() && missed == 0)) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::callBatch);
    } catch (Throwable e) {
      // Once aloud: it is probably shut down, and a show has many events.
      LOG.log(
          refused ? Level.DEBUG : Level.WARNING,
          "The callback executor takes no task; the events are dropped.",
          e);
      dropAll();
    }
  }

  private void callBatch() {
    for (int i = 0; ; i++) {
      Consumer<SeatListener> event = next();
      if (event == null) {
        return;
      }
      try {
        event.accept(listener);
      } catch (Throwable e) {
        LOG.log(Level.WARNING, "The listener threw; the client goes on.", e);
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

  /** The next event; null, and nothing is running any more, if there is none. */
  private synchronized @Nullable Consumer<SeatListener> next() {
    Consumer<SeatListener> event = waiting.poll();
    if (event == null && missed > 0) {
      long count = missed;
      missed = 0;
      return heard -> heard.onEventsMissed(count);
    }
    running = event != null;
    return event;
  }

  private synchronized void dropAll() {
    waiting.clear();
    missed = 0;
    running = false;
    refused = true;
  }
}
