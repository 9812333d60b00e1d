package io.seatlock.protocol;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * The id of a client's message, an integer or a string of its own choice. Two ids are the same if
 * they are of the same kind and value: {@code 7} is not {@code "7"}.
 *
 * @param json the id as JSON, in the one form that each id has here
 */
public record RequestId(String json) {

  /** Checks that there is one. */
  public RequestId {
    Objects.requireNonNull(json, "json");
  }

  /** The id that is this number, of at most 18 digits. */
  public static RequestId of(long number) {
    return new RequestId(Long.toString(number));
  }

  /** The id that is this text. */
  public static RequestId of(String text) {
    return new RequestId(quoted(text));
  }

  private static String quoted(String text) {
    StringWriter quoted = new StringWriter();
    try (JsonWriter out = new JsonWriter(quoted)) {
      out.setHtmlSafe(false);
      out.value(text);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string failed", e);
    }
    return quoted.toString();
  }
}
