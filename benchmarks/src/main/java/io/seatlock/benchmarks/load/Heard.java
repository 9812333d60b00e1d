package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.List;

/**
 * One writer on one node, subscribers on another, and a lock now and then: how long it takes until
 * all of them have heard of it.
 */
final class Heard {

  static final List<String> HEADINGS =
      List.of(
          "load",
          "server",
          "operations",
          "answer ms p50 / p99 / p99.9",
          "heard on the other node ms p50 / p99 / p99.9",
          "messages");

  private Heard() {}

  /**
   * Measures it.
   *
   * @return whether everything was exact
   */
  static boolean measure(
      Target writersNode,
      Target othersNode,
      int subscribers,
      int perSecond,
      Settings settings,
      Progress progress,
      Table table)
      throws IOException {
    progress.load("heard");
    try (LoadGenerator generator = new LoadGenerator(othersNode, 1, 1, progress)) {
      generator.openSubscribers(subscribers, subscribers, FanOut.CONNECTS_AT_A_TIME, 0);
      generator.connectTo(writersNode);
      generator.openWriters(1);
      progress.step("warming up");
      SingleLock.pace(generator, perSecond, settings.warmUpNanos());
      progress.step("measuring");
      generator.measure(true);
      SingleLock.pace(generator, perSecond, settings.nanos());
      generator.measure(false);
      generator.finish(settings.patienceNanos());
      Exactness exactness = generator.check();
      exactness.faults().forEach(progress::result);
      table.add(
          List.of(
              "heard by %,d, %d/s".formatted(subscribers, perSecond),
              "PostgreSQL, 2 nodes",
              Figure.count(generator.answerTimes().getTotalCount()).text(),
              Figure.percentiles(generator.answerTimes()).text(),
              Figure.percentiles(generator.deliveryTimes()).text(),
              exactness.toString()));
      return exactness.isExact();
    }
  }
}
