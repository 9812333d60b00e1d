package io.seatlock.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** Rows of words under headings, as plain text or as Markdown. The first two columns are names. */
final class Table {

  private static final int NAMES = 2;

  private final List<List<String>> rows = new ArrayList<>();

  Table(List<String> headings) {
    rows.add(List.copyOf(headings));
  }

  void add(List<String> row) {
    if (row.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(row.size() + " cells, not " + rows.get(0).size());
    }
    rows.add(List.copyOf(row));
  }

  String toText() {
    return lines("", "  ", "", "-", false);
  }

  String toMarkdown() {
    return lines("| ", " | ", " |", "-", true);
  }

  private String lines(String before, String between, String after, String rule, boolean markdown) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < widths.length; i++) {
        cells.add(padded(rows.get(r).get(i), widths[i], i < NAMES));
      }
      out.append((before + String.join(between, cells) + after).stripTrailing()).append('\n');
      if (r == 0) {
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
          boolean right = markdown && i >= NAMES;
          rules.add(rule.repeat(widths[i] - (right ? 1 : 0)) + (right ? ":" : ""));
        }
        out.append(before).append(String.join(between, rules)).append(after).append('\n');
      }
    }
    return out.toString();
  }

  private static String padded(String text, int width, boolean left) {
    String space = " ".repeat(width - text.length());
    return left ? text + space : space + text;
  }
}
