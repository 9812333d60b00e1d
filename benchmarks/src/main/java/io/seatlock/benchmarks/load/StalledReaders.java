package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Under full load, some of the subscribers stop to read; later they read what there is for them.
 */
record StalledReaders(String name, int subscribers, int stalled, int writers, int inFlight)
    implements Load {

  /** A slow network's share: the rest must wait at the server. */
  private static final int RECEIVE_BUFFER = 64 * 1024;

  private static final long READ_NANOS = 5_000_000_000L;

  @Override
  public Kind kind() {
    return Kind.STALLED;
  }

  @Override
  public String size() {
    return String.format(
        Locale.ROOT, "%,d × %d × %d, %d stall", subscribers, writers, inFlight, stalled);
  }

  @Override
  public Outcome run(Target target, Settings settings, Progress progress) throws IOException {
    progress.step("connecting");
    try (LoadGenerator generator = new LoadGenerator(target, writers, inFlight, progress)) {
      generator.openSubscribers(stalled, 0, FanOut.CONNECTS_AT_A_TIME, RECEIVE_BUFFER);
      generator.openSubscribers(
          subscribers - stalled, FanOut.LOOKING, FanOut.CONNECTS_AT_A_TIME, 0);
      generator.openWriters(writers);
      List<Subscriber> stalling = List.copyOf(generator.subscribers().subList(0, stalled));
      Meter all = new Meter(target, generator);
      generator.run(settings.calmNanos());
      generator.start();
      progress.step("warming up");
      generator.run(settings.warmUpNanos());
      progress.step("measuring while all read");
      all.begin();
      generator.run(settings.nanos());
      all.end();
      long before = target.residentBytes();
      stalling.forEach(subscriber -> subscriber.read(false));
      progress.step("measuring while some are stalled");
      Meter some = new Meter(target, generator);
      some.begin();
      generator.run(settings.nanos());
      some.end();
      long after = target.residentBytes();
      progress.step("counting");
      generator.finish(settings.patienceNanos());
      Exactness readers = generator.check();
      progress.step("the stalled read");
      stalling.forEach(subscriber -> subscriber.read(true));
      generator.runUntil(READ_NANOS, () -> stalling.stream().allMatch(s -> isDone(s, readers)));
      double rateBefore = all.operations() / all.seconds();
      double rateAfter = some.operations() / some.seconds();
      return new Outcome(
          List.of(
              Figure.number("%,.0f", rateBefore),
              Figure.number("%,.0f", rateAfter),
              Figure.words("%.0f %%".formatted(rateAfter / rateBefore * 100)),
              Figure.number("%.0f", megabytes(before)),
              Figure.number("%.0f", megabytes(after)),
              Figure.words(fates(stalling, readers))),
          readers,
          some.disturbance());
    }
  }

  private static boolean isDone(Subscriber subscriber, Exactness readers) {
    return subscriber.isClosed() || subscriber.messages() == readers.operations();
  }

  private static String fates(List<Subscriber> stalling, Exactness readers) {
    Map<String, Integer> fates = new TreeMap<>();
    long least = Long.MAX_VALUE;
    long most = 0;
    for (Subscriber subscriber : stalling) {
      String fate;
      if (subscriber.messages() == readers.operations()) {
        fate = "everything";
      } else {
        fate = subscriber.isClosed() ? subscriber.whyClosed() : "a part";
        least = Math.min(least, subscriber.messages());
        most = Math.max(most, subscriber.messages());
      }
      fates.merge(fate, 1, Integer::sum);
    }
    List<String> parts = new ArrayList<>();
    fates.forEach((fate, count) -> parts.add(count + ": " + fate));
    if (most > 0) {
      parts.add(
          String.format(
              Locale.ROOT, "%,d to %,d of %,d messages", least, most, readers.operations()));
    }
    return String.join("; ", parts);
  }

  private static double megabytes(long bytes) {
    return bytes < 0 ? Double.NaN : bytes / 1048576.0;
  }
}
