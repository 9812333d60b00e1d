package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Many clients connect at the same time, as after a restart of the server. */
record ConnectStorm(String name, int connections, int atATime) implements Load {

  @Override
  public Kind kind() {
    return Kind.STORM;
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d, %,d at a time", connections, atATime);
  }

  @Override
  public Outcome run(Target target, Settings settings, Progress progress) throws IOException {
    int count = OpenFiles.atMost(connections);
    progress.step("connecting");
    Meter.visit(target, settings, progress);
    long empty = target.residentBytes();
    try (LoadGenerator generator = new LoadGenerator(target, 0, 1, progress)) {
      long start = System.nanoTime();
      generator.openSubscribers(count, 0, atATime, 0);
      double seconds = (System.nanoTime() - start) / 1e9;
      generator.run(settings.calmNanos());
      long opened = generator.subscribers().stream().filter(Client::isOpen).count();
      return new Outcome(
          List.of(
              Figure.count(opened),
              Figure.count(count - opened),
              Figure.number("%.2f", seconds),
              Figure.number("%.1f", Meter.kilobytesEach(empty, target.residentBytes(), count))),
          generator.check(),
          OpenFiles.note(connections));
    }
  }
}
