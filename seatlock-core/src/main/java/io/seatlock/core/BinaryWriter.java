package io.seatlock.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the binary form of commands, events and snapshots: a version byte, then fields in a fixed
 * order. Numbers take 7 bits a byte, lowest first; texts are UTF-8 behind their length.
 */
final class BinaryWriter {

  /** The version of everything but several commands together. */
  static final byte VERSION = 1;

  /** The version in which a name is written once. */
  static final byte WITH_NAMES = 2;

  private byte[] bytes = new byte[128];
  private int size;

  /** What was written by {@link #name}, with its number; null if names are texts like others. */
  private final @Nullable Map<String, Integer> names;

  BinaryWriter() {
    bytes[size++] = VERSION;
    names = null;
  }

  private BinaryWriter(Map<String, Integer> names) {
    bytes[size++] = WITH_NAMES;
    this.names = names;
  }

  /** Writes each name once. */
  static BinaryWriter withNames() {
    return new BinaryWriter(new HashMap<>());
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
   * A text that is likely to come again. In the version with names it is written as a text the
   * first time, and then as its number among them, counted from 1, behind a 0: no name is empty, or
   * it is the number 0.
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
