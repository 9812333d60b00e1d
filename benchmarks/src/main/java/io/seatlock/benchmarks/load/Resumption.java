package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Sessions lose their connections, the show goes on, and they come back: each must be resumed and
 * be told exactly what it has missed. Processor time is that of the server's process from the first
 * one that connects until the last one knows all, while nothing else happens.
 */
record Resumption(String name, int sessions, int missed) implements Load {

  private static final int AT_A_TIME = 20;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long ROUND_MILLIS = 10;
  private static final long LONGEST_TIME = TimeUnit.HOURS.toNanos(1);

  @Override
  public Kind kind() {
    return Kind.RESUMPTION;
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d × %,d events", sessions, missed);
  }

  @Override
  public boolean isOfV2() {
    return true;
  }

  @Override
  public Outcome run(Target target, Settings settings, Progress progress) throws IOException {
    try (LoadGenerator generator = new LoadGenerator(target, 1, 1, progress);
        Sessions all = new Sessions(target)) {
      generator.openWriters(1);
      all.come(0);
      progress.step("warming up");
      comeAndGo(all, generator, settings, settings.warmUpNanos());
      all.forgetTimes();
      progress.step("measuring");
      comeAndGo(all, generator, settings, settings.nanos());
      generator.finish(settings.patienceNanos());
      generator.check().faults().forEach(all.faults::add);
      return new Outcome(
          List.of(
              Figure.count(all.resumed),
              Figure.number("%.3f", all.cpuMillisEach()),
              Figure.percentiles(all.times)),
          new Exactness(all.faults.shown(), all.resumed * missed, true),
          List.of());
    }
  }

  /** At least once, and until the time is over. */
  private void comeAndGo(Sessions all, LoadGenerator generator, Settings settings, long nanos)
      throws IOException {
    Writer writer = generator.writers().get(0);
    long start = System.nanoTime();
    do {
      all.go();
      generator.run(settings.calmNanos());
      for (int i = 0; i < missed && writer.isOpen(); i++) {
        writer.step(0);
        generator.runUntil(PATIENCE_NANOS, writer::isIdle);
      }
      all.come(missed);
    } while (System.nanoTime() - start < nanos && all.faults.isEmpty());
  }

  /** All sessions, each with the connection that it has or had last. */
  private final class Sessions implements AutoCloseable {
    private final Target target;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    private final List<Returner> connections = new ArrayList<>();
    private final Faults faults = new Faults();
    private final Histogram times = new Histogram(LONGEST_TIME, 3);
    private long resumed;
    private long cpuNanos;

    Sessions(Target target) throws IOException {
      this.target = target;
    }

    /** All connect, a few at a time, and are told what they have missed. */
    void come(int changes) throws IOException {
      List<Returner> before = List.copyOf(connections);
      connections.clear();
      long cpuFrom = target.cpuNanos();
      for (int from = 0; from < sessions; from += AT_A_TIME) {
        List<Returner> coming = new ArrayList<>();
        for (int i = from; i < Math.min(sessions, from + AT_A_TIME); i++) {
          Returner last = before.isEmpty() ? null : before.get(i);
          coming.add(new Returner("session " + i, selector, target.address(), last, changes));
        }
        await(coming);
        connections.addAll(coming);
      }
      cpuNanos += target.cpuNanos() - cpuFrom;
    }

    private void await(List<Returner> coming) throws IOException {
      long start = System.nanoTime();
      while (!coming.stream().allMatch(each -> each.isBack() || each.isClosed())
          && System.nanoTime() - start < PATIENCE_NANOS) {
        selector.select(key -> ((Client) key.attachment()).ready(buffer), ROUND_MILLIS);
      }
      for (Returner each : coming) {
        if (each.isBack()) {
          resumed++;
          times.recordValue(each.took());
        } else {
          faults.add(each.name() + (each.isClosed() ? ": " + each.whyClosed() : " is not back"));
        }
      }
    }

    void go() {
      connections.forEach(Client::close);
    }

    void forgetTimes() {
      times.reset();
      resumed = 0;
      cpuNanos = 0;
    }

    double cpuMillisEach() {
      return cpuNanos <= 0 || resumed == 0 ? Double.NaN : cpuNanos / 1e6 / resumed;
    }

    @Override
    public void close() throws IOException {
      go();
      selector.close();
    }
  }
}
