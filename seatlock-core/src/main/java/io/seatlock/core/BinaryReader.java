package io.seatlock.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Reads what {@link BinaryWriter} wrote; every fault is an {@link IllegalArgumentException}. */
final class BinaryReader {

  private final byte[] bytes;
  private final String what;
  private int position;

  /** What {@link #name} has read, if a name is written once. */
  private final List<String> names = new ArrayList<>();

  private boolean withNames;

  private BinaryReader(byte[] bytes, String what) {
    this.bytes = bytes;
    this.what = what;
  }

  /** Reads a value in the form that it has in a version. */
  @FunctionalInterface
  interface Body<T> {
    T read(BinaryReader in, int version);
  }

  /**
   * Reads one value that fills the bytes exactly.
   *
   * @param what names the value in error messages
   * @param newest the newest version that the body reads
   * @throws IllegalArgumentException if the bytes are damaged, too long, or of a later version
   */
  static <T> T readWhole(byte[] bytes, String what, int newest, Body<T> body) {
    BinaryReader in = new BinaryReader(bytes, what);
    T value = body.read(in, requireVersion(what, in.next(), 1, newest));
    if (!in.isAtEnd()) {
      throw in.damaged("bytes after its end");
    }
    return value;
  }

  /** Reads values that fill the bytes, in the version in which names are written once. */
  static <T> List<T> readAll(
      byte[] bytes, String what, int version, Function<BinaryReader, T> body) {
    BinaryReader in = new BinaryReader(bytes, what);
    requireVersion(what, in.next(), version, version);
    in.withNames = true;
    List<T> values = new ArrayList<>();
    do {
      values.add(body.apply(in));
    } while (!in.isAtEnd());
    return values;
  }

  /**
   * Reads the version of a part.
   *
   * @param part names it in error messages
   * @param newest the newest version that can be read
   */
  int version(String part, int newest) {
    return requireVersion(what + " with " + part, number(), 1, newest);
  }

  private static int requireVersion(String what, long version, int oldest, int newest) {
    if (version < oldest || version > newest) {
      throw new IllegalArgumentException(
          what
              + " of version "
              + version
              + "; this program reads "
              + (oldest == newest ? "version " + newest : "versions " + oldest + " to " + newest));
    }
    return (int) version;
  }

  private boolean isAtEnd() {
    return position == bytes.length;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = next();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw damaged("a number too long");
  }

  boolean flag() {
    long value = number();
    if (value > 1) {
      throw damaged("a flag of " + value);
    }
    return value == 1;
  }

  String text() {
    int length = size();
    ByteBuffer utf8 = ByteBuffer.wrap(bytes, position, length);
    position += length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(damaged("a text that is not UTF-8").getMessage(), e);
    }
  }

  /** As {@link BinaryWriter#name} writes it. */
  String name() {
    String text = text();
    if (!withNames) {
      return text;
    }
    if (!text.isEmpty()) {
      names.add(text);
      return text;
    }
    long number = number();
    if (number > names.size()) {
      throw damaged("name " + number + " of " + names.size());
    }
    return number == 0 ? "" : names.get((int) number - 1);
  }

  @Nullable String optionalName() {
    return flag() ? name() : null;
  }

  @Nullable String optionalText() {
    return flag() ? text() : null;
  }

  @Nullable Long optionalNumber() {
    return flag() ? (Long) number() : null;
  }

  List<String> texts() {
    return list(BinaryReader::text);
  }

  <T> List<T> list(Function<BinaryReader, T> element) {
    int count = size();
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(element.apply(this));
    }
    return values;
  }

  /** One of the values, chosen by its code. */
  <E> E code(E[] values, ToIntFunction<E> codeOf) {
    return valueOf(number(), values, codeOf);
  }

  /** The value that a code stands for. */
  <E> E valueOf(long code, E[] values, ToIntFunction<E> codeOf) {
    for (E value : values) {
      if (codeOf.applyAsInt(value) == code) {
        return value;
      }
    }
    throw damaged("code " + code + ", which this program does not know,");
  }

  IllegalArgumentException damaged(String fault) {
    return new IllegalArgumentException(what + " with " + fault + " before byte " + position);
  }

  /** A count of things that each take at least one of the bytes that are left. */
  private int size() {
    long size = number();
    if (size > bytes.length - position) {
      throw damaged("a length of " + size + " where " + (bytes.length - position) + " are left");
    }
    return (int) size;
  }

  private int next() {
    if (position == bytes.length) {
      throw damaged("no end");
    }
    return bytes[position++] & 0xff;
  }
}
