package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.SeatStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A run of one kind of fault: its servers, its clients, and what is checked in the end. Prints one
 * line that says what was done.
 */
final class Scenario implements AutoCloseable {

  static final String KEY = "open-sesame";
  static final List<String> SHOWS = List.of("hamlet", "macbeth", "othello");
  static final int CLIENTS = 12;

  private static final Map<String, String> ENVIRONMENT =
      Map.of("SEATLOCK_AUTHORIZATION_STRING", KEY);
  private static final Duration TO_SETTLE = Duration.ofSeconds(40);

  private final String name;
  private final Duration grace;
  private final long seed = Long.getLong("seatlock.seed", new Random().nextInt(1_000_000_000));
  private final long startedAt = System.nanoTime();
  private final Random random = new Random(seed);
  private final SplittableRandom observerSeeds = new SplittableRandom(seed + 1);
  private final History history = new History();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Load> loads = new ArrayList<>();
  private int observers;
  private int faults;

  /** A run with a short grace. */
  Scenario(String name) {
    this(name, Duration.ofSeconds(2));
  }

  Scenario(String name, Duration grace) {
    this.name = name;
    this.grace = grace;
  }

  long seed() {
    return seed;
  }

  Random random() {
    return random;
  }

  History history() {
    return history;
  }

  /** How often a fault is to be thrown: more in a long run. */
  static int cycles() {
    return Integer.getInteger("seatlock.faults.cycles", 10);
  }

  /** Whether there is time for faults that take long. */
  static boolean isLong() {
    return cycles() >= 100;
  }

  /** The packaged server with short limits, which serves. */
  Node serve(String... arguments) throws Exception {
    String wait = grace.toSeconds() + "s";
    List<String> all =
        new ArrayList<>(List.of("--time-limit", "3s", "--grace", wait, "--warn-before", "0s"));
    all.addAll(List.of(arguments));
    return serve(List.of("-jar", System.getProperty("seatlock.server.jar")), all);
  }

  /** A program that is a server, which serves. */
  Node serve(List<String> program, List<String> arguments) throws Exception {
    Node node = new Node(program, ENVIRONMENT, arguments);
    nodes.add(node);
    node.start();
    node.awaitServing();
    return node;
  }

  /** Starts clients of all servers. */
  Load load() {
    return load(nodes);
  }

  Load load(List<Node> servers) {
    List<URI> addresses = servers.stream().map(Node::address).toList();
    Load load = Load.start(history, CLIENTS, SHOWS, addresses, KEY, seed);
    loads.add(load);
    return load;
  }

  /** A client that only looks. */
  Client observer(Node node, String show) {
    URI address = node.address().resolve("/" + show);
    Random own = new Random(observerSeeds.nextLong());
    return new Client(1000 + observers++, List.of(address), KEY, history, own);
  }

  /** Starts a server again that has ended. */
  void again(Node node) throws Exception {
    node.start();
    node.awaitServing();
  }

  /** Starts a server again if the others have declared it dead. */
  void againIfEnded(Node node) throws Exception {
    if (!node.endsWithin(Duration.ofSeconds(2))) {
      return;
    }
    assertThat(node.awaitExit()).as("%s", node.printed()).isEqualTo(3);
    again(node);
  }

  /** Waits until these sessions have gone on, on connections that were made after a moment. */
  void awaitResumed(Set<String> holders, long moment) throws InterruptedException {
    await("all to resume", () -> history.resumedSince(moment).containsAll(holders));
  }

  /** Waits until the proxy has cut so many commits. */
  void awaitCut(Proxy proxy, int count) throws InterruptedException {
    await("a commit to cut", () -> proxy.cuts() >= count);
  }

