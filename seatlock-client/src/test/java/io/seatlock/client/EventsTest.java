package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.EventType;
import io.seatlock.core.SeatStatus;
import io.seatlock.protocol.ClassicMessage.StartState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the listener hears, and what the mirror shows. */
class EventsTest extends ClientTestBase {

  @Test
  void connect_mirrorHasTheStateOfTheShow() {
    server.startState = new StartState(List.of("A1"), List.of("A2"), List.of("A3"));

    Seats seats = connect().seats();

    assertThat(seats.taken())
        .isEqualTo(
            Map.of("A1", SeatStatus.LOCKED, "A2", SeatStatus.RESERVED, "A3", SeatStatus.PAID));
    assertThat(seats.status("A4")).isEqualTo(SeatStatus.AVAILABLE);
    assertThat(seats.mine()).isEmpty();
  }

  @Test
  void everyEvent_isHeardInOrder_andShownByTheMirror() {
    SeatLockClient client = connect();
    get(client.lock("M1"));
    get(client.lock("M2"));
    get(client.lock("M3"));
    get(client.unlock("M3"));
    server.send(EventType.LOCKED, "A1");
    server.send(EventType.LOCKED, "A2");
    server.send(EventType.UNLOCKED, "A2");
    server.send(EventType.RESERVED, "A3");
    server.send(EventType.RESERVED, "A4");
    server.send(EventType.UNRESERVED, "A4");
    server.send(EventType.PAID, "A5");
    server.send(EventType.PAID, "A6");
    server.send(EventType.UNPAID, "A6");
    server.send(EventType.PAID, "M2");
    server.send("{\"event\":\"deleted\",\"data\":[\"M1\"]}");

    soon().until(() -> recorder.events.contains("deleted [M1]"));
    assertThat(recorder.events)
        .containsExactly(
            "lockedForYou M1",
            "lockedForYou M2",
            "lockedForYou M3",
            "unlockedForYou M3",
            "locked A1",
            "locked A2",
            "unlocked A2",
            "reserved A3",
            "reserved A4",
            "unreserved A4",
            "paid A5",
            "paid A6",
            "unpaid A6",
            "paid M2",
            "deleted [M1]");
    assertThat(client.seats().taken())
        .isEqualTo(
            Map.of(
                "A1", SeatStatus.LOCKED,
                "A3", SeatStatus.RESERVED,
                "A5", SeatStatus.PAID,
                "M2", SeatStatus.PAID));
    assertThat(client.seats().mine()).isEmpty();
  }

  @Test
  void seats_snapshot_neverChanges() {
    SeatLockClient client = connect();
    Seats before = client.seats();
    get(client.lock("A1"));

    assertThat(before.taken()).isEmpty();
    assertThat(before.mine()).isEmpty();
    assertThat(client.seats().mine()).containsExactly("A1");
    assertThat(client.seats()).isSameAs(client.seats());
  }

  @Test
  void oneMethod_hearsOfEverySeat() {
    List<String> changes = new CopyOnWriteArrayList<>();
    SeatLockClient client =
        connect(
            builder()
                .listener(
                    new SeatListener() {
                      @Override
                      public void onSeatChanged(String seat, SeatStatus status) {
                        changes.add(seat + " " + status);
                      }
                    }));
    get(client.lock("A1"));
    get(client.unlock("A1"));
    for (EventType type :
        List.of(
            EventType.LOCKED,
            EventType.UNLOCKED,
            EventType.RESERVED,
            EventType.UNRESERVED,
            EventType.PAID,
            EventType.UNPAID)) {
      server.send(type, "B1");
    }
    server.send("{\"event\":\"deleted\",\"data\":[\"C1\",\"C2\"]}");

    soon().until(() -> changes.size() == 10);
    assertThat(changes)
        .containsExactly(
            "A1 LOCKED",
            "A1 AVAILABLE",
            "B1 LOCKED",
            "B1 AVAILABLE",
            "B1 RESERVED",
            "B1 AVAILABLE",
            "B1 PAID",
            "B1 AVAILABLE",
            "C1 AVAILABLE",
            "C2 AVAILABLE");
  }

  @Test
  void mirror_isUpToDate_whenTheListenerHears() {
    AtomicReference<SeatLockClient> client = new AtomicReference<>();
    CountDownLatch connected = new CountDownLatch(1);
    List<SeatStatus> seen = new CopyOnWriteArrayList<>();
    client.set(
        connect(
            builder()
                .listener(
                    new SeatListener() {
                      @Override
                      public void onPaid(String seat) {
                        CallsTest.awaitLatch(connected);
                        seen.add(client.get().seats().status(seat));
                      }
                    })));
    connected.countDown();
    server.send(EventType.PAID, "A1");

    soon().until(() -> !seen.isEmpty());
    assertThat(seen).containsExactly(SeatStatus.PAID);
  }

