package io.seatlock.benchmarks.load;

import java.nio.ByteBuffer;

/**
 * One message of either dialect, read in place without allocation. Only the seats of the harness
 * are known, {@code w3s17} for the slot 17 of the writer 3. Reused for message after message;
 * belongs to one thread.
 */
final class Message {

  /** What the harness needs to tell apart. */
  enum Kind {
    LOCKED("locked"),
    UNLOCKED("unlocked"),
    LOCKED_FOR_YOU("lockedForYou"),
    UNLOCKED_FOR_YOU("unlockedForYou"),
    WELCOME("welcome"),
    START_STATE("startstate"),
    OTHER("");

    private static final Kind[] ALL = values();
    private final String word;

    Kind(String word) {
      this.word = word;
    }

    boolean isLock() {
      return this == LOCKED || this == LOCKED_FOR_YOU;
    }

    boolean isChange() {
      return this != WELCOME && this != START_STATE && this != OTHER;
    }

    boolean isAnswer() {
      return this == LOCKED_FOR_YOU || this == UNLOCKED_FOR_YOU;
    }
  }

  private static final String EVENT = "event";
  private static final String DATA = "data";
  private static final String ID = "id";
  private static final String SEQ = "seq";
  private static final String SEATS = "seats";

  private Kind kind = Kind.OTHER;
  private long id;
  private long seq;
  private int writer;
  private int slot;

  // The string that was found last.
  private int start;
  private int end;

  /** What it says. */
  Kind kind() {
    return kind;
  }

  /** The writer whose seat it is about; -1 if it is not about a seat of the harness. */
  int writer() {
    return writer;
  }

  /** The slot of that writer. */
  int slot() {
    return slot;
  }

  /** The number of the request that it answers; -1 if it has none. */
  long id() {
    return id;
  }

  /** The number of the change; -1 if it has none. */
  long seq() {
    return seq;
  }

  /**
   * Reads {@code {"event":"…","data":"…"}} or {@code {"event":"…","id":…,"seq":…,"seats":["…"]…}};
   * anything else is {@link Kind#OTHER}.
   */
  void parse(ByteBuffer in, int at, int length) {
    int limit = at + length;
    kind = Kind.OTHER;
    id = -1;
    seq = -1;
    writer = -1;
    slot = -1;
    end = at - 1;
    if (!nextString(in, limit) || !isWord(in, EVENT) || !nextString(in, limit)) {
      return;
    }
    kind = kindOfWord(in);
    if (kind == Kind.START_STATE || kind == Kind.WELCOME) {
      return;
    }
    if (!parseRest(in, limit)) {
      kind = Kind.OTHER;
    }
  }

  private boolean parseRest(ByteBuffer in, int limit) {
    while (nextString(in, limit)) {
      if (isWord(in, DATA)) {
        return nextString(in, limit) && parseSeat(in);
      } else if (isWord(in, SEATS)) {
        return nextString(in, limit) && parseSeat(in) && end + 1 < limit && in.get(end + 1) == ']';
      } else if (isWord(in, ID)) {
        id = numberBehind(in, limit);
      } else if (isWord(in, SEQ)) {
        seq = numberBehind(in, limit);
      } else {
        return false;
      }
    }
    return false;
  }

  /** The number behind the string that was found last and its colon; -1 if there is none. */
  private long numberBehind(ByteBuffer in, int limit) {
    long number = -1;
    for (int i = end + 2; i < limit; i++) {
      int digit = in.get(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      number = Math.max(0, number) * 10 + digit;
    }
    return number;
  }

  private boolean nextString(ByteBuffer in, int limit) {
    start = indexOfQuote(in, end + 1, limit) + 1;
    end = indexOfQuote(in, start, limit);
    return end < limit;
  }

  private static int indexOfQuote(ByteBuffer in, int from, int limit) {
    int i = from;
    while (i < limit && in.get(i) != '"') {
      i++;
    }
    return i;
  }

  private boolean isWord(ByteBuffer in, String word) {
    if (end - start != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (in.get(start + i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private Kind kindOfWord(ByteBuffer in) {
    for (Kind candidate : Kind.ALL) {
      if (isWord(in, candidate.word)) {
        return candidate;
      }
    }
    return Kind.OTHER;
  }

  private boolean parseSeat(ByteBuffer in) {
    int s = start + 1;
    if (start == end || in.get(start) != 'w') {
      return false;
    }
    while (s < end && in.get(s) != 's') {
      s++;
    }
    int w = number(in, start + 1, s);
    int n = number(in, s + 1, end);
    if (w < 0 || n < 0) {
      return false;
    }
    writer = w;
    slot = n;
    return true;
  }

  private static int number(ByteBuffer in, int from, int to) {
    if (to <= from || to - from > 6) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = in.get(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
