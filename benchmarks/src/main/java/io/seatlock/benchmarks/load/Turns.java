package io.seatlock.benchmarks.load;

import io.seatlock.benchmarks.load.Contender.Stretch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Contenders that all run, of which one at a time is under load: a shared machine is not always
 * equally fast, and this way each gets its share of good and of bad times.
 */
final class Turns {

  static final List<String> HEADINGS =
      List.of(
          "load",
          "server",
          "ops/s, median of rounds",
          "lowest to highest",
          "ops per CPU s",
          "answer ms p50 / p99 / p99.9",
          "messages");

  /** Shorter than the patience of a server with a client that says nothing. */
  private static final long SLICE_NANOS = 5_000_000_000L;

  private final String load;
  private final Settings settings;
  private final int rounds;
  private final Progress progress;

  Turns(String load, Settings settings, int rounds, Progress progress) {
    this.load = load;
    this.settings = settings;
    this.rounds = rounds;
    this.progress = progress;
  }

  /**
   * Warms all of them up, then measures them in turns, and adds a row for each to the table, with
   * ratios of each to those after it.
   *
   * @return whether everything was exact
   */
  boolean take(List<Contender> contenders, Table table) throws IOException {
    progress.load(load);
    for (Contender contender : contenders) {
      progress.step("warming up " + contender.name());
      for (long left = settings.warmUpNanos(); left > 0; left -= SLICE_NANOS) {
        contender.load(Math.min(left, SLICE_NANOS));
        rest(contenders);
      }
      contender.measure();
    }
    List<List<Stretch>> scores = new ArrayList<>();
    contenders.forEach(contender -> scores.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        // The one that goes first is another one each time.
        int turn = (i + round) % contenders.size();
        Contender contender = contenders.get(turn);
        progress.step("round " + (round + 1) + ", " + contender.name());
        Stretch stretch = contender.load(settings.nanos());
        rest(contenders);
        scores.get(turn).add(stretch);
        progress.result(
            "%s, round %d, %s: %,.0f ops/s, %,.0f ops per CPU s"
                .formatted(
                    load,
                    round + 1,
                    contender.name(),
                    stretch.perSecond(),
                    stretch.perCpuSecond()));
      }
    }
    boolean exact = true;
    List<List<Figure>> figures = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      Contender contender = contenders.get(i);
      Exactness exactness = contender.check();
      exact &= exactness.isExact();
      exactness.faults().forEach(fault -> progress.result(contender.name() + ": " + fault));
      figures.add(figures(contender, scores.get(i)));
      table.add(row(load, contender.name(), figures.get(i), exactness.toString()));
    }
    for (int i = 0; i < contenders.size(); i++) {
      for (int j = i + 1; j < contenders.size(); j++) {
        List<Figure> ratios = new ArrayList<>();
        for (int column = 0; column < figures.get(i).size(); column++) {
          ratios.add(figures.get(i).get(column).ratioTo(figures.get(j).get(column)));
        }
        table.add(row("", contenders.get(i).name() + " : " + contenders.get(j).name(), ratios, ""));
      }
    }
    return exact;
  }

  private static void rest(List<Contender> contenders) throws IOException {
    for (Contender contender : contenders) {
      contender.rest();
    }
  }

  private static List<Figure> figures(Contender contender, List<Stretch> stretches) {
    List<Double> speeds = stretches.stream().map(Stretch::perSecond).sorted().toList();
    return List.of(
        Figure.number("%,.0f", median(stretches, Stretch::perSecond)),
        Figure.words(
            String.format(
                Locale.ROOT, "%,.0f to %,.0f", speeds.get(0), speeds.get(speeds.size() - 1))),
        Figure.number("%,.0f", median(stretches, Stretch::perCpuSecond)),
        Figure.percentiles(contender.answerTimes()));
  }

  /** The middle one of all rounds. */
  private static double median(List<Stretch> stretches, ToDoubleFunction<Stretch> what) {
    List<Stretch> sorted = new ArrayList<>(stretches);
    sorted.sort(Comparator.comparingDouble(what));
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? what.applyAsDouble(sorted.get(half))
        : (what.applyAsDouble(sorted.get(half - 1)) + what.applyAsDouble(sorted.get(half))) / 2;
  }

  private static List<String> row(String load, String name, List<Figure> figures, String exact) {
    List<String> row = new ArrayList<>(List.of(load, name));
    figures.forEach(figure -> row.add(figure.text()));
    row.add(exact);
    return row;
  }
}
