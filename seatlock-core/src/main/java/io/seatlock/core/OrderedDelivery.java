package io.seatlock.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what happens in one show to its listeners and callbacks: in one order, one thing at a
 * time, outside the lock in which it was decided. Safe for use by many threads.
 */
final class OrderedDelivery {
  /*
   * The order of delivery is that of decision because the caller takes a place in the queue under
   * the lock under which it decides. `undelivered` counts what has a place and is not delivered yet;
   * the thread that raises it from 0 delivers until it is 0 again. The common case, one thing and nobody
   * delivering, takes its turn under the lock and then needs no queue.
   */

  private static final Logger LOG = System.getLogger("io.seatlock.core");

  private final String show;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger undelivered = new AtomicInteger();
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

  OrderedDelivery(String show) {
    this.show = show;
  }

  /** Compared by identity: the same consumer may listen twice. */
  private static final class Listener {
    final Consumer<? super Decision> hear;

    Listener(Consumer<? super Decision> hear) {
      this.hear = hear;
    }
  }

  Show.Subscription addListener(Consumer<? super Decision> hear) {
    Listener own = new Listener(hear);
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  /** Whether anybody listens. */
  boolean hasListeners() {
    return !listeners.isEmpty();
  }

  /** Calls a listener of events with each of them; one that throws harms no other event. */
  void deliverEvents(Decision decision, Consumer<? super Event> listener) {
    for (Event event : decision.ended()) {
      run(() -> listener.accept(event));
    }
    for (Event event : decision.events()) {
      run(() -> listener.accept(event));
    }
  }

  /**
   * Takes the turn to deliver something at once, if nothing else is to be delivered before it. Then
   * {@link #deliverNow} must follow.
   */
  boolean takeTurn() {
    return undelivered.compareAndSet(0, 1);
  }

  /** Delivers something whose turn was taken, and then what has come meanwhile. */
  void deliverNow(Decision decision, @Nullable Consumer<? super Decision> callback) {
    deliver(decision, callback);
    if (undelivered.decrementAndGet() > 0) {
      deliverQueue();
    }
  }

  /**
   * Puts a decision at the end of what is to be delivered, and behind it the callback.
   *
   * @return whether it is the caller's turn to {@link #deliverQueue}
   */
  boolean enqueue(Decision decision, @Nullable Consumer<? super Decision> callback) {
    return enqueue(() -> deliver(decision, callback));
  }

  /**
   * Puts a call at the end of what is to be delivered.
   *
   * @return whether it is the caller's turn to {@link #deliverQueue}
   */
  boolean enqueue(Runnable call) {
    queue.add(call);
    return undelivered.getAndIncrement() == 0;
  }

  /** Delivers until nothing is undelivered. Only for the thread whose turn it is. */
  void deliverQueue() {
    do {
      run(Objects.requireNonNull(queue.poll()));
    } while (undelivered.decrementAndGet() > 0);
  }

  private void deliver(Decision decision, @Nullable Consumer<? super Decision> callback) {
    for (Listener listener : listeners) {
      run(() -> listener.hear.accept(decision));
    }
    if (callback != null) {
      run(() -> callback.accept(decision));
    }
  }

  private void run(Runnable foreign) {
    try {
      foreign.run();
    } catch (Throwable e) {
      report("a listener of show " + show + " threw", e);
    }
  }

  /** Writes to the system logger, whatever that throws. */
  static void report(String what, Throwable thrown) {
    try {
      LOG.log(Level.ERROR, what, thrown);
    } catch (Throwable e) {
      // Nobody is left to tell; but if this got out, nothing would ever be delivered again.
    }
  }
}
