package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients and the real server, on a line without faults. */
class EndToEndTest extends ClientTestBase {

  private final Recorder recorder = new Recorder();
  private RealServer server;
  private SeatLockClient kiosk;
  private SeatLockClient backend;

  @BeforeEach
  void connectTwo() {
    server = closing(new RealServer(ShowSettings.DEFAULT));
    kiosk = connect(SeatLockClient.builder(server.uri()).listener(recorder));
    backend = connect(SeatLockClient.builder(server.uri()).key(RealServer.KEY));
  }

  @Test
  void lock_isGranted_andSeenByAll() {
    Outcome.Granted granted = granted(get(kiosk.lock("A1", "A2")));

    assertThat(granted.seats()).containsExactly("A1", "A2");
    assertThat(granted.expiresIn()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    assertThat(kiosk.seats().mine()).containsExactly("A1", "A2");
    assertThat(kiosk.seats().timeLeft()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    soon().until(() -> backend.seats().taken().size() == 2);
    assertThat(backend.seats().mine()).isEmpty();
    assertThat(backend.seats().seq()).isEqualTo(granted.seq());
    soon().until(() -> recorder.changes.contains("[A1, A2] LOCKED"));
  }

  @Test
  void lock_oneSeatTaken_refusesAll() {
    granted(get(kiosk.lock("A1")));

    assertThat(get(backend.lock("A1", "A2")))
        .isEqualTo(new Outcome.Refused(Reason.ALREADY_LOCKED, Map.of("A1", Reason.ALREADY_LOCKED)));
    assertThat(backend.seats().status("A2")).isEqualTo(SeatStatus.AVAILABLE);
  }

  @Test
  void lock_again_isGranted_andChangesNothing() {
    long seq = granted(get(kiosk.lock("A1"))).seq();

    assertThat(granted(get(kiosk.lock("A1"))).seq()).isEqualTo(seq);
    assertThat(kiosk.seats().mine()).containsExactly("A1");
  }

  @Test
  void unlock_extend_unlockAll() {
    granted(get(kiosk.lock("A1", "A2", "A3")));
    assertThat(granted(get(kiosk.unlock("A2"))).seats()).containsExactly("A2");
    assertThat(granted(get(kiosk.extend())).expiresIn()).isPositive();
    assertThat(kiosk.seats().mine()).containsExactly("A1", "A3");
    assertThat(granted(get(kiosk.unlockAll())).seats()).containsExactly("A1", "A3");
    assertThat(kiosk.seats().mine()).isEmpty();
    assertThat(kiosk.seats().timeLeft()).isZero();
    assertThat(get(kiosk.extend())).isEqualTo(new Outcome.Refused(Reason.NOTHING_LOCKED, Map.of()));
  }

  @Test
  void sale_withHolderDueAndRef() {
    granted(get(kiosk.lock("A1", "A2")));
    assertThat(get(backend.pay(Sale.ofSeats("A1").heldBy(backend.holder()))))
        .isInstanceOf(Outcome.Refused.class);
    granted(get(backend.pay(Sale.ofSeats("A1").heldBy(kiosk.holder()).ref("order 1"))));
    granted(get(backend.reserve(Sale.ofSeats("A2").due(Instant.now().plusSeconds(3600)))));

    assertThat(backend.seats().taken())
        .isEqualTo(Map.of("A1", SeatStatus.PAID, "A2", SeatStatus.RESERVED));
    soon().until(() -> kiosk.seats().taken().equals(backend.seats().taken()));
    assertThat(kiosk.seats().mine()).isEmpty();
  }

  @Test
  void everyPrivilegedAction() {
    granted(get(backend.reserve("A1")));
    granted(get(backend.unreserve(Sale.ofSeats("A1").because("typo"))));
    granted(get(backend.pay("A1")));
    granted(get(backend.unpay("A1")));
    granted(get(backend.pay("A1")));
    granted(get(backend.reserve("A2")));
    granted(get(backend.revoke("A1", "A2")));
    granted(get(backend.block("A1")));
    granted(get(backend.unblock("A1")));
    granted(get(backend.block("A1")));

    assertThat(backend.seats().taken()).isEqualTo(Map.of("A1", SeatStatus.BLOCKED));
    soon().until(() -> kiosk.seats().seq() == backend.seats().seq());
    assertThat(kiosk.seats().taken()).isEqualTo(backend.seats().taken());
  }

  @Test
  void privilegedAction_withoutKey_isForbidden() {
    assertThat(get(kiosk.pay("A1"))).isInstanceOf(Outcome.Forbidden.class);
    assertThat(kiosk.seats().taken()).isEmpty();
  }

  @Test
  void manyCallsAtOnce_areAllAnsweredInOrder() {
    List<java.util.concurrent.CompletableFuture<Outcome>> calls =
        java.util.stream.IntStream.range(0, Reconnector.MAX_OPEN_CALLS)
            .mapToObj(i -> i % 2 == 0 ? kiosk.lock("A1") : kiosk.unlock("A1"))
            .toList();

    assertThat(calls).allSatisfy(call -> assertThat(get(call).isGranted()).isTrue());
    assertThat(kiosk.seats().mine()).isEmpty();
    assertThat(kiosk.seats().seq()).isEqualTo(Reconnector.MAX_OPEN_CALLS);
  }

  @Test
  void close_releasesTheLocksAtOnce() {
    granted(get(kiosk.lock("A1")));
    soon().until(() -> backend.seats().taken().size() == 1);
    kiosk.close();

    soon().until(() -> backend.seats().taken().isEmpty());
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
    assertThat(recorder.states).containsExactly(ConnectionState.ONLINE, ConnectionState.CLOSED);
  }

  static Outcome.Granted granted(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Granted.class);
    return (Outcome.Granted) outcome;
  }
}
