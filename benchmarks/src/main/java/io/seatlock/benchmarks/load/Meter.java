package io.seatlock.benchmarks.load;

import java.io.IOException;

/** A generator and its server over a stretch of time. */
final class Meter {

  private static final int VISITORS = 20;
  private static final long SETTLE_NANOS = 500_000_000L;

  private final Target target;
  private final LoadGenerator generator;
  private LoadGenerator.Sample from;
  private LoadGenerator.Sample until;
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
  static void visit(Target target, Progress progress) throws IOException {
    try (LoadGenerator visitors = new LoadGenerator(target.address(), 0, 1, progress)) {
      visitors.openSubscribers(VISITORS, 0, VISITORS, 0);
    }
    try (LoadGenerator nobody = new LoadGenerator(target.address(), 0, 1, progress)) {
      nobody.run(SETTLE_NANOS);
    }
  }

  /** Lets things calm down. */
  void settle() throws IOException {
    generator.run(SETTLE_NANOS);
  }

  /** The stretch begins. */
  void begin() {
    generator.measure(true);
    cpuFrom = target.cpuNanos();
    from = generator.sample();
  }

  /** The stretch ends. */
  void end() {
    until = generator.sample();
    cpuUntil = target.cpuNanos();
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

  /** Kilobytes for each of so many connections; NaN if that is not known. */
  static double kilobytesEach(long before, long after, int connections) {
    return before < 0 || after < 0 || connections == 0
        ? Double.NaN
        : (after - before) / 1024.0 / connections;
  }
}
