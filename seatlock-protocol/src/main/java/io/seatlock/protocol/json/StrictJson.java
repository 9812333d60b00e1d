package io.seatlock.protocol.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.seatlock.protocol.InvalidMessageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads one JSON object as strictly as RFC 8259 allows and stricter where it is silent: no key
 * twice, no byte order mark, nothing after the end.
 */
public final class StrictJson {

  /** Takes one field; must read its value or skip it. */
  @FunctionalInterface
  public interface FieldReader {
    void read(String name, JsonReader value) throws IOException, InvalidMessageException;
  }

  private StrictJson() {}

  /** Reads the object field by field. */
  public static void readObject(String text, FieldReader fields) throws InvalidMessageException {
    if (text.startsWith("\uFEFF")) {
      throw new InvalidMessageException("The message starts with a byte order mark.");
    }
    try (JsonReader in = new JsonReader(new StringReader(text))) {
      in.setStrictness(Strictness.STRICT);
      if (in.peek() != JsonToken.BEGIN_OBJECT) {
        throw new InvalidMessageException("The message is not a JSON object.");
      }
      readFields(in, fields);
      checkEnd(in);
    } catch (MalformedJsonException | EOFException e) {
      throw new InvalidMessageException(fault(String.valueOf(e.getMessage())), e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from a string failed", e);
    }
  }

  private static void readFields(JsonReader in, FieldReader fields)
      throws IOException, InvalidMessageException {
    in.beginObject();
    Set<String> names = new HashSet<>();
    while (in.hasNext()) {
      String name = in.nextName();
      if (!names.add(name)) {
        throw new InvalidMessageException("A field comes twice: " + shown(name) + ".");
      }
      fields.read(name, in);
    }
    in.endObject();
  }

  /** The string that is the value of this field. */
  public static String string(String name, JsonReader in)
      throws IOException, InvalidMessageException {
    if (in.peek() != JsonToken.STRING) {
      throw new InvalidMessageException("The field " + name + " is not a string.");
    }
    return in.nextString();
  }

  private static void checkEnd(JsonReader in) throws IOException, InvalidMessageException {
    try {
      if (in.peek() == JsonToken.END_DOCUMENT) {
        return;
      }
    } catch (MalformedJsonException e) {
      throw new InvalidMessageException("Something follows the JSON object.", e);
    }
    throw new InvalidMessageException("Something follows the JSON object.");
  }

  /** The two faults of well-formed JSON that the reader tells apart by its words alone. */
  private static String fault(String message) {
    if (message.startsWith("Nesting limit")) {
      return "The message is nested too deeply.";
    }
    return message.startsWith("Unpaired surrogate")
        ? "The message has half of a surrogate pair."
        : "The message is not JSON.";
  }

  /** Foreign text, short and harmless enough to be shown in a sentence. */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(40)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return text.codePointCount(0, text.length()) > 40 ? shown + "…" : shown.toString();
  }
}
