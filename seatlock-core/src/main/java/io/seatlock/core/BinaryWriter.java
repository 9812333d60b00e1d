package io.seatlock.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes binary forms: a byte with the version of the form, then fields in a fixed order. Numbers
 * take 7 bits a byte, lowest first; texts are UTF-8 behind their length. Each form has versions of
 * its own, counted from 1.
 */
final class BinaryWriter {

  private byte[] bytes = new byte[128];
  private int size;

  /** What was written by {@link #name}, with its number; null if names are texts like others. */
  private final @Nullable Map<String, Integer> names;

  /** Writes each name as a text like others. */
  BinaryWriter(int version) {
    this(version, null);
  }

  private BinaryWriter(int version, @Nullable Map<String, Integer> names) {
    bytes[size++] = (byte) version;
    this.names = names;
  }

  /** Writes each name once. */
  static BinaryWriter withNames(int version) {
    return new BinaryWriter(version, new HashMap<>());
  }

  /** A place to go back to. */
  record Mark(int size, int names) {}

  Mark mark() {
    return new Mark(size, names == null ? 0 : names.size());
  }

  /** Takes back what was written since. */
  void goBackTo(Mark mark) {
    size = mark.size;
    if (names != null) {
      names.values().removeIf(number -> number > mark.names);
    }
  }

  /** How many bytes were written. */
  int size() {
    return size;
  }

  /** A number that is not negative. */
  void number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("the binary form has no negative numbers: " + value);
    }
    ensure(10);
    long rest = value;
    while (rest > 0x7f) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void flag(boolean value) {
    number(value ? 1 : 0);
  }

  void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    ensure(utf8.length);
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
  }

  /**
   * A text that is likely to come again. Where names are written once it is a text the first time,
   * and then as its number among them, counted from 1, behind a 0: no name is empty, or it is the
   * number 0.
   */
  void name(String value) {
    Integer before =
        names == null || value.isEmpty() ? null : names.putIfAbsent(value, names.size() + 1);
    if (before != null) {
      number(0);
      number(before);
    } else {
      text(value);
      if (names != null && value.isEmpty()) {
        number(0);
      }
    }
  }

  void optionalName(@Nullable String value) {
    flag(value != null);
    if (value != null) {
      name(value);
    }
  }

  void optionalText(@Nullable String value) {
    flag(value != null);
    if (value != null) {
      text(value);
    }
  }

  void optionalNumber(@Nullable Long value) {
    flag(value != null);
    if (value != null) {
      number(value);
    }
  }

  void texts(List<String> values) {
    number(values.size());
    values.forEach(this::text);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