  /** Waits for a fact. */
  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TO_SETTLE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s: waiting for %s", name, what).isLessThan(until);
      Thread.sleep(10);
    }
  }

  /** What a client is told, in words. */
  String tellOf(Client client, Action action) {
    try {
      Outcome outcome = client.perform(action);
      return outcome instanceof Outcome.Read read
          ? "the state of #" + read.view().seq()
          : "nothing";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Prints something that is worth to know and neither right nor wrong. */
  void note(String what) {
    System.out.println("faults: " + name + ": " + what);
  }

  /** Something bad was done. */
  void fault() {
    faults++;
  }

  /**
   * Everything that was acknowledged before is there now: what a new client is told of each show is
   * what follows from what was told to others.
   */
  void checkNow(Node node) throws InterruptedException {
    for (String show : SHOWS) {
      long known = history.chronicle(show).last();
      View view = read(node, show);
      assertThat(view.seq())
          .as("%s of show %s, seed %d", name, show, seed)
          .isGreaterThanOrEqualTo(known);
      List<String> contradictions = history.chronicle(show).contradictions();
      if (!contradictions.isEmpty()) {
        fail(contradictions);
      }
    }
  }

  View read(Node node, String show) throws InterruptedException {
    try (Client observer = observer(node, show)) {
      observer.giveUpAt(System.nanoTime() + TO_SETTLE.toNanos());
      Outcome outcome = observer.perform(Action.STATE);
      assertThat(outcome).as("seed %d", seed).isInstanceOf(Outcome.Read.class);
      observer.perform(Action.BYE);
      return ((Outcome.Read) outcome).view();
    }
  }

  /** Ends the clients where they are and says what the checks say. */
  Verdict judge() {
    loads.forEach(Load::close);
    Verdict verdict = verdict();
    print(verdict);
    return verdict;
  }

  /** Lets the clients end; then all nodes must show the same, without a lock, and all be right. */
  void end() throws Exception {
    for (Load load : loads) {
      load.end();
    }
    for (Node node : nodes) {
      assertThat(node.isAlive()).as("%s: %s", name, node.printed()).isTrue();
    }
    for (String show : SHOWS) {
      settle(show);
    }
    Verdict verdict = verdict();
    print(verdict);
    if (!verdict.isClean()) {
      fail(verdict.faults());
    }
  }

  /** Of several nodes one may lag behind when it is asked. */
  private Verdict verdict() {
    return Verdict.of(history, Promise.of(grace, nodes.size() == 1));
  }

  private void settle(String show) throws InterruptedException {
    long until = System.nanoTime() + TO_SETTLE.toNanos();
    while (true) {
      Map<Long, View> views = new TreeMap<>();
      for (Node node : nodes) {
        View view = read(node, show);
        views.put(view.seq(), view);
      }
      boolean free =
          views.values().stream().noneMatch(view -> view.seats().containsValue(SeatStatus.LOCKED));
      if (views.size() == 1 && free) {
        return;
      }
      assertThat(System.nanoTime())
          .as("%s: not settled, seed %d: %s", name, seed, views)
          .isLessThan(until);
      Thread.sleep(100);
    }
  }

  private void print(Verdict verdict) {
    int connections = loads.stream().mapToInt(Load::connections).sum();
    int operations = history.counts().values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf(
        "faults: %-24s | %3d faults | %6d operations | %6d acknowledged | %5d refused | %4d busy"
            + " | %3d unknown | %4d connections | %4d resumed | %4d ended | %7d checks | %s | %.1f s | seed %d%n",
        name,
        faults,
        operations,
        history.count(Outcome.Granted.class),
        history.count(Outcome.Refused.class),
        history.count(Outcome.Busy.class),
        history.count(Outcome.Unknown.class),
        connections,
        history.count(Outcome.Resumed.class),
        verdict.ends(),
        verdict.checks(),
        verdict.isClean() ? "right" : verdict.faults().size() + " WRONG",
        (System.nanoTime() - startedAt) / 1e9,
        seed);
  }

  private void fail(List<String> wrong) {
    List<String> lines = new ArrayList<>(wrong);
    SHOWS.forEach(show -> lines.addAll(history.dump(show)));
    nodes.forEach(node -> lines.addAll(node.printed()));
    Path dump = Path.of("target", "faults-" + name.replace(' ', '-') + "-" + seed + ".txt");
    try {
      Files.write(dump, lines);
    } catch (IOException e) {
      System.out.println("cannot write " + dump + ": " + e);
    }
    throw new AssertionError(
        name + ", seed " + seed + ", all of it in " + dump + ":\n" + String.join("\n", wrong));
  }

  @Override
  public void close() {
    loads.forEach(Load::close);
    nodes.forEach(Node::close);
  }
}
