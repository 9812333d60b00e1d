package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writers that never pause and subscribers that hear of everything.
 *
 * @param inFlight operations that each writer has under way at any time
 */
record FanOut(String name, int subscribers, int writers, int inFlight) implements Load {

  static final int LOOKING = 16;
  static final int CONNECTS_AT_A_TIME = 50;

  @Override
  public Kind kind() {
    return Kind.FAN_OUT;
  }

  @Override
  public String size() {
    return String.format(Locale.ROOT, "%,d × %d × %d", subscribers, writers, inFlight);
  }

  @Override
  public Outcome run(Target target, Settings settings, Progress progress) throws IOException {
    int listening = subscribers == 0 ? 0 : OpenFiles.atMost(subscribers + writers) - writers;
    progress.step("connecting");
    Meter.visit(target, settings, progress);
    long empty = target.residentBytes();
    try (LoadGenerator generator = new LoadGenerator(target, writers, inFlight, progress)) {
      generator.openSubscribers(listening, LOOKING, CONNECTS_AT_A_TIME, 0);
      generator.openWriters(writers);
      Meter meter = new Meter(target, generator);
      generator.run(settings.calmNanos());
      double kilobytes = Meter.kilobytesEach(empty, target.residentBytes(), listening + writers);
      generator.start();
      progress.step("warming up");
      generator.run(settings.warmUpNanos());
      progress.step("measuring");
      meter.begin();
      generator.run(settings.nanos());
      meter.end();
      progress.step("counting");
      generator.finish(settings.patienceNanos());
      return new Outcome(figures(generator, meter, kilobytes), generator.check(), notes(meter));
    }
  }

  private List<String> notes(Meter meter) {
    List<String> notes = new ArrayList<>(meter.disturbance());
    if (subscribers > 0) {
      notes.addAll(OpenFiles.note(subscribers + writers));
    }
    return notes;
  }

  private static List<Figure> figures(LoadGenerator generator, Meter meter, double kilobytes) {
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.number("%,.0f", meter.operations() / meter.seconds()));
    figures.add(Figure.number("%,.0f", meter.deliveries() / meter.seconds()));
    figures.add(Figure.number("%,.0f", meter.operations() / meter.cpuSeconds()));
    figures.add(Figure.number("%,.0f", meter.deliveries() / meter.cpuSeconds()));
    figures.add(Figure.percentiles(generator.answerTimes()));
    figures.add(Figure.percentiles(generator.deliveryTimes()));
    figures.add(Figure.number("%.1f", kilobytes));
    figures.add(Figure.words("%.0f %%".formatted(meter.ownLoad() * 100)));
    return figures;
  }
}
