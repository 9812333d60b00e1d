package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

import io.seatlock.client.testkit.FakeSeatLockServer;
import io.seatlock.core.Command;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the program's code may do to a client: throw, block, close it, fall behind. */
class CallbacksTest extends ClientTestBase {

  private final FakeSeatLockServer server = closing(FakeSeatLockServer.start());
  private final Recorder recorder = new Recorder();

  private SeatLockClient.Builder builder() {
    return SeatLockClient.builder(server.uri());
  }

  @Test
  void listenerThatThrows_hearsTheRest() {
    SeatListener throwing = mock();
    doThrow(new IllegalStateException("out of order")).when(throwing).onLocked(any());
    SeatLockClient client = connect(builder().listener(throwing));
    var other = server.show().openSession();
    other.lock("A1");
    other.lock("A2");

    verify(throwing, timeout(10_000).times(2)).onLocked(any());
    granted(get(client.lock("A3")));
  }

  @Test
  void listenerThatBlocks_keepsNothingElseFromRunning() {
    CountDownLatch release = new CountDownLatch(1);
    SeatLockClient client =
        connect(
            builder()
                .listener(
                    new SeatListener() {
                      @Override
                      public void onLockedForYou(SeatEvent.LockedForYou event) {
                        awaitLatch(release);
                      }
                    }));
    granted(get(client.lock("A1")));
    granted(get(client.lock("A2")));
    assertThat(client.seats().mine()).containsExactly("A1", "A2");
    client.close();
    release.countDown();
  }

  @Test
  void events_onAPool_comeInOrder() {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    closing((AutoCloseable) pool::shutdown);
    connect(builder().listener(recorder).callbackExecutor(pool));
    List<String> expected =
        IntStream.range(0, 500)
            .mapToObj(
                i -> {
                  server.show().apply(Command.pay("A" + i));
                  return "[A" + i + "] PAID";
                })
            .toList();

    soon().until(() -> recorder.changes.size() == 500);
    assertThat(recorder.changes).isEqualTo(expected);
  }

  @Test
  void executorThatTakesNothing_doesNoHarm() {
    Executor full = mock();
    doThrow(new RejectedExecutionException("full")).when(full).execute(any());
    SeatLockClient client = connect(builder().listener(recorder).callbackExecutor(full));

    granted(get(client.lock("A1")));
    verify(full, atLeastOnce()).execute(any());
    assertThat(recorder.changes).isEmpty();
  }

  @Test
  void continuation_mayBlockForAnotherCall() {
    SeatLockClient client = connect(builder());

    assertThat(get(client.lock("A1").thenApply(first -> get(client.lock("A2")))).isGranted())
        .isTrue();
  }

  @Test
  void close_byTheListener_isDone() {
    AtomicReference<SeatLockClient> client = new AtomicReference<>();
    CountDownLatch connected = new CountDownLatch(1);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    client.set(
        connect(
            builder()
                .listener(
                    new SeatListener() {
                      @Override
                      public void onPaid(SeatEvent.Paid event) {
                        awaitLatch(connected);
                        client.get().close();
                        closed.complete(null);
                      }
                    })));
    connected.countDown();
    server.show().apply(Command.pay("A1"));

    get(closed);
    assertThat(client.get().state()).isEqualTo(ConnectionState.CLOSED);
  }

  @Test
  void close_byAContinuation_isDone() {
    SeatLockClient client = connect(builder());

    get(client.lock("A1").thenAccept(outcome -> client.close()));
    assertThat(client.state()).isEqualTo(ConnectionState.CLOSED);
  }

  // --- subscribers

  @Test
  void subscriber_getsWhatItAsksFor_thenTheEnd() {
    SeatLockClient client = connect(builder());
    Subscriber subscriber = new Subscriber();
    client.events().subscribe(subscriber);
    server.show().apply(Command.pay("A1"));
    server.show().apply(Command.pay("A2"));
    soon().until(() -> client.seats().seq() == 2);
    assertThat(subscriber.events).isEmpty();
    subscriber.subscription.request(1);
    soon().until(() -> subscriber.events.size() == 1);
    subscriber.subscription.request(Long.MAX_VALUE);
    soon().until(() -> subscriber.events.size() == 2);
    client.close();

    soon().until(() -> subscriber.completed);
    assertThat(subscriber.events)
        .containsExactly(
            new SeatEvent.Paid(1, List.of("A1")),
            new SeatEvent.Paid(2, List.of("A2")),
            new SeatEvent.StateChanged(ConnectionState.CLOSED, "closed by the program"));
  }

  @Test
  void subscriber_thatAsksAfterTheEnd_getsTheRest() {
    SeatLockClient client = connect(builder());
    Subscriber subscriber = new Subscriber();
    client.events().subscribe(subscriber);
    client.close();
    subscriber.subscription.request(5);

    soon().until(() -> subscriber.completed);
    assertThat(subscriber.events).hasSize(1);
  }

  @Test
  void subscriber_cancelled_hearsNothing() {
    SeatLockClient client = connect(builder().listener(recorder));
    Subscriber subscriber = new Subscriber();
    client.events().subscribe(subscriber);
    subscriber.subscription.request(5);
    subscriber.subscription.cancel();
    server.show().apply(Command.pay("A1"));
    soon().until(() -> recorder.changes.size() == 1);

    assertThat(subscriber.events).isEmpty();
  }

