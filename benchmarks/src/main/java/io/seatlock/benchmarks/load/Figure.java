package io.seatlock.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * One cell of a table: numbers, or words alone. A number that is not known is NaN.
 *
 * @param text how it is shown
 * @param values the numbers that can be compared with those of another server
 */
record Figure(String text, List<Double> values) {

  /** Copies the list. */
  Figure {
    values = List.copyOf(values);
  }

  /** Words. */
  static Figure words(String text) {
    return new Figure(text, List.of());
  }

  /** A number that may be compared. */
  static Figure number(String format, double value) {
    return numbers(format, List.of(value));
  }

  /** A whole number that there is no sense in comparing. */
  static Figure count(long value) {
    return words(String.format(Locale.ROOT, "%,d", value));
  }

  /** The 50th, 99th and 99.9th percentile in milliseconds of times in nanoseconds. */
  static Figure percentiles(Histogram nanos) {
    if (nanos.getTotalCount() == 0) {
      return words("n/a");
    }
    List<Double> millis = new ArrayList<>();
    for (double percentile : new double[] {50, 99, 99.9}) {
      millis.add(nanos.getValueAtPercentile(percentile) / 1e6);
    }
    return numbers("%.2f", millis);
  }

  private static Figure numbers(String format, List<Double> values) {
    List<String> texts = new ArrayList<>();
    for (double value : values) {
      texts.add(Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "n/a");
    }
    return new Figure(String.join(" / ", texts), values);
  }

  /** How many times the other's numbers these are; no words if that cannot be said. */
  Figure ratioTo(Figure other) {
    List<String> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(values.size(), other.values.size()); i++) {
      double ratio = values.get(i) / other.values.get(i);
      if (!Double.isFinite(ratio) || ratio <= 0) {
        return words("");
      }
      String format = ratio >= 100 ? "%.0f" : ratio >= 10 ? "%.1f" : "%.2f";
      ratios.add("×" + String.format(Locale.ROOT, format, ratio));
    }
    return words(String.join(" / ", ratios));
  }
}
