package io.seatlock.benchmarks.load;

import io.seatlock.client.SeatLockClient;
import io.seatlock.client.Seats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what it costs to keep everything, and how long it takes to get it back. */
@Command(
    name = "DurabilityHarness",
    description = {
      "Measures the packaged server with its log on disk, beside the same server in memory, and"
          + " with its log in PostgreSQL, beside a row for each seat in the same database.",
      "",
      "What is compared runs at the same time and is put under load in turns.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    footer = {
      "",
      "Figures: single (one client, one request at a time, SQLite and memory), sqlite (4 clients,",
      "64 requests in flight each), postgres (the same on one node and on three), heard (a lock on",
      "one node, 1,000 clients on another), start (with a long log), killed (100 clients of a node",
      "that is killed).",
      "",
      "Exit codes: 0 every message arrived exactly once, 1 not so, 2 wrong usage."
    })
public final class DurabilityHarness extends Harness {

  private static final int WRITERS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int SUBSCRIBERS = 1_000;
  private static final int PER_SECOND = 10;
  private static final int CLIENTS = 100;

  @Option(
      names = "--other-server-jar",
      paramLabel = "<file>",
      description = "Another one to compare it with, in single and sqlite.")
  private @Nullable Path otherServerJar;

  @Option(
      names = "--figure",
      paramLabel = "<name>",
      required = true,
      description = "What to measure; may be given several times.")
  private List<String> figures = new ArrayList<>();

  @Option(
      names = "--dialect",
      paramLabel = "<name>",
      defaultValue = "v2",
      description = "What is spoken: classic or v2.")
  private Dialect dialect = Dialect.V2;

  @Option(
      names = "--database-url",
      paramLabel = "<url>",
      description = "A PostgreSQL database to measure on; by default one is started for it.")
  private @Nullable String databaseUrl;

  @Option(
      names = "--directory",
      paramLabel = "<directory>",
      defaultValue = "benchmarks/target",
      description = "On the disk to measure; what is put there is removed at the end.")
  private Path directory = Path.of("");

  @Option(
      names = "--seconds",
      paramLabel = "<number>",
      defaultValue = "5",
      description = "How long a turn takes.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "<number>",
      defaultValue = "40",
      description = "Seconds under load before that, for each.")
  private double warmUp;

  @Option(
      names = "--rounds",
      paramLabel = "<number>",
      defaultValue = "5",
      description = "How many turns each has.")
  private int rounds;

  @Option(
      names = "--commands",
      paramLabel = "<number>",
      defaultValue = "1000000",
      description = "How many are in the log from which a server starts.")
  private long commands;

  private final Progress progress = new Progress(System.err);

  /** Ready for picocli to fill in. */
  DurabilityHarness() {}

  /** Runs the harness. */
  public static void main(String[] args) {
    System.exit(new DurabilityHarness().commandLine().execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireServer();
    Files.createDirectories(directory);
    Path work = Files.createTempDirectory(directory, "durability");
    boolean exact = true;
    try {
      for (String figure : figures) {
        exact &= measure(figure, work);
      }
    } finally {
      remove(work);
    }
    return exact ? 0 : NOT_EXACT;
  }

  private boolean measure(String figure, Path work) throws IOException, InterruptedException {
    return switch (figure) {
      case "single" -> onDisk("single 1 × 1", 1, 1, work);
      case "sqlite" -> onDisk("sqlite 4 × 64", WRITERS, IN_FLIGHT, work);
      case "postgres" -> inPostgres(work);
      case "heard" -> heard(work);
      case "start" -> start(work);
      case "killed" -> killed(work);
      default -> throw wrongUsage("there is no figure " + figure);
    };
  }

  // --- in turns

  private boolean onDisk(String load, int writers, int inFlight, Path work)
      throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    try {
      contenders.add(one("SQLite", serverJar(), onDisk(work), writers, inFlight));
      if (otherServerJar != null) {
        contenders.add(one("other, SQLite", otherServerJar, onDisk(work), writers, inFlight));
      }
      contenders.add(one("in memory", serverJar(), List.of("--in-memory"), writers, inFlight));
      return takeTurns(load, contenders);
    } finally {
      close(contenders);
    }
  }

  private static List<String> onDisk(Path work) throws IOException {
    return List.of("--data-dir", Files.createTempDirectory(work, "data").toString());
  }

  private Contender one(String name, Path jar, List<String> options, int writers, int inFlight)
      throws IOException, InterruptedException {
    ServerProcess node = ServerProcess.seatlockThatKeeps(jar, dialect, options);
    return new SeatLockNodes(name, List.of(node), writers, inFlight, progress);
  }

