package io.seatlock.benchmarks.load;

import io.seatlock.client.Outcome.Granted;
import io.seatlock.client.SeatLockClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One seat is locked and unlocked, one request at a time: by a writer of the harness, which has a
 * socket and no more, and by the client library, in turns. Each is in a show of its own, so that
 * neither hears of the other. What the client adds is the difference of the two.
 *
 * @param inARow how many requests each makes before it is the other's turn
 */
record RoundTrips(String name, int inARow) implements Load {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long LONGEST_TIME = TimeUnit.HOURS.toNanos(1);
  private static final String SEAT = "w0s0";

  @Override
  public Kind kind() {
    return Kind.ROUND_TRIPS;
  }

  @Override
  public String size() {
    return inARow + " in a row";
  }

  @Override
  public boolean isOfV2() {
    return true;
  }

  @Override
  public Outcome run(Target target, Settings settings, Progress progress) throws IOException {
    InetSocketAddress address = target.address();
    URI show =
        URI.create(
            "ws://%s:%d/client"
                .formatted(address.getAddress().getHostAddress(), address.getPort()));
    Histogram times = new Histogram(LONGEST_TIME, 3);
    Faults faults = new Faults();
    try (LoadGenerator generator = new LoadGenerator(target, 1, 1, progress);
        SeatLockClient client = SeatLockClient.builder(show).connect().join()) {
      generator.openWriters(1);
      progress.step("warming up");
      takeTurns(generator, client, settings.warmUpNanos(), new Histogram(LONGEST_TIME, 3), faults);
      progress.step("measuring");
      generator.measure(true);
      Meter meter = new Meter(target, generator);
      meter.begin();
      takeTurns(generator, client, settings.nanos(), times, faults);
      meter.end();
      generator.finish(settings.patienceNanos());
      generator.check().faults().forEach(faults::add);
      return new Outcome(
          List.of(
              Figure.count(times.getTotalCount()),
              Figure.percentiles(generator.answerTimes()),
              Figure.percentiles(times),
              Figure.words(added(generator.answerTimes(), times))),
          new Exactness(faults.shown(), times.getTotalCount(), true),
          meter.disturbance());
    }
  }

  private void takeTurns(
      LoadGenerator generator, SeatLockClient client, long nanos, Histogram times, Faults faults)
      throws IOException {
    Writer writer = generator.writers().get(0);
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos && writer.isOpen() && faults.isEmpty()) {
      for (int i = 0; i < inARow; i++) {
        writer.step(0);
        generator.runUntil(PATIENCE_NANOS, writer::isIdle);
      }
      for (int i = 0; i < inARow; i++) {
        long sent = System.nanoTime();
        var answer = (i % 2 == 0 ? client.lock(SEAT) : client.unlock(SEAT)).join();
        times.recordValue(System.nanoTime() - sent);
        if (!(answer instanceof Granted)) {
          faults.add("the client was answered " + answer);
        }
      }
    }
  }

  private static String added(Histogram without, Histogram with) {
    StringBuilder text = new StringBuilder();
    for (double percentile : new double[] {50, 99, 99.9}) {
      long more = with.getValueAtPercentile(percentile) - without.getValueAtPercentile(percentile);
      text.append(text.isEmpty() ? "" : " / ").append(more / 1_000);
    }
    return text.toString();
  }
}
