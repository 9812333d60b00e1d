package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.client.FaultyProxy.Fault;
import io.seatlock.client.FaultyProxy.Way;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client behind a line that fails, the real server, and a witness on a line that does not. */
class FaultsTest extends ClientTestBase {

  private static final int[] BYTES = {0, 1, 5, 20, 45, 60, 75, 90};

  private RealServer server;
  private FaultyProxy proxy;
  private SeatLockClient witness;
  private final Witness history = new Witness();

  @BeforeEach
  void open() {
    server = closing(new RealServer(ShowSettings.DEFAULT.withGrace(Duration.ofMinutes(5))));
    proxy = closing(new FaultyProxy(server.port()));
    witness = connect(SeatLockClient.builder(server.uri()).key(RealServer.KEY).listener(history));
  }

  private SeatLockClient.Builder builder() {
    return SeatLockClient.builder(proxy.uri())
        .key(RealServer.KEY)
        .retry(Duration.ofMillis(1), Duration.ofMillis(20))
        .connectTimeout(Duration.ofSeconds(2))
        .silenceTimeout(Duration.ofSeconds(2));
  }

  /** Notes what a show has gone through, change by change. */
  private static class Witness extends Recorder {
    final Map<Long, SeatEvent> bySeq = new TreeMap<>();

    private synchronized void note(long seq, SeatEvent event) {
      assertThat(bySeq.put(seq, event)).isNull();
    }

    @Override
    public void onLocked(SeatEvent.Locked event) {
      note(event.seq(), event);
    }

    @Override
    public void onUnlocked(SeatEvent.Unlocked event) {
      note(event.seq(), event);
    }

    @Override
    public void onReserved(SeatEvent.Reserved event) {
      note(event.seq(), event);
    }

    @Override
    public void onUnreserved(SeatEvent.Unreserved event) {
      note(event.seq(), event);
    }

    @Override
    public void onPaid(SeatEvent.Paid event) {
      note(event.seq(), event);
    }

    @Override
    public void onUnpaid(SeatEvent.Unpaid event) {
      note(event.seq(), event);
    }

    synchronized Map<Long, SeatEvent> all() {
      return new TreeMap<>(bySeq);
    }
  }

  // --- the line breaks at every step of every action

