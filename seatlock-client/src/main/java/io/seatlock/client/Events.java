package io.seatlock.client;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Delivers events to a client's listener and to its subscribers. Safe for many threads.
 *
 * <p>As with {@link Delivery}: {@link #addEvent} under a lock, then {@link #run} without it.
 */
final class Events implements Flow.Publisher<SeatEvent> {

  private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private final Executor executor;
  private boolean ended;

  Events(@Nullable SeatListener listener, Executor executor) {
    this.executor = executor;
    if (listener != null) {
      Delivery delivery = new Delivery(event -> event.notifyListener(listener), () -> {}, executor);
      delivery.request(Long.MAX_VALUE);
      deliveries.add(delivery);
    }
  }

  void addEvent(SeatEvent event) {
    deliveries.forEach(delivery -> delivery.addEvent(event));
  }

  /** The event that was added last was the last. */
  synchronized void endEvents() {
    ended = true;
    deliveries.forEach(Delivery::endEvents);
  }

  void run() {
    deliveries.forEach(Delivery::run);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super SeatEvent> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    Delivery delivery = new Delivery(subscriber::onNext, subscriber::onComplete, executor);
    subscriber.onSubscribe(new Subscription(delivery, subscriber));
    synchronized (this) {
      if (ended) {
        delivery.endEvents();
      } else if (!delivery.isOver()) {
        deliveries.add(delivery);
      }
    }
    delivery.run();
  }

  private synchronized void remove(Delivery delivery) {
    delivery.cancel();
    deliveries.remove(delivery);
  }

  private final class Subscription implements Flow.Subscription {
    private final Delivery delivery;
    private final Flow.Subscriber<? super SeatEvent> subscriber;

    Subscription(Delivery delivery, Flow.Subscriber<? super SeatEvent> subscriber) {
      this.delivery = delivery;
      this.subscriber = subscriber;
    }

    @Override
    public void request(long count) {
      if (count > 0) {
        delivery.request(count);
      } else {
        delivery.endAtOnce(() -> fail(new IllegalArgumentException("request(" + count + ")")));
      }
      delivery.run();
    }

    private void fail(Throwable misuse) {
      remove(delivery);
      subscriber.onError(misuse);
    }

    @Override
    public void cancel() {
      remove(delivery);
    }
  }
}
