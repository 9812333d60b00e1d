package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Starts the server, puts loads on it, does the same with a plain server, and prints both side by
 * side. Each load has a server process of its own.
 */
@Command(
    name = "LoadHarness",
    description = {
      "Measures the packaged server under load, beside a plain Java-WebSocket server that uses"
          + " broadcast(), or in one dialect beside the other, and checks that every message arrives"
          + " exactly once.",
      "",
      "A size of 1,000 × 4 × 16 means 1,000 subscribers, 4 writers, 16 operations in flight each."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    footer = {
      "",
      "Loads: fan-out, fan-out-deep, crowd, operations, single, storm, stalled; resume and",
      "client, which are put on the server alone, in v2; and sweep, which is for --plot and",
      "not among the loads that run by themselves.",
      "",
      "Exit codes: 0 every message arrived exactly once, 1 not so, 2 wrong usage."
    })
public final class LoadHarness extends Harness {

  private static final String SWEEP = "sweep";

  private static final List<Load> LOADS =
      List.of(
          new FanOut("fan-out", 1_000, 4, 4),
          new FanOut("fan-out-deep", 1_000, 8, 32),
          new FanOut("crowd", 10_000, 4, 16),
          new FanOut("operations", 0, 4, 8),
          new SingleLock("single", 1_000, 25),
          new ConnectStorm("storm", 10_000, 1_000),
          new StalledReaders("stalled", 200, 50, 8, 32),
          new Resumption("resume", 500, 1_000),
          new RoundTrips("client", 200));

  private static final List<Load> QUICK_LOADS =
      List.of(
          new FanOut("fan-out", 40, 4, 4),
          new FanOut("fan-out-deep", 40, 8, 32),
          new FanOut("crowd", 200, 4, 16),
          new FanOut("operations", 0, 4, 8),
          new SingleLock("single", 40, 100),
          new ConnectStorm("storm", 200, 50),
          new StalledReaders("stalled", 20, 5, 4, 16),
          new Resumption("resume", 20, 100),
          new RoundTrips("client", 20));

  @Option(
      names = "--server-option",
      paramLabel = "<option>",
      description = "Passed on to that server; may be given several times.")
  private List<String> serverOptions = new ArrayList<>();

  @Option(
      names = "--baseline",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Measure the plain server as well.")
  private boolean baseline;

  @Option(
      names = "--dialect",
      paramLabel = "<name>",
      split = ",",
      defaultValue = "classic",
      description = "What is spoken to it: classic, v2, or v2,classic to compare the two.")
  private List<Dialect> dialects = new ArrayList<>();

  @Option(
      names = "--load",
      paramLabel = "<name>",
      description = "Only this load; may be given several times.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "<number>",
      defaultValue = "10",
      description = "How long each load is measured.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "<number>",
      defaultValue = "5",
      description = "Seconds under load before that.")
  private double warmUp;

  @Option(
      names = "--rounds",
      paramLabel = "<number>",
      defaultValue = "1",
      description = "How often all of it is done, on new servers each time.")
  private int rounds;

  @Option(
      names = "--quick",
      description = "All loads small and short on one server process: a check, not a measurement.")
  private boolean quick;

  @Option(
      names = "--plot",
      paramLabel = "<file.svg>",
      description = "Runs sweep, too, and draws deliveries per second for each number there.")
  private @Nullable Path plot;

  @Option(
      names = "--plot-subscribers",
      paramLabel = "<number>",
      split = ",",
      defaultValue = "10,100,300,1000,3000",
      description = "The numbers of subscribers of sweep.")
  private List<Integer> plotSubscribers = new ArrayList<>();

  /** Ready for picocli to fill in. */
  LoadHarness() {}

  /** Runs the harness. */
  public static void main(String[] args) {
    System.exit(new LoadHarness().commandLine().execute(args));
  }

  /** One of the servers that are compared. */
  private record Entrant(String name, Starter starter) {}

  @FunctionalInterface
  private interface Starter {
    ServerProcess start() throws IOException, InterruptedException;
  }

  /** What one load did to one server. */
  private record Run(Load load, int round, Entrant entrant, Load.Outcome outcome) {}

  /** What is shown next to each other. */
  private record Pairing(Load load, int round) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Load> loads = selected();
    requireServer();
    List<Run> runs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      runs.addAll(runAll(loads, round));
    }
    PrintWriter out = out();
    for (Load.Kind kind : Load.Kind.values()) {
      print(out, kind, runs.stream().filter(run -> run.load.kind() == kind).toList());
    }
    out.println(circumstances());
    out.flush();
    if (plot != null) {
      Files.writeString(plot, drawn(runs));
    }
    return runs.stream().allMatch(run -> run.outcome.exactness().isExact()) ? 0 : NOT_EXACT;
  }

  private List<Load> selected() {
    List<Load> sweep = new ArrayList<>();
    for (int subscribers : plotSubscribers) {
      sweep.add(new FanOut(SWEEP, subscribers, 4, 4));
    }
    List<Load> all = new ArrayList<>(quick ? QUICK_LOADS : LOADS);
    List<Load> selected = new ArrayList<>(names.isEmpty() ? all : List.of());
    all.addAll(sweep);
    for (String name : names) {
      List<Load> found = all.stream().filter(load -> load.name().equals(name)).toList();
      if (found.isEmpty()) {
        throw wrongUsage("there is no load " + name);
      }
      selected.addAll(found);
    }
    if (plot != null && !names.contains(SWEEP)) {
      selected.addAll(sweep);
    }
    return selected;
  }

  private List<Entrant> entrants() {
    List<Entrant> entrants = new ArrayList<>();
    dialects.forEach(dialect -> entrants.add(seatlock(dialect)));
    if (baseline) {
      entrants.add(new Entrant("broadcast()", ServerProcess::baseline));
    }
    return entrants;
  }

  private Entrant seatlock(Dialect dialect) {
    return new Entrant(
        dialect == Dialect.CLASSIC ? "seatlock" : "seatlock, " + dialect,
        () -> ServerProcess.seatlock(serverJar(), dialect, serverOptions));
  }

  private List<Run> runAll(List<Load> loads, int round) throws IOException, InterruptedException {
    List<Load> ofV2 = loads.stream().filter(Load::isOfV2).toList();
    List<Load> ofAll = loads.stream().filter(load -> !load.isOfV2()).toList();
    List<Run> runs = runAll(ofAll, entrants(), round);
    runs.addAll(runAll(ofV2, List.of(seatlock(Dialect.V2)), round));
    return runs;
  }

  private List<Run> runAll(List<Load> loads, List<Entrant> entrants, int round)
      throws IOException, InterruptedException {
    Progress progress = new Progress(System.err);
    Settings settings =
        quick ? new Settings(0.05, 0.1, 0.3, 5) : new Settings(0.5, warmUp, seconds, 10);
    List<Run> runs = new ArrayList<>();
    if (quick) {
      for (Entrant entrant : loads.isEmpty() ? List.<Entrant>of() : turned(entrants, round)) {
        try (ServerProcess server = entrant.starter.start()) {
          for (Load load : loads) {
            runs.add(run(load, round, entrant, server, settings, progress));
          }
        }
      }
      return inOrder(runs, entrants);
    }
    for (Load load : loads) {
      // Next to each other in time, since a shared machine is not always equally fast.
      for (Entrant entrant : turned(entrants, round)) {
        try (ServerProcess server = entrant.starter.start()) {
          runs.add(run(load, round, entrant, server, settings, progress));
        }
      }
    }
    return inOrder(runs, entrants);
  }

  /** In each round another one goes first: what comes later may find another machine. */
  static <T> List<T> turned(List<T> all, int round) {
    List<T> turned = new ArrayList<>(all);
    Collections.rotate(turned, -round);
    return turned;
  }

  /** However they took turns, they are shown in the same order. */
  private static List<Run> inOrder(List<Run> runs, List<Entrant> entrants) {
    runs.sort(Comparator.comparingInt(run -> entrants.indexOf(run.entrant)));
    return runs;
  }

  private static Run run(
      Load load,
      int round,
      Entrant entrant,
      ServerProcess server,
      Settings settings,
      Progress progress) {
    progress.load("%s (%s), %s".formatted(load.name(), load.size(), entrant.name));
    Load.Outcome outcome;
    try {
      outcome = load.run(server, settings, progress);
    } catch (IOException e) {
      List<Figure> nothing = new ArrayList<>();
      load.kind().headings().forEach(heading -> nothing.add(Figure.words("n/a")));
      Exactness failed = new Exactness(List.of(String.valueOf(e.getMessage())), 0, false);
      outcome = new Load.Outcome(nothing, failed, server.lastLines());
    }
    progress.result(
        load.name() + ", " + entrant.name + ": " + outcome.exactness() + figures(load, outcome));
    return new Run(load, round, entrant, outcome);
  }

  private static String figures(Load load, Load.Outcome outcome) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < outcome.figures().size(); i++) {
      String heading = load.kind().headings().get(i);
      text.append(", ").append(heading).append(' ').append(outcome.figures().get(i).text());
    }
    return text.toString();
  }

  private void print(PrintWriter out, Load.Kind kind, List<Run> runs) {
    if (runs.isEmpty()) {
      return;
    }
    List<String> headings = new ArrayList<>(List.of("load", "server"));
    headings.addAll(kind.headings());
    headings.add("messages");
    Table table = new Table(headings);
    List<String> notes = new ArrayList<>();
    Map<Pairing, List<Run>> pairings =
        runs.stream()
            .collect(
                Collectors.groupingBy(
                    run -> new Pairing(run.load, run.round),
                    LinkedHashMap::new,
                    Collectors.toList()));
    pairings.forEach(
        (pairing, same) -> {
          same.forEach(run -> table.add(row(run)));
          if (same.size() == 2) {
            table.add(ratioRow(same.get(0).outcome, same.get(1).outcome));
          }
          same.forEach(run -> notes.addAll(notes(run)));
        });
    out.println((isMarkdown() ? "**" + kind.title() + "**" : kind.title()) + "\n");
    print(table);
    notes.forEach(note -> out.println((isMarkdown() ? "- " : "  ") + note));
    if (!notes.isEmpty()) {
      out.println();
    }
  }

  private static List<String> row(Run run) {
    List<String> row = new ArrayList<>();
    row.add(run.load.name() + " " + run.load.size());
    row.add(run.entrant.name);
    run.outcome.figures().forEach(figure -> row.add(figure.text()));
    row.add(run.outcome.exactness().toString());
    return row;
  }

  private static List<String> ratioRow(Load.Outcome first, Load.Outcome second) {
    List<String> row = new ArrayList<>(List.of("", "ratio"));
    for (int i = 0; i < first.figures().size(); i++) {
      row.add(first.figures().get(i).ratioTo(second.figures().get(i)).text());
    }
    row.add("");
    return row;
  }

  private static List<String> notes(Run run) {
    List<String> notes = new ArrayList<>(run.outcome.notes());
    notes.addAll(run.outcome.exactness().faults());
    String about = "%s %s, %s: ".formatted(run.load.name(), run.load.size(), run.entrant.name);
    notes.replaceAll(note -> about + note);
    return notes;
  }

  private String circumstances() {
    String durations =
        quick
            ? "A quick check: its times mean nothing."
            : "%s s measured after %s s of warm-up.".formatted(shown(seconds), shown(warmUp));
    return durations
        + " %d processors, shared by server and generator; %s, Java %s."
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("java.version"));
  }

  private static String shown(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : Double.toString(number);
  }

  private static String drawn(List<Run> runs) {
    Map<String, Map<Integer, Double>> series = new LinkedHashMap<>();
    for (Run run : runs) {
      if (run.load instanceof FanOut load && load.name().equals(SWEEP)) {
        for (double deliveries : run.outcome.figures().get(1).values()) {
          series
              .computeIfAbsent(run.entrant.name, name -> new LinkedHashMap<>())
              .put(load.subscribers(), deliveries);
        }
      }
    }
    return Plot.svg(series);
  }
}
