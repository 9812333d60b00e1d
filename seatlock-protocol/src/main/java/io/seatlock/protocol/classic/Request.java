package io.seatlock.protocol.classic;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.WireNames;
import io.seatlock.protocol.json.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the classic dialect sends: one action on one seat.
 *
 * @param action what is to be done
 * @param seat the seat's id, not checked for its form
 * @param authorizationString what the sender gave to be allowed a privileged action; null if it
 *     gave none, or none that is a string
 */
public record Request(Action action, String seat, @Nullable String authorizationString) {

  /** Checks that there are an action and a seat. */
  public Request {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(seat, "seat");
  }

  /**
   * Reads a message. Unknown fields are ignored.
   *
   * @throws InvalidMessageException if it is not a JSON object, has a field twice, has no action or
   *     an unknown one, or has no seat
   */
  public static Request parse(String text) throws InvalidMessageException {
    Parser parser = new Parser();
    StrictJson.readObject(text, parser);
    if (parser.action == null) {
      throw new InvalidMessageException("The field action is missing.");
    }
    Action action = Action.BY_WORD.get(parser.action);
    if (action == null) {
      throw new InvalidMessageException(
          "There is no action " + StrictJson.shown(parser.action) + ".");
    }
    if (parser.seat == null) {
      throw new InvalidMessageException("The field seat is missing.");
    }
    return new Request(action, parser.seat, parser.authorizationString);
  }

  /** This request as the text of a message. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonWriter out = new JsonWriter(text)) {
      out.setHtmlSafe(false);
      out.beginObject().name("action").value(WireNames.of(action)).name("seat").value(seat);
      if (authorizationString != null) {
        out.name("authorizationString").value(authorizationString);
      }
      out.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string failed", e);
    }
    return text.toString();
  }

  /** Does not show the authorization string. */
  @Override
  public String toString() {
    return "Request[action=" + action + ", seat=" + seat + "]";
  }

  /** The actions of the classic dialect. */
  public enum Action {
    /** Lock the seat for the sender. */
    LOCK(false),
    /** End the sender's lock. */
    UNLOCK(false),
    /** Reserve the seat. */
    RESERVE(true),
    /** End a reservation. */
    UNRESERVE(true),
    /** Mark the seat paid. */
    PAY(true),
    /** Mark the seat not paid. */
    UNPAY(true),
    /** Free the seat, whether it is reserved or paid. */
    REVOKE(true);

    private static final Map<String, Action> BY_WORD =
        Arrays.stream(values()).collect(Collectors.toMap(WireNames::of, Function.identity()));

    private final boolean privileged;

    Action(boolean privileged) {
      this.privileged = privileged;
    }

    /** Whether the sender needs the right authorization string. */
    public boolean privileged() {
      return privileged;
    }
  }

  private static final class Parser implements StrictJson.FieldReader {
    @Nullable String action;
    @Nullable String seat;
    @Nullable String authorizationString;

    @Override
    public void read(String name, JsonReader value) throws IOException, InvalidMessageException {
      switch (name) {
        case "action" -> action = StrictJson.string(name, value);
        case "seat" -> seat = StrictJson.string(name, value);
        case "authorizationString" -> {
          if (value.peek() == JsonToken.STRING) {
            authorizationString = value.nextString();
          } else {
            value.skipValue();
          }
        }
        default -> value.skipValue();
      }
    }
  }
}
