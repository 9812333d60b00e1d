package io.seatlock.client;

/** Makes text from the server fit for a log: one short line without control characters. */
final class LogText {

  private static final int MAX_LENGTH = 200;

  private LogText() {}

  static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_LENGTH)
        .forEach(c -> line.appendCodePoint(isHarmless(c) ? c : '\uFFFD'));
    return text.codePointCount(0, text.length()) > MAX_LENGTH ? line + "…" : line.toString();
  }

  private static boolean isHarmless(int c) {
    int type = Character.getType(c);
    return !Character.isISOControl(c)
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.FORMAT
        && type != Character.SURROGATE;
  }
}
