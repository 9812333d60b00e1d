package io.seatlock.protocol;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The id of a client's message, an integer or a string of its own choice. Two ids are the same if
 * they are of the same kind and value: {@code 7} is not {@code "7"}.
 *
 * @param json the id as JSON, in the one form that each id has here
 */
public record RequestId(String json) {

  private static final int MAX_LENGTH = 64;
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

  /** Checks that there is one. */
  public RequestId {
    Objects.requireNonNull(json, "json");
  }

  /** The id that is this number, of at most 18 digits. */
  public static RequestId of(long number) {
    return new RequestId(Long.toString(number));
  }

  /** The id that is this text. */
  static RequestId of(String text) {
    return new RequestId(quoted(text));
  }

  static RequestId read(JsonReader in) throws IOException, InvalidMessageException {
    JsonToken token = in.peek();
    if (token == JsonToken.NUMBER) {
      String number = in.nextString();
      if (INTEGER.matcher(number).matches()) {
        return new RequestId(number);
      }
    } else if (token == JsonToken.STRING) {
      String text = in.nextString();
      if (text.codePointCount(0, text.length()) <= MAX_LENGTH && isWellFormed(text)) {
        return new RequestId(quoted(text));
      }
    } else {
      in.skipValue();
    }
    throw new InvalidMessageException(
        "The field id is neither an integer of at most 18 digits nor a string of at most 64"
            + " characters.");
  }

  /** Half a surrogate pair has no UTF-8, so the answer could not carry it. */
  private static boolean isWellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
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