  @Test
  void events_onAPool_areStillOneAtATimeAndInOrder() {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      List<String> heard = new ArrayList<>(); // Not thread-safe on purpose.
      AtomicInteger count = new AtomicInteger();
      connect(
          builder()
              .callbackExecutor(pool)
              .listener(
                  new SeatListener() {
                    @Override
                    public void onSeatChanged(String seat, SeatStatus status) {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      heard.add(seat);
                      inside.decrementAndGet();
                      count.incrementAndGet();
                    }
                  }));
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        server.send(EventType.LOCKED, "A" + i);
        sent.add("A" + i);
      }

      soon().until(() -> count.get() == 2000);
      assertThat(most).hasValue(1);
      assertThat(heard).isEqualTo(sent);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void listener_thatThrows_hearsTheNextEvent_andTheLogTells() {
    Logger logger = Logger.getLogger("io.seatlock.client");
    List<Throwable> logged = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      Recorder throwing =
          new Recorder() {
            @Override
            public void onLocked(String seat) {
              throw new AssertionError("planted");
            }
          };
      SeatLockClient client = connect(builder().listener(throwing));
      server.send(EventType.LOCKED, "A1");
      server.send(EventType.PAID, "A2");

      soon().until(() -> throwing.events.contains("paid A2"));
      assertThat(get(client.lock("A3")).isGranted()).isTrue();
      assertThat(logged).singleElement().isInstanceOf(AssertionError.class);
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(handler);
    }
  }

  @Test
  void listener_thatBlocks_holdsUpNeitherCallsNorTheMirror() {
    CountDownLatch release = new CountDownLatch(1);
    Recorder blocking =
        new Recorder() {
          @Override
          public void onLocked(String seat) {
            CallsTest.awaitLatch(release);
            super.onLocked(seat);
          }
        };
    SeatLockClient client = connect(builder().listener(blocking));
    server.send(EventType.LOCKED, "A1");
    server.send(EventType.PAID, "A2");

    assertThat(get(client.lock("A3")).isGranted()).isTrue();
    assertThat(client.seats().status("A2")).isEqualTo(SeatStatus.PAID);
    assertThat(blocking.events).isEmpty();
    release.countDown();
    soon().until(() -> blocking.events.size() == 3);
    assertThat(blocking.events).containsExactly("locked A1", "paid A2", "lockedForYou A3");
  }

  @Test
  void callbackExecutor_thatRefuses_hurtsNeitherConnectionNorCalls() {
    ExecutorService ended = Executors.newSingleThreadExecutor();
    ended.shutdown();
    SeatLockClient client = connect(builder().callbackExecutor(ended));
    server.send(EventType.PAID, "A1");

    assertThat(get(client.lock("A2")).isGranted()).isTrue();
    assertThat(client.seats().status("A1")).isEqualTo(SeatStatus.PAID);
    assertThat(recorder.events).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not JSON",
        "[]",
        "{}",
        "{\"event\":7,\"data\":\"A1\"}",
        "{\"event\":\"locked\"}",
        "{\"event\":\"locked\",\"data\":{}}",
        "{\"event\":\"locked\",\"data\":[\"A1\"]}",
        "{\"event\":\"deleted\",\"data\":\"A1\"}",
        "{\"event\":\"startstate\",\"data\":{\"locked\":\"A1\"}}",
        "{\"event\":\"startstate\",\"data\":{\"locked\":[\"A1\"]}}",
        "{\"event\":\"somethingNew\",\"data\":{\"deep\":[1,2]}}",
        "{\"event\":\"alreadyLocked\",\"data\":\"A1\"}",
        "{\"event\":\"unauthorized\",\"data\":\"nobody asked\"}",
        "{\"event\":\"unblocked\",\"data\":\"A1\"}",
      })
  void messageThatIsMalformedOrUnknown_isSkipped(String message) {
    SeatLockClient client = connect();
    server.send(message);
    server.client.send(new byte[] {1, 2, 3});
    server.send(EventType.PAID, "A2");

    soon().until(() -> recorder.events.contains("paid A2"));
    assertThat(recorder.events).containsExactly("paid A2");
    assertThat(client.seats().taken()).containsOnlyKeys("A2");
    assertThat(get(client.lock("A3")).isGranted()).isTrue();
  }

  @Test
  void messageBeforeTheStateOfTheShow_isSkipped() {
    server.sendsStartState = false;
    var connecting = builder().connect();
    soon().until(() -> server.client != null);
    server.send(EventType.PAID, "A1");
    server.send("{\"event\":\"startstate\",\"data\":{\"locked\":[\"A2\"]}}");

    SeatLockClient client = get(connecting);
    clients.add(client);
    assertThat(client.seats().taken()).containsOnlyKeys("A2");
  }
}