  /** An action, what has to be done for it to be possible, and what it makes of seat A1. */
  record Step(
      String name,
      Function<SeatLockClient, CompletableFuture<Outcome>> before,
      Function<SeatLockClient, CompletableFuture<Outcome>> action,
      SeatStatus after,
      int changes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Step> steps() {
    return Stream.of(
        new Step("lock", null, c -> c.lock("A1"), SeatStatus.LOCKED, 1),
        new Step("unlock", c -> c.lock("A1"), c -> c.unlock("A1"), SeatStatus.AVAILABLE, 1),
        new Step(
            "unlockAll",
            c -> c.lock("A1", "A2"),
            SeatLockClient::unlockAll,
            SeatStatus.AVAILABLE,
            1),
        new Step("extend", c -> c.lock("A1"), SeatLockClient::extend, SeatStatus.LOCKED, 0),
        new Step("reserve", c -> c.lock("A1"), c -> c.reserve("A1"), SeatStatus.RESERVED, 1),
        new Step(
            "unreserve", c -> c.reserve("A1"), c -> c.unreserve("A1"), SeatStatus.AVAILABLE, 1),
        new Step("pay", c -> c.lock("A1"), c -> c.pay("A1"), SeatStatus.PAID, 1),
        new Step("unpay", c -> c.pay("A1"), c -> c.unpay("A1"), SeatStatus.AVAILABLE, 1),
        new Step("revoke", c -> c.pay("A1"), c -> c.revoke("A1"), SeatStatus.AVAILABLE, 1),
        new Step("block", null, c -> c.block("A1"), SeatStatus.BLOCKED, 1),
        new Step("unblock", c -> c.block("A1"), c -> c.unblock("A1"), SeatStatus.AVAILABLE, 1));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void lineBreaksAtEveryStep_actionHappensOnce_andAllAgree(Step step) {
    SeatLockClient client = connect(builder());
    for (Way way : Way.values()) {
      for (int bytes : BYTES) {
        Fault fault = Fault.values()[bytes % 2];
        breakDuring(step, client, way, bytes, fault);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("steps")
  void lineSwallowsAtEveryStep_isNoticed_andActionHappensOnce(Step step) {
    SeatLockClient client =
        connect(
            builder().connectTimeout(Duration.ofSeconds(1)).silenceTimeout(Duration.ofMillis(200)));
    breakDuring(step, client, Way.UP, 0, Fault.SWALLOW);
    breakDuring(step, client, Way.DOWN, 0, Fault.SWALLOW);
    breakDuring(step, client, Way.DOWN, 20, Fault.SWALLOW);
  }

  private void breakDuring(Step step, SeatLockClient client, Way way, int bytes, Fault fault) {
    String at = step + " " + way + " " + bytes + " " + fault;
    if (step.before != null) {
      granted(get(step.before.apply(client)));
    }
    long seq = client.seats().seq();
    String holder = client.holder();
    proxy.failAfter(way, bytes, fault);

    granted(get(step.action.apply(client)));

    agree(client, at);
    assertThat(client.seats().status("A1")).as(at).isEqualTo(step.after);
    assertThat(client.seats().isMine("A1")).as(at).isEqualTo(step.after == SeatStatus.LOCKED);
    assertThat(client.seats().seq() - seq).as(at).isEqualTo(step.changes);
    assertThat(client.holder()).as(at).isEqualTo(holder);
    clearUp(client);
  }

  /** The client is back and knows what the witness knows. */
  private void agree(SeatLockClient client, String at) {
    soon()
        .untilAsserted(
            () -> {
              assertThat(client.state()).as(at).isEqualTo(ConnectionState.ONLINE);
              assertThat(client.seats().seq()).as(at).isEqualTo(witness.seats().seq());
            });
    assertThat(client.seats().taken()).as(at).isEqualTo(witness.seats().taken());
  }

  private void clearUp(SeatLockClient client) {
    get(client.unlockAll());
    get(witness.revoke("A1"));
    get(witness.unblock("A1"));
    agree(client, "cleared up");
  }

  @Test
  void serverThatAcceptsAndNeverAnswers_isTriedAgain() {
    SeatLockClient client = connect(builder().connectTimeout(Duration.ofMillis(100)));
    proxy.blackHole(true);
    proxy.cut();
    soon().until(() -> client.state() == ConnectionState.SUSPENDED);
    CompletableFuture<Outcome> lock = client.lock("A1");
    proxy.blackHole(false);

    granted(get(lock));
  }

  @Test
  void lockAtTheLimitOfItsAddress_answerLost_isGrantedWhenAskedForAgain() {
    RealServer strict = closing(new RealServer(ShowSettings.DEFAULT, 0, 2));
    FaultyProxy line = closing(new FaultyProxy(strict.port()));
    SeatLockClient client =
        connect(
            SeatLockClient.builder(line.uri()).retry(Duration.ofMillis(1), Duration.ofMillis(20)));
    line.failAfter(Way.DOWN, 0, Fault.CUT);

    granted(get(client.lock("A1", "A2")));
    assertThat(get(client.lock("A3"))).isInstanceOf(Outcome.Refused.class);
    assertThat(client.seats().mine()).containsExactly("A1", "A2");
  }

  @Test
  void whatHappenedMeanwhile_isTold() {
    Recorder recorder = new Recorder();
    SeatLockClient client = connect(builder().listener(recorder));
    granted(get(client.lock("A1")));
    proxy.blackHole(true);
    proxy.cut();
    soon().until(() -> client.state() == ConnectionState.SUSPENDED);
    granted(get(witness.lock("B1")));
    granted(get(witness.pay("A1", "B2")));
    proxy.blackHole(false);
    proxy.cut();
    agree(client, "after the meantime");

    soon().until(() -> recorder.states.size() == 3);
    assertThat(recorder.changes).containsExactly("[A1] LOCKED", "[B1] LOCKED", "[A1, B2] PAID");
    assertThat(recorder.events(SeatEvent.Refreshed.class)).hasSize(1);
    assertThat(recorder.events(SeatEvent.Deleted.class)).isEmpty();
    assertThat(client.seats().mine()).isEmpty();
  }

  // --- faults at random

  /** What a client asked for and was told. */
  private record Told(String client, String action, String seat, Outcome outcome) {}

  /** Seeds 1, 2 and 3; {@code -Dseatlock.seeds=100} for more. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("seatlock.seeds", 3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomFaults_everyCallHappensOnce_andTheHistoryAgreesWithWhatWasTold(long seed)
      throws InterruptedException {
    Queue<Told> told = new ConcurrentLinkedQueue<>();
    List<SeatLockClient> clients = new ArrayList<>();
    List<FaultyProxy> proxies = new ArrayList<>();
    List<Thread> users = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String name = "client " + i;
      Random random = new Random(seed * 100 + i);
      FaultyProxy line = closing(new FaultyProxy(server.port()));
      SeatLockClient client =
          connect(
              SeatLockClient.builder(line.uri())
                  .key(RealServer.KEY)
                  .random(new Random(seed))
                  .retry(Duration.ofMillis(1), Duration.ofMillis(20))
                  .connectTimeout(Duration.ofSeconds(2))
                  .silenceTimeout(Duration.ofMillis(500)));
      proxies.add(line);
      clients.add(client);
      line.chaos(new Random(seed * 100 + 50 + i), 3000);
      line.cut();
      users.add(new Thread(() -> use(client, name, random, told)));
    }
    users.forEach(Thread::start);
    for (Thread user : users) {
      user.join();
    }
    proxies.forEach(line -> line.chaos(null, 0));
    proxies.forEach(FaultyProxy::cut);

    clients.forEach(client -> agree(client, "seed " + seed));
    check(seed, told);
    clients.forEach(
        client ->
            assertThat(client.seats().mine())
                .as("seed %d", seed)
                .allMatch(seat -> witness.seats().status(seat) == SeatStatus.LOCKED));
  }

  private static void use(SeatLockClient client, String name, Random random, Queue<Told> told) {
    for (int i = 0; i < 60; i++) {
      String seat = "S" + random.nextInt(4);
      String action =
          client.seats().isMine(seat)
              ? List.of("unlock", "pay", "reserve").get(random.nextInt(3))
              : List.of("lock", "lock", "unlock", "pay", "reserve", "unpay", "unreserve")
                  .get(random.nextInt(7));
      Outcome outcome =
          get(
              switch (action) {
                case "lock" -> client.lock(seat);
                case "unlock" -> client.unlock(seat);
                case "pay" -> client.pay(seat);
                case "reserve" -> client.reserve(seat);
                case "unpay" -> client.unpay(seat);
                default -> client.unreserve(seat);
              });
      told.add(new Told(name, action, seat, outcome));
    }
  }

  /** Each change was told as done to one client, and each that was told as done is a change. */
  private void check(long seed, Queue<Told> told) {
    Map<Long, SeatEvent> changes = history.all();
    for (Told each : told) {
      String at = "seed " + seed + ": " + each;
      assertThat(each.outcome).as(at).isInstanceOfAny(Outcome.Granted.class, Outcome.Refused.class);
      if (each.outcome instanceof Outcome.Granted granted) {
        SeatEvent change = changes.remove(granted.seq());
        assertThat(change).as(at).isEqualTo(expected(each, granted.seq()));
      }
    }
    assertThat(changes).as("seed %d: changes that nobody was told of", seed).isEmpty();
  }

  private static SeatEvent expected(Told told, long seq) {
    List<String> seats = List.of(told.seat);
    return switch (told.action) {
      case "lock" -> new SeatEvent.Locked(seq, seats);
      case "unlock" -> new SeatEvent.Unlocked(seq, seats);
      case "pay" -> new SeatEvent.Paid(seq, seats);
      case "reserve" -> new SeatEvent.Reserved(seq, seats);
      case "unpay" -> new SeatEvent.Unpaid(seq, seats);
      default -> new SeatEvent.Unreserved(seq, seats);
    };
  }
}
