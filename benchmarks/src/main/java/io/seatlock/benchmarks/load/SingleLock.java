package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** One writer that locks or unlocks a seat now and then, on a show where nothing else happens. */
record SingleLock(String name, int subscribers, int perSecond) implements Load {

  /** Longer than a server takes that is only slow; what is never answered shows in the check. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  @Override
  public Kind kind() {
    return Kind.SINGLE;
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d × 1, %d/s", subscribers, perSecond);
  }

  @Override
  public Outcome run(Target target, Settings settings, Progress progress) throws IOException {
    progress.step("connecting");
    try (LoadGenerator generator = new LoadGenerator(target, 1, 1, progress)) {
      // Few operations: every subscriber takes its times.
      generator.openSubscribers(subscribers, subscribers, FanOut.CONNECTS_AT_A_TIME, 0);
      generator.openWriters(1);
      Meter meter = new Meter(target, generator);
      generator.run(settings.calmNanos());
      progress.step("warming up");
      pace(generator, perSecond, settings.warmUpNanos());
      progress.step("measuring");
      meter.begin();
      pace(generator, perSecond, settings.nanos());
      meter.end();
      generator.finish(settings.patienceNanos());
      return new Outcome(
          List.of(
              Figure.count(meter.operations()),
              Figure.percentiles(generator.answerTimes()),
              Figure.percentiles(generator.deliveryTimes()),
              Figure.number("%.2f", meter.cpuSeconds() * 1e3 / meter.operations())),
          generator.check(),
          meter.disturbance());
    }
  }

  /**
   * Has the first writer do so many operations a second, for so long, and waits for the answers. An
   * operation that is due while another one is unanswered waits for it, and that is part of its
   * time.
   */
  static void pace(LoadGenerator generator, int perSecond, long nanos) throws IOException {
    Writer writer = generator.writers().get(0);
    long start = System.nanoTime();
    long step = 1_000_000_000L / perSecond;
    for (long due = 0; due < nanos && writer.isOpen(); due += step) {
      long now = System.nanoTime() - start;
      generator.run(due - now);
      writer.stepWhenIdle(0, start + due);
    }
    generator.run(nanos - (System.nanoTime() - start));
    generator.runUntil(PATIENCE_NANOS, () -> writer.isIdle() || !writer.isOpen());
  }
}
