package io.seatlock.core;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/** The one rule for ids of seats, shows and holders. */
public final class Ids {

  private static final int MAX_LENGTH = 64;

  /** Of the ASCII characters, those that an id may have. */
  private static final boolean[] ALLOWED = new boolean[0x80];

  static {
    String allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_~-";
    allowed.chars().forEach(c -> ALLOWED[c] = true);
  }

  private Ids() {}

  /** Whether this is 1 to 64 letters, digits and {@code .:_~-}, as every id must be. */
  public static boolean isWellFormed(String id) {
    try {
      check("id", id);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Returns the id if it is well-formed.
   *
   * @param what names the id in error messages, such as "seat id"
   * @throws NullPointerException if the id is null
   * @throws IllegalArgumentException if it is not 1 to 64 letters, digits and {@code .:_~-}
   */
  static String check(String what, String id) {
    Objects.requireNonNull(id, what);
    int length = id.length();
    if (length == 0) {
      throw new IllegalArgumentException(what + " is empty");
    }
    if (length > MAX_LENGTH && id.codePointCount(0, length) > MAX_LENGTH) {
      throw new IllegalArgumentException(what + " is longer than " + MAX_LENGTH + " characters");
    }
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      if (c >= ALLOWED.length || !ALLOWED[c]) {
        i += checkOther(what, id, i);
      }
    }
    return id;
  }

  /**
   * Returns an unchangeable copy of the list of seats if each is well-formed and none comes twice.
   *
   * @throws NullPointerException if the list or an id is null
   * @throws IllegalArgumentException if the list is empty, an id is ill-formed or comes twice
   */
  static List<String> checkSeats(List<String> seats) {
    List<String> copy = List.copyOf(Objects.requireNonNull(seats, "seats"));
    if (copy.size() == 1) {
      check("seat id", copy.get(0));
      return copy;
    }
    if (copy.isEmpty()) {
      throw new IllegalArgumentException("no seat is named");
    }
    HashSet<String> seen = new HashSet<>(copy.size() * 2);
    for (String seat : copy) {
      if (!seen.add(check("seat id", seat))) {
        throw new IllegalArgumentException("seat " + seat + " is named twice");
      }
    }
    return copy;
  }

  /** Checks a character beyond ASCII and returns how many chars it takes after its first. */
  private static int checkOther(String what, String id, int index) {
    int c = id.codePointAt(index);
    if (c < 0x80 || !Character.isLetterOrDigit(c)) {
      throw new IllegalArgumentException(
          String.format(
              "%s has the character U+%04X at position %d; letters, digits and .:_~- are allowed",
              what, c, index));
    }
    return Character.charCount(c) - 1;
  }
}
