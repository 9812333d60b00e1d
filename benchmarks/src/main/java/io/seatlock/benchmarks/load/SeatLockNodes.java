package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The packaged server, one process or several with one log, and writers that never pause, spread
 * over the nodes. All of them are in one show, and each must be told everything in one order.
 */
final class SeatLockNodes implements Contender {

  private static final long REST_NANOS = 20_000_000;

  /** Longer than anything that may come between two loads. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final String name;
  private final List<ServerProcess> nodes;
  private final LoadGenerator generator;
  private boolean measuring;

  /** Takes the nodes over: they end with it. */
  SeatLockNodes(
      String name, List<ServerProcess> nodes, int writers, int inFlight, Progress progress)
      throws IOException {
    this.name = name;
    this.nodes = List.copyOf(nodes);
    generator = new LoadGenerator(nodes.get(0), writers, inFlight, progress);
    for (int i = 0; i < writers; i++) {
      generator.connectTo(nodes.get(i % nodes.size()));
      generator.openWriters(1);
    }
  }

  /** Several servers as one, for their processor time. */
  private final class All implements Target {
    @Override
    public InetSocketAddress address() {
      return nodes.get(0).address();
    }

    @Override
    public long cpuNanos() {
      List<Long> each = new ArrayList<>();
      nodes.forEach(node -> each.add(node.cpuNanos()));
      return each.contains(UNKNOWN) ? UNKNOWN : each.stream().mapToLong(Long::longValue).sum();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Stretch load(long nanos) throws IOException {
    Meter meter = new Meter(new All(), generator);
    generator.start();
    meter.begin();
    generator.measure(measuring);
    generator.run(nanos);
    meter.end();
    generator.finish(PATIENCE_NANOS);
    return new Stretch(meter.seconds(), meter.operations(), meter.cpuSeconds());
  }

  @Override
  public void rest() throws IOException {
    generator.run(REST_NANOS);
  }

  @Override
  public void measure() {
    measuring = true;
  }

  @Override
  public Histogram answerTimes() {
    return generator.answerTimes();
  }

  @Override
  public Exactness check() {
    return generator.check();
  }

  @Override
  public void close() throws IOException {
    generator.close();
    nodes.forEach(ServerProcess::close);
  }
}
