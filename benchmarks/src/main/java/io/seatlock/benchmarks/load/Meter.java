package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.List;

/** A generator and its server over a stretch of time. */
final class Meter {

  private static final int VISITORS = 20;
  private static final int FEW = 100;
  private static final double MUCH = 0.1;

  private final Target target;
  private final LoadGenerator generator;
  private final Machine machine = new Machine();
  private LoadGenerator.Sample from;
  private LoadGenerator.Sample until;
  private double machineSeconds = Double.NaN;
  private long cpuFrom;
  private long cpuUntil;

  Meter(Target target, LoadGenerator generator) {
    this.target = target;
    this.generator = generator;
    this.from = generator.sample();
    this.until = from;
  }

  /**
   * A few connections that come and go, so that the memory which a server takes for its first ones
   * is not counted as theirs.
   */
  static void visit(Target target, Settings settings, Progress progress) throws IOException {
    try (LoadGenerator visitors = new LoadGenerator(target, 0, 1, progress)) {
      visitors.openSubscribers(VISITORS, 0, VISITORS, 0);
    }
    try (LoadGenerator nobody = new LoadGenerator(target, 0, 1, progress)) {
      nobody.run(settings.calmNanos());
    }
  }

  /** The stretch begins. */
  void begin() {
    generator.measure(true);
    machine.begin();
    cpuFrom = target.cpuNanos();
    from = generator.sample();
  }

  /** The stretch ends. */
  void end() {
    until = generator.sample();
    cpuUntil = target.cpuNanos();
    machineSeconds = machine.busySeconds(seconds());
    generator.measure(false);
  }

  double seconds() {
    return (until.nanos() - from.nanos()) / 1e9;
  }

  long operations() {
    return until.operations() - from.operations();
  }

  long deliveries() {
    return until.deliveries() - from.deliveries();
  }

  /** Processor time of the server; NaN if it is not known, or too short to be. */
  double cpuSeconds() {
    return cpuFrom < 0 || cpuUntil <= cpuFrom ? Double.NaN : (cpuUntil - cpuFrom) / 1e9;
  }

  /** How much of one processor the generator took. */
  double ownLoad() {
    return (until.ownCpuNanos() - from.ownCpuNanos()) / 1e9 / seconds();
  }

  /** A note if other processes than the server and the generator were at work. */
  List<String> disturbance() {
    double others = machineSeconds - machine.ownSeconds() - cpuSeconds();
    double share = others / seconds() / Runtime.getRuntime().availableProcessors();
    return share > MUCH
        ? List.of("other processes took %.0f %% of the processors".formatted(share * 100))
        : List.of();
  }

  /** Kilobytes for each of so many connections; NaN if that is not known, or they are too few. */
  static double kilobytesEach(long before, long after, int connections) {
    return before < 0 || after < 0 || connections < FEW
        ? Double.NaN
        : (after - before) / 1024.0 / connections;
  }
}