  private boolean inPostgres(Path work) throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    try (Database database = database(work)) {
      try {
        contenders.add(nodes("PostgreSQL, 1 node", 1, database.newSchema()));
        contenders.add(nodes("PostgreSQL, 3 nodes", 3, database.newSchema()));
        String rows = Database.jdbc(database.newSchema());
        for (int connections : new int[] {4, 16, 64}) {
          contenders.add(new SeatRows(rows, connections, WRITERS * IN_FLIGHT));
        }
        return takeTurns("postgres 4 × 64", contenders);
      } finally {
        close(contenders);
      }
    }
  }

  // --- once

  private boolean heard(Path work) throws IOException, InterruptedException {
    Table table = new Table(Heard.HEADINGS);
    Settings settings = new Settings(0.5, warmUp, seconds * rounds, 10);
    boolean exact;
    try (Database database = database(work)) {
      String url = database.newSchema();
      try (ServerProcess node = node(url);
          ServerProcess other = node(url)) {
        exact = Heard.measure(node, other, SUBSCRIBERS, PER_SECOND, settings, progress, table);
      }
    }
    print(table);
    return exact;
  }

  private boolean start(Path work) throws IOException, InterruptedException {
    Table table =
        new Table(
            List.of("load", "server", "seconds until it tells what is locked, each time", "seats"));
    Path data = Files.createTempDirectory(work, "data");
    progress.load("start");
    progress.result("writing the log");
    Past.write(data, commands);
    boolean right = startRow("without snapshot", data, table);
    Past.addSnapshot(data);
    right &= startRow("with snapshot", data, table);
    print(table);
    return right;
  }

  /** Starts servers with copies of a log; returns whether each of them knew how it had ended. */
  private boolean startRow(String name, Path data, Table table)
      throws IOException, InterruptedException {
    List<String> times = new ArrayList<>();
    boolean right = true;
    for (int round = 0; round < rounds; round++) {
      Path copy = data.resolveSibling("copy");
      Files.createDirectory(copy);
      try (Stream<Path> files = Files.list(data)) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
      List<String> options = List.of("--data-dir", copy.toString());
      try (ServerProcess server = ServerProcess.seatlockThatKeeps(serverJar(), dialect, options);
          SeatLockClient client = SeatLockClient.builder(uri(server)).connect().join()) {
        double took = (System.nanoTime() - server.startedAt()) / 1e9;
        right &= isAsItWas(client.seats());
        times.add(String.format(Locale.ROOT, "%.2f", took));
        progress.result("start, " + name + ": " + times.get(round) + " s");
      }
      remove(copy);
    }
    table.add(
        List.of(
            String.format(Locale.ROOT, "start, %,d commands", commands),
            name,
            String.join(", ", times),
            right ? "EXACT" : "NOT EXACT"));
    return right;
  }

  private static URI uri(ServerProcess server) {
    InetSocketAddress at = server.address();
    return URI.create(
        "ws://%s:%d/%s".formatted(at.getAddress().getHostAddress(), at.getPort(), Past.SHOW));
  }

  private boolean isAsItWas(Seats seats) {
    boolean right =
        seats.seq() == Past.lastSeq(commands)
            && seats.taken().keySet().equals(Past.locked(commands));
    if (!right) {
      progress.result("start: it told #" + seats.seq() + ", " + seats.taken().size() + " seats");
    }
    return right;
  }

  private boolean killed(Path work) throws IOException, InterruptedException {
    Table table = new Table(NodeDeath.HEADINGS);
    boolean resumed = true;
    try (Database database = database(work)) {
      for (int round = 0; round < rounds; round++) {
        String url = database.newSchema();
        try (ServerProcess dying = node(url);
            ServerProcess staying = node(url)) {
          resumed &= NodeDeath.measure(dying, staying, CLIENTS, progress, table);
        }
      }
    }
    print(table);
    return resumed;
  }

  private Database database(Path work) throws IOException {
    return databaseUrl == null ? Database.start(work) : Database.at(databaseUrl);
  }

  private Contender nodes(String name, int count, String url)
      throws IOException, InterruptedException {
    List<ServerProcess> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(node(url));
    }
    return new SeatLockNodes(name, nodes, WRITERS, IN_FLIGHT, progress);
  }

  private ServerProcess node(String url) throws IOException, InterruptedException {
    return ServerProcess.seatlockThatKeeps(serverJar(), dialect, List.of("--database-url", url));
  }

  private boolean takeTurns(String load, List<Contender> contenders) throws IOException {
    Table table = new Table(Turns.HEADINGS);
    Settings settings = new Settings(0.5, warmUp, seconds, 10);
    boolean exact = new Turns(load, settings, rounds, progress).take(contenders, table);
    print(table);
    return exact;
  }

  private static void close(List<Contender> contenders) throws IOException {
    for (Contender contender : contenders) {
      contender.close();
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