  @Test
  void receiver_tooFarBehind_missesEventsAndIsTold_butNoState() {
    List<SeatEvent> heard = new CopyOnWriteArrayList<>();
    Delivery delivery = new Delivery(heard::add, () -> {}, Runnable::run);
    SeatEvent paid = new SeatEvent.Paid(1, List.of("A1"));
    for (int i = 0; i < Delivery.LIMIT + 7; i++) {
      delivery.addEvent(paid);
    }
    delivery.addEvent(new SeatEvent.StateChanged(ConnectionState.LOST, "test"));
    delivery.request(Long.MAX_VALUE);
    delivery.run();
    delivery.addEvent(paid);
    delivery.run();

    assertThat(heard).hasSize(Delivery.LIMIT + 3);
    assertThat(heard.subList(Delivery.LIMIT, Delivery.LIMIT + 3))
        .containsExactly(
            new SeatEvent.StateChanged(ConnectionState.LOST, "test"),
            new SeatEvent.Missed(7),
            paid);
  }

  @Test
  void receiver_thatIsNeverCalled_costsNoMoreMemory() {
    List<SeatEvent> heard = new ArrayList<>();
    Delivery delivery = new Delivery(heard::add, () -> {}, Runnable::run);
    SeatEvent suspended = new SeatEvent.StateChanged(ConnectionState.SUSPENDED, "test");
    for (int i = 0; i < 2 * Delivery.LIMIT + 3; i++) {
      delivery.addEvent(suspended);
    }
    delivery.request(Long.MAX_VALUE);
    delivery.run();

    assertThat(heard).hasSize(2 * Delivery.LIMIT + 1).endsWith(new SeatEvent.Missed(3));
  }

  @Test
  void executorThatIsFullForAMoment_losesNothing() {
    List<SeatEvent> heard = new CopyOnWriteArrayList<>();
    AtomicInteger refusals = new AtomicInteger(2);
    Delivery delivery =
        new Delivery(
            heard::add,
            () -> {},
            task -> {
              if (refusals.getAndDecrement() > 0) {
                throw new RejectedExecutionException("full");
              }
              task.run();
            });
    delivery.request(Long.MAX_VALUE);
    SeatEvent suspended = new SeatEvent.StateChanged(ConnectionState.SUSPENDED, "test");
    SeatEvent paid = new SeatEvent.Paid(1, List.of("A1"));
    SeatEvent online = new SeatEvent.StateChanged(ConnectionState.ONLINE, "test");
    for (SeatEvent event : List.of(suspended, paid, online)) {
      delivery.addEvent(event);
      delivery.run();
    }

    assertThat(heard).containsExactly(suspended, paid, online);
  }

  @Test
  void subscriber_thatAsksForNothing_isToldOnce_onTheExecutor() {
    Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    Events events = new Events(null, tasks::add);
    Subscriber subscriber = new Subscriber();
    events.subscribe(subscriber);
    events.addEvent(new SeatEvent.Paid(1, List.of("A1")));
    subscriber.subscription.request(0);
    subscriber.subscription.request(-1);
    assertThat(subscriber.errors).isEmpty();
    runAll(tasks);
    subscriber.subscription.request(0);
    runAll(tasks);

    assertThat(subscriber.errors).hasSize(1);
    assertThat(subscriber.errors.peek()).isInstanceOf(IllegalArgumentException.class);
    assertThat(subscriber.events).isEmpty();
    assertThat(subscriber.completed).isFalse();
  }

  @Test
  void subscriber_thatAsksForNothingAfterTheEnd_isNotTold() {
    Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    Events events = new Events(null, tasks::add);
    Subscriber completed = new Subscriber();
    events.subscribe(completed);
    Subscriber cancelled = new Subscriber();
    events.subscribe(cancelled);
    cancelled.subscription.cancel();
    events.endEvents();
    events.run();
    runAll(tasks);
    completed.subscription.request(0);
    cancelled.subscription.request(0);
    runAll(tasks);

    assertThat(completed.completed).isTrue();
    assertThat(completed.errors).isEmpty();
    assertThat(cancelled.errors).isEmpty();
  }

  private static void runAll(Queue<Runnable> tasks) {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Test
  void subscriber_cancelledWhenItSubscribes_isForgotten() {
    Events events = new Events(null, Runnable::run);
    WeakReference<Subscriber> subscriber = subscribeAndCancel(events);

    soon()
        .until(
            () -> {
              System.gc();
              return subscriber.get() == null;
            });
    events.run(); // Keeps the publisher.
  }

  private static WeakReference<Subscriber> subscribeAndCancel(Events events) {
    Subscriber subscriber =
        new Subscriber() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
          }
        };
    events.subscribe(subscriber);
    return new WeakReference<>(subscriber);
  }

  private static class Subscriber implements Flow.Subscriber<SeatEvent> {
    final List<SeatEvent> events = new CopyOnWriteArrayList<>();
    final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    volatile Flow.Subscription subscription;
    volatile boolean completed;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public void onNext(SeatEvent event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable e) {
      errors.add(e);
    }

    @Override
    public void onComplete() {
      completed = true;
    }
  }
}
