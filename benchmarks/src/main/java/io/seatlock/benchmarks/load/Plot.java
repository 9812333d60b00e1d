package io.seatlock.benchmarks.load;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** A picture of deliveries per second against the number of subscribers, both axes logarithmic. */
final class Plot {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 440;
  private static final int LEFT = 90;
  private static final int RIGHT = 130;
  private static final int TOP = 56;
  private static final int BOTTOM = 64;
  private static final List<String> COLOURS = List.of("#0b7a4b", "#b4400f", "#2b5fb3");

  private final StringBuilder out = new StringBuilder();
  private final double lowX;
  private final double highX;
  private final int lowY;
  private final int highY;

  private Plot(Collection<Integer> subscribers, double least, double most) {
    lowX = Math.log10(subscribers.stream().mapToInt(Integer::intValue).min().orElse(1));
    highX = Math.log10(subscribers.stream().mapToInt(Integer::intValue).max().orElse(10));
    lowY = (int) Math.floor(Math.log10(least));
    highY = Math.max(lowY + 1, (int) Math.ceil(Math.log10(most)));
  }

  /** The picture of one line for each server: its deliveries per second by subscribers. */
  static String svg(Map<String, Map<Integer, Double>> series) {
    TreeSet<Integer> subscribers = new TreeSet<>();
    TreeSet<Double> rates = new TreeSet<>();
    for (Map<Integer, Double> line : series.values()) {
      subscribers.addAll(line.keySet());
      rates.addAll(line.values());
    }
    rates.removeIf(rate -> !(rate > 0));
    if (rates.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to draw");
    }
    Plot plot = new Plot(subscribers, rates.first(), rates.last());
    plot.frame(subscribers);
    int colour = 0;
    for (Map.Entry<String, Map<Integer, Double>> line : series.entrySet()) {
      plot.line(line.getKey(), line.getValue(), COLOURS.get(colour++ % COLOURS.size()));
    }
    return plot.out.append("</svg>\n").toString();
  }

  private void frame(Collection<Integer> subscribers) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222\">",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    add("<title>Deliveries per second by number of subscribers</title>");
    add("<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#fff\"/>", WIDTH, HEIGHT);
    text(LEFT, 30, "start", "font-size=\"16\" font-weight=\"bold\"", "Deliveries per second");
    for (int power = lowY; power <= highY; power++) {
      double y = y(Math.pow(10, power));
      add(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>",
          LEFT, y, WIDTH - RIGHT, y);
      text(LEFT - 10, y + 4, "end", "", shown(Math.pow(10, power)));
    }
    for (int number : subscribers) {
      double x = x(number);
      add(
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#ddd\"/>",
          x, TOP, x, HEIGHT - BOTTOM);
      text(x, HEIGHT - BOTTOM + 20, "middle", "", String.format(Locale.ROOT, "%,d", number));
    }
    add(
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#444\"/>",
        LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
    text(
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 18,
        "middle",
        "",
        "subscribers (both scales logarithmic)");
  }

  private void line(String name, Map<Integer, Double> rates, String colour) {
    StringBuilder path = new StringBuilder();
    double endX = LEFT;
    double endY = TOP;
    for (int number : new TreeSet<>(rates.keySet())) {
      double rate = rates.getOrDefault(number, Double.NaN);
      if (!(rate > 0)) {
        continue;
      }
      endX = x(number);
      endY = y(rate);
      path.append(
          String.format(Locale.ROOT, "%s%.1f %.1f", path.length() == 0 ? "M" : "L", endX, endY));
      add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", endX, endY, colour);
      text(endX, endY - 10, "middle", "font-size=\"11\" fill=\"" + colour + "\"", shown(rate));
    }
    add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour);
    String style = "font-weight=\"bold\" fill=\"" + colour + "\"";
    text(endX + 14, endY + 4, "start", style, name);
  }

  private double x(int subscribers) {
    double share = highX == lowX ? 0.5 : (Math.log10(subscribers) - lowX) / (highX - lowX);
    return LEFT + 24 + share * (WIDTH - LEFT - RIGHT - 48);
  }

  private double y(double rate) {
    double share = (Math.log10(rate) - lowY) / (highY - lowY);
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private static String shown(double number) {
    if (number >= 999_500) {
      return scaled(number / 1e6) + " M";
    }
    return number >= 1000 ? scaled(number / 1e3) + " k" : scaled(number);
  }

  private static String scaled(double number) {
    String text = String.format(Locale.ROOT, number < 10 ? "%.1f" : "%.0f", number);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private void text(double x, double y, String anchor, String style, String words) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>",
        x, y, anchor, style, words.replace("&", "&amp;").replace("<", "&lt;"));
  }

  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
