package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.client.FaultyProxy.Fault;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.testsupport.TcpProxy.Direction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A client behind a line that fails, the real server, and a witness on a line that does not. */
class FaultsTest extends ClientTestBase {

  /** From one place in a message to the next at which the line breaks. */
  private static final int STRIDE = 11;

  /** Every message that a step is about is longer. */
  private static final int SHORT_MESSAGE = 25;

  private static final Duration PRECISION = Duration.ofSeconds(20);

  private RealServer server;
  private FaultyProxy proxy;
  private SeatLockClient witness;
  private final Witness history = new Witness();

  @BeforeEach
  void open() {
    open(Duration.ofMinutes(5));
  }

  private void open(Duration grace) {
    server = closing(new RealServer(ShowSettings.DEFAULT.withGrace(grace)));
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

  /**
   * The witness has heard of each change once. What its listener found is not thrown to anybody.
   */
  @AfterEach
  void everyChangeWasToldOnce() {
    soon()
        .untilAsserted(
            () ->
                assertThat(history.all().keySet())
                    .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, witness.seats().seq()).boxed().toList()));
    assertThat(history.faults).isEmpty();
  }

  /** Notes what a show has gone through, change by change. */
  private static final class Witness implements SeatListener {
    final Map<Long, SeatEvent> bySeq = new ConcurrentSkipListMap<>();
    final Queue<String> faults = new ConcurrentLinkedQueue<>();

    private void note(long seq, SeatEvent event) {
      SeatEvent before = bySeq.putIfAbsent(seq, event);
      if (before != null) {
        faults.add(before + " and then " + event);
      }
    }

    Map<Long, SeatEvent> all() {
      return new TreeMap<>(bySeq);
    }

    @Override
    public void onLocked(SeatEvent.Locked event) {
      note(event.seq(), event);
    }

    @Override
    public void onLockedForYou(SeatEvent.LockedForYou event) {
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

    @Override
    public void onBlocked(SeatEvent.Blocked event) {
      note(event.seq(), event);
    }

    @Override
    public void onUnblocked(SeatEvent.Unblocked event) {
      note(event.seq(), event);
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
    for (Direction way : Direction.values()) {
      for (Fault fault : List.of(Fault.CUT, Fault.RESET)) {
        int bytes = 0;
        while (breakDuring(step, client, way, bytes, fault)) {
          bytes += STRIDE;
        }
        assertThat(bytes).as("%s %s %s", step, way, fault).isGreaterThan(SHORT_MESSAGE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("steps")
  void lineSwallowsAtEveryStep_isNoticed_andActionHappensOnce(Step step) {
    SeatLockClient client =
        connect(
            builder().connectTimeout(Duration.ofSeconds(1)).silenceTimeout(Duration.ofMillis(200)));
    assertThat(breakDuring(step, client, Direction.TO_SERVER, 0, Fault.SWALLOW)).isTrue();
    assertThat(breakDuring(step, client, Direction.TO_CLIENT, 0, Fault.SWALLOW)).isTrue();
    assertThat(breakDuring(step, client, Direction.TO_CLIENT, 20, Fault.SWALLOW)).isTrue();
  }

  /** The steps that cannot be done twice. */
  static Stream<Step> stepsForOnce() {
    List<String> once = List.of("unlock", "reserve", "unreserve", "pay", "unpay", "revoke");
    return steps().filter(step -> once.contains(step.name));
  }

  @ParameterizedTest
  @MethodSource("stepsForOnce")
  void plantedBug_serverForgetsRequests_isFound(Step step) {
    ForgetfulServer forgetful = closing(new ForgetfulServer(server.uri()));
    proxy = closing(new FaultyProxy(forgetful.port()));
    SeatLockClient client = connect(builder());

    assertThatThrownBy(() -> breakDuring(step, client, Direction.TO_CLIENT, 0, Fault.CUT))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Refused");
  }

  /** Whether the line broke before the action was done. */
  private boolean breakDuring(
      Step step, SeatLockClient client, Direction way, int bytes, Fault fault) {
    String at = step + " " + way + " " + bytes + " " + fault;
    if (step.before != null) {
      granted(get(step.before.apply(client)));
    }
    long seq = client.seats().seq();
    String holder = client.holder();
    int faults = proxy.faults();
    proxy.failAfter(way, bytes, fault);

    granted(get(step.action.apply(client)));

    boolean broke = proxy.faults() > faults;
    proxy.heal();
    agree(client, at);
    assertThat(client.seats().status("A1")).as(at).isEqualTo(step.after);
    assertThat(client.seats().isMine("A1")).as(at).isEqualTo(step.after == SeatStatus.LOCKED);
    assertThat(client.seats().seq() - seq).as(at).isEqualTo(step.changes);
    assertThat(client.holder()).as(at).isEqualTo(holder);
    clearUp(client);
    return broke;
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void lineBreaksAtEveryStepOfComingBack_callHappensOnce_andAllAgree(Direction way) {
    SeatLockClient client = connect(builder());
    granted(get(client.lock("B1")));
    boolean broke = true;
    int bytes = 0;
    for (; broke; bytes += 5 * STRIDE) {
      String at = "coming back " + way + " " + bytes;
      int faults = proxy.faults();
      proxy.cutAndFailAfter(way, bytes, Fault.values()[bytes % 2]);
      granted(get(client.lock("A1")));
      broke = proxy.faults() > faults;
      proxy.heal();
      agree(client, at);
      assertThat(client.seats().mine()).as(at).containsExactlyInAnyOrder("A1", "B1");
      granted(get(client.unlock("A1")));
    }
    assertThat(bytes).isGreaterThan(10 * SHORT_MESSAGE); // Handshake, hello, welcome.
  }

  /** The client is back and knows what the witness knows, and what the server says is its own. */
  private void agree(SeatLockClient client, String at) {
    soon()
        .untilAsserted(
            () -> {
              assertThat(client.state()).as(at).isEqualTo(ConnectionState.ONLINE);
              assertThat(client.seats().seq()).as(at).isEqualTo(witness.seats().seq());
            });
    assertThat(client.seats().taken()).as(at).isEqualTo(witness.seats().taken());
    Snapshot.Session session = session(client);
    assertThat(client.seats().mine()).as(at).containsExactlyInAnyOrderElementsOf(session.locks());
    if (!session.locks().isEmpty()) {
      assertThat(client.seats().timeLeft())
          .as(at)
          .isCloseTo(
              Duration.between(Instant.now(), Instant.ofEpochMilli(session.deadline())), PRECISION);
    }
  }

  private Snapshot.Session session(SeatLockClient client) {
    return server.show().snapshot().sessions().stream()
        .filter(session -> session.holder().equals(client.holder()))
        .findFirst()
        .orElseThrow();
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
    line.failAfter(Direction.TO_CLIENT, 0, Fault.CUT);

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
  private record Told(
      String client, String action, List<String> seats, boolean ifHeld, Outcome outcome) {

    /** Whether the change may be what this has done. */
    boolean hasDone(SeatEvent change) {
      if (change instanceof SeatEvent.Locked locked) {
        return action.equals("lock") && seats.containsAll(locked.seats());
      } else if (change instanceof SeatEvent.Unlocked unlocked) {
        return action.equals("unlock") && seats.equals(unlocked.seats())
            || action.equals("unlockAll") && granted().seats().equals(unlocked.seats());
      } else if (change instanceof SeatEvent.Paid paid) {
        return action.equals("pay") && seats.equals(paid.seats());
      } else if (change instanceof SeatEvent.Reserved reserved) {
        return action.equals("reserve") && seats.equals(reserved.seats());
      } else if (change instanceof SeatEvent.Unpaid unpaid) {
        return action.equals("unpay") && seats.equals(unpaid.seats());
      } else if (change instanceof SeatEvent.Unreserved unreserved) {
        return action.equals("unreserve") && seats.equals(unreserved.seats());
      }
      return false;
    }

    boolean isKnown() {
      return outcome instanceof Outcome.Granted || outcome instanceof Outcome.Refused;
    }

    Outcome.Granted granted() {
      return (Outcome.Granted) outcome;
    }
  }

  /** Seeds 1, 2 and 3; {@code -Dseatlock.seeds=100} for more. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("seatlock.seeds", 3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomFaults_everyCallHappensOnce_andTheHistoryAgreesWithWhatWasTold(long seed)
      throws InterruptedException {
    randomFaults(seed, server.port());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomFaults_sessionsEndMeanwhile_andWhatIsToldIsTrue(long seed)
      throws InterruptedException {
    open(Duration.ofMillis(1));
    Map<String, SeatLockClient> clients = new TreeMap<>();
    Queue<Told> told = play(seed, server.port(), clients);

    Map<Long, SeatEvent> changes = history.all();
    authors(seed, told, changes, new TreeMap<>()).keySet().forEach(changes::remove);
    List<Told> unknown = told.stream().filter(each -> !each.isKnown()).toList();
    assertThat(unknown).as("seed %d", seed).isNotEmpty();
    assertThat(changes.values())
        .as("seed %d: by nobody, by the end of a session, or by one of %s", seed, unknown)
        .allMatch(
            change ->
                change instanceof SeatEvent.Unlocked
                    || unknown.stream().anyMatch(each -> each.hasDone(change)));
  }

  @Test
  void plantedBug_serverForgetsRequests_isFoundByRandomFaults() {
    ForgetfulServer forgetful = closing(new ForgetfulServer(server.uri()));

    assertThatThrownBy(() -> randomFaults(1, forgetful.port()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("of which these were told");
  }

  private void randomFaults(long seed, int port) throws InterruptedException {
    Map<String, SeatLockClient> clients = new TreeMap<>();
    Queue<Told> told = play(seed, port, clients);
    assertThat(told).as("seed %d", seed).allMatch(Told::isKnown);
    Map<String, String> holders = check(seed, told);
    clients.forEach(
        (name, client) ->
            assertThat(client.seats().mine())
                .as("seed %d, %s", seed, name)
                .containsExactlyInAnyOrderElementsOf(
                    holders.keySet().stream()
                        .filter(seat -> holders.get(seat).equals(name))
                        .toList()));
  }

  /** Has clients make calls while their lines break, and waits until they have recovered. */
  private Queue<Told> play(long seed, int port, Map<String, SeatLockClient> clients)
      throws InterruptedException {
    Queue<Told> told = new ConcurrentLinkedQueue<>();
    List<FaultyProxy> proxies = new ArrayList<>();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> users = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String name = "client " + i;
      Random random = new Random(seed * 100 + i);
      FaultyProxy line = closing(new FaultyProxy(port));
      SeatLockClient client =
          connect(
              SeatLockClient.builder(line.uri())
                  .key(RealServer.KEY)
                  .random(new Random(seed))
                  .retry(Duration.ofMillis(1), Duration.ofMillis(20))
                  .connectTimeout(Duration.ofSeconds(2))
                  .silenceTimeout(Duration.ofMillis(500)));
      proxies.add(line);
      clients.put(name, client);
      line.chaos(new Random(seed * 100 + 50 + i), 3000);
      line.cut();
      Thread user = new Thread(() -> use(client, name, random, told));
      user.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
      users.add(user);
    }
    users.forEach(Thread::start);
    for (Thread user : users) {
      user.join();
    }
    proxies.forEach(line -> line.chaos(null, 0));
    proxies.forEach(FaultyProxy::cut);

    assertThat(failures).as("seed %d", seed).isEmpty();
    assertThat(proxies).as("seed %d", seed).allMatch(line -> line.faults() > 0);
    clients.values().forEach(client -> agree(client, "seed " + seed));
    everyChangeWasToldOnce();
    return told;
  }

  /** Makes a few calls at a time, waits for their outcomes, and so on. */
  private static void use(SeatLockClient client, String name, Random random, Queue<Told> told) {
    for (int i = 0; i < 30; i++) {
      List<CompletableFuture<Told>> calls = new ArrayList<>();
      for (int more = random.nextInt(5); more >= 0; more--) {
        calls.add(call(client, name, random));
      }
      calls.forEach(call -> told.add(get(call)));
    }
  }

  private static CompletableFuture<Told> call(SeatLockClient client, String name, Random random) {
    List<String> all = new ArrayList<>(List.of("S0", "S1", "S2", "S3"));
    Collections.shuffle(all, random);
    List<String> seats = List.copyOf(all.subList(0, 1 + random.nextInt(2)));
    String[] ids = seats.toArray(new String[0]);
    boolean ifHeld = random.nextBoolean();
    Sale sale = ifHeld ? Sale.ofSeats(ids).heldBy(client.holder()) : Sale.ofSeats(ids);
    String action =
        List.of(
                "lock",
                "lock",
                "lock",
                "unlock",
                "unlockAll",
                "extend",
                "pay",
                "reserve",
                "unpay",
                "unpay",
                "unreserve",
                "unreserve")
            .get(random.nextInt(12));
    CompletableFuture<Outcome> outcome =
        switch (action) {
          case "lock" -> client.lock(ids);
          case "unlock" -> client.unlock(ids);
          case "unlockAll" -> client.unlockAll();
          case "extend" -> client.extend();
          case "pay" -> client.pay(sale);
          case "reserve" -> client.reserve(sale);
          case "unpay" -> client.unpay(ids);
          default -> client.unreserve(ids);
        };
    return outcome.thenApply(known -> new Told(name, action, seats, ifHeld, known));
  }

  /**
   * Each change was told as done to one client, and what was told as done is a change or was so
   * already. Returns whose the seats are that are locked in the end.
   */
  private Map<String, String> check(long seed, Queue<Told> told) {
    Map<Long, SeatEvent> changes = history.all();
    Map<Long, List<Told>> unchanged = new TreeMap<>();
    Map<Long, Told> authors = authors(seed, told, changes, unchanged);
    assertThat(authors.keySet())
        .as("seed %d: %s, of which these were told: %s", seed, changes, authors)
        .containsExactlyElementsOf(changes.keySet());
    Map<String, String> holders = new TreeMap<>();
    for (long seq = 0; seq <= changes.size(); seq++) {
      if (seq > 0) {
        follow(holders, changes.get(seq), authors.get(seq));
      }
      for (Told each : unchanged.getOrDefault(seq, List.of())) {
        assertThat(each)
            .as("seed %d: done before, if these are the locks: %s", seed, holders)
            .matches(
                call ->
                    call.action.equals("lock")
                        ? call.seats.stream()
                            .allMatch(seat -> call.client.equals(holders.get(seat)))
                        : call.action.equals("unlockAll")
                            && call.granted().seats().isEmpty()
                            && !holders.containsValue(call.client));
      }
    }
    return holders;
  }

  /** Who has done which change. What was done before goes to {@code unchanged}. */
  private static Map<Long, Told> authors(
      long seed, Queue<Told> told, Map<Long, SeatEvent> changes, Map<Long, List<Told>> unchanged) {
    Map<Long, Told> authors = new TreeMap<>();
    for (Told each : told) {
      if (each.outcome instanceof Outcome.Granted granted && !each.action.equals("extend")) {
        SeatEvent change = changes.get(granted.seq());
        if (change == null
            || !each.hasDone(change)
            || authors.putIfAbsent(granted.seq(), each) != null) {
          assertThat(each.action).as("seed %d: %s", seed, each).isIn("lock", "unlockAll");
          unchanged.computeIfAbsent(granted.seq(), seq -> new ArrayList<>()).add(each);
        }
      }
    }
    return authors;
  }

  private static void follow(Map<String, String> holders, SeatEvent change, Told author) {
    if (change instanceof SeatEvent.Locked locked) {
      locked
          .seats()
          .forEach(seat -> assertThat(holders.put(seat, author.client)).as("%s", author).isNull());
      assertThat(author.seats)
          .as("%s", author)
          .allMatch(seat -> author.client.equals(holders.get(seat)));
    } else if (change instanceof SeatEvent.Unlocked unlocked) {
      unlocked
          .seats()
          .forEach(
              seat -> assertThat(holders.remove(seat)).as("%s", author).isEqualTo(author.client));
    } else if (change instanceof SeatEvent.Paid || change instanceof SeatEvent.Reserved) {
      author.seats.forEach(
          seat -> {
            String holder = holders.remove(seat);
            if (author.ifHeld) {
              assertThat(holder).as("%s", author).isEqualTo(author.client);
            }
          });
    }
  }
}
