package io.seatlock.protocol.v2;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.Role;
import io.seatlock.protocol.WireNames;
import io.seatlock.protocol.json.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the v2 dialect sends.
 *
 * @param id the client's own id for it, answered with
 * @param action what is to be done
 * @param seats the seats of an action on seats, not checked for their form; otherwise empty
 * @param holder for reserve and pay: only if every seat is locked by that holder now
 * @param due for reserve: when the seats are available again
 * @param ref for reserve and pay: the order reference
 * @param reason why the action is done
 * @param key for hello: the access key
 * @param session for hello: the secret token of the session to resume
 * @param since for hello: the number of the last change that the client has seen
 */
public record Request(
    RequestId id,
    Action action,
    List<String> seats,
    @Nullable String holder,
    @Nullable Instant due,
    @Nullable String ref,
    @Nullable String reason,
    @Nullable String key,
    @Nullable String session,
    @Nullable Long since) {

  /** The most seats that one action may name; not checked here, since it breaks no form. */
  public static final int MAX_SEATS = 200;

  /** Checks what every request has and copies the list. */
  public Request {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(action, "action");
    seats = List.copyOf(seats);
  }

  /** An action without anything but its seats. */
  public static Request of(RequestId id, Action action, List<String> seats) {
    return new Request(id, action, seats, null, null, null, null, null, null, null);
  }

  /** The first request on a connection. */
  public static Request hello(
      RequestId id, @Nullable String key, @Nullable String session, @Nullable Long since) {
    return new Request(id, Action.HELLO, List.of(), null, null, null, null, key, session, since);
  }

  /** What a request may ask for. */
  public enum Action {
    /** Begin or resume a session. */
    HELLO(Purpose.GREETING, Role.VIEWER, false),
    /** Lock seats. */
    LOCK(Purpose.COMMAND, Role.KIOSK, true),
    /** Unlock seats. */
    UNLOCK(Purpose.COMMAND, Role.KIOSK, true),
    /** Unlock everything that the session holds. */
    UNLOCK_ALL(Purpose.COMMAND, Role.KIOSK, false),
    /** Restart the time limit. */
    EXTEND(Purpose.COMMAND, Role.KIOSK, false),
    /** Reserve seats. */
    RESERVE(Purpose.COMMAND, Role.BACKEND, true),
    /** End reservations. */
    UNRESERVE(Purpose.COMMAND, Role.BACKEND, true),
    /** Mark seats paid. */
    PAY(Purpose.COMMAND, Role.BACKEND, true),
    /** Mark seats not paid. */
    UNPAY(Purpose.COMMAND, Role.BACKEND, true),
    /** Free seats, whether they are reserved or paid. */
    REVOKE(Purpose.COMMAND, Role.BACKEND, true),
    /** Withdraw seats from sale. */
    BLOCK(Purpose.COMMAND, Role.BACKEND, true),
    /** Put seats on sale again. */
    UNBLOCK(Purpose.COMMAND, Role.BACKEND, true),
    /** Ask for the state of the show. */
    STATE(Purpose.STATE, Role.VIEWER, false),
    /** Ask whether the server is there. */
    PING(Purpose.PING, Role.VIEWER, false),
    /** End the session. */
    BYE(Purpose.LEAVING, Role.VIEWER, false);

    private static final Map<String, Action> BY_WORD =
        Arrays.stream(values()).collect(Collectors.toMap(WireNames::of, Function.identity()));

    private final Purpose purpose;
    private final Role role;
    private final boolean onSeats;

    Action(Purpose purpose, Role role, boolean onSeats) {
      this.purpose = purpose;
      this.role = role;
      this.onSeats = onSeats;
    }

    /** What it is for. */
    public Purpose purpose() {
      return purpose;
    }

    /** The least role that may ask for it. */
    public Role role() {
      return role;
    }

    /** Whether it names seats. */
    public boolean onSeats() {
      return onSeats;
    }
  }

  /** What an action is for: a command to the show, or one of the parts of a conversation. */
  public enum Purpose {
    /** It begins the conversation. */
    GREETING,
    /** It is a command to the show; see {@link Actions}. */
    COMMAND,
    /** It asks for the state of the show. */
    STATE,
    /** It asks for a sign of life. */
    PING,
    /** It ends the conversation. */
    LEAVING
  }

  /**
   * Reads a message. Unknown fields are ignored.
   *
   * @throws InvalidMessageException if it is not a JSON object, has a field twice, lacks one or has
   *     one of the wrong kind; with the message's id if that could be read
   */
  public static Request parse(String text) throws InvalidMessageException {
    Parser parser = new Parser();
    try {
      StrictJson.readObject(text, parser);
      return parser.toRequest();
    } catch (InvalidMessageException e) {
      throw new InvalidMessageException(String.valueOf(e.getMessage()), parser.id, e);
    }
  }

  /** This request as the text of a message. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonWriter out = new JsonWriter(text)) {
      out.setHtmlSafe(false);
      out.setSerializeNulls(false);
      out.beginObject();
      out.name("action").value(WireNames.of(action));
      out.name("id").jsonValue(id.json());
      if (action.onSeats()) {
        out.name("seats").beginArray();
        for (String seat : seats) {
          out.value(seat);
        }
        out.endArray();
      }
      out.name("holder").value(holder);
      out.name("due").value(due == null ? null : due.toString());
      out.name("ref").value(ref);
      out.name("reason").value(reason);
      out.name("key").value(key);
      out.name("session").value(session);
      out.name("since").value(since);
      out.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string failed", e);
    }
    return text.toString();
  }

  /** Shows neither key nor token. */
  @Override
  public String toString() {
    return "Request[id=" + id.json() + ", action=" + action + ", seats=" + seats + "]";
  }

  /** Reads on after the first fault, so that the id is found wherever it stands. */
  private static final class Parser implements StrictJson.FieldReader {
    private static final int MAX_ID_LENGTH = 64;
    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

    @Nullable RequestId id;
    private @Nullable String action;
    private @Nullable List<String> seats;
    private @Nullable String holder;
    private @Nullable String due;
    private @Nullable String ref;
    private @Nullable String reason;
    private @Nullable String key;
    private @Nullable String session;
    private @Nullable Long since;
    private @Nullable InvalidMessageException fault;

    @Override
    public void read(String name, JsonReader value) throws IOException {
      try {
        readField(name, value);
      } catch (InvalidMessageException e) {
        if (fault == null) {
          fault = e;
        }
      }
    }

    private void readField(String name, JsonReader value)
        throws IOException, InvalidMessageException {
      switch (name) {
        case "id" -> id = requestId(value);
        case "action" -> action = string(name, value);
        case "seats" -> seats = seats(value);
        case "holder" -> holder = string(name, value);
        case "due" -> due = string(name, value);
        case "ref" -> ref = string(name, value);
        case "reason" -> reason = string(name, value);
        case "key" -> key = string(name, value);
        case "session" -> session = string(name, value);
        case "since" -> since = number(name, value);
        default -> value.skipValue();
      }
    }

    private static RequestId requestId(JsonReader value)
        throws IOException, InvalidMessageException {
      JsonToken token = value.peek();
      if (token == JsonToken.NUMBER) {
        String number = value.nextString();
        if (INTEGER.matcher(number).matches()) {
          return RequestId.of(Long.parseLong(number));
        }
      } else if (token == JsonToken.STRING) {
        String text = value.nextString();
        if (text.codePointCount(0, text.length()) <= MAX_ID_LENGTH && isWellFormed(text)) {
          return RequestId.of(text);
        }
      } else {
        value.skipValue();
      }
      throw new InvalidMessageException(
          "The field id is neither an integer of at most 18 digits nor a string of at most 64"
              + " characters.");
    }

    /** Half a surrogate pair has no UTF-8, so the answer could not carry it. */
    private static boolean isWellFormed(String text) {
      return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static String string(String name, JsonReader value)
        throws IOException, InvalidMessageException {
      if (value.peek() != JsonToken.STRING) {
        value.skipValue();
        throw new InvalidMessageException("The field " + name + " is not a string.");
      }
      return value.nextString();
    }

    private static Long number(String name, JsonReader value)
        throws IOException, InvalidMessageException {
      if (value.peek() == JsonToken.NUMBER) {
        String number = value.nextString();
        if (number.matches("0|[1-9][0-9]{0,17}")) {
          return Long.valueOf(number);
        }
      } else {
        value.skipValue();
      }
      throw new InvalidMessageException(
          "The field " + name + " is not an integer of at most 18 digits.");
    }

    private static List<String> seats(JsonReader value)
        throws IOException, InvalidMessageException {
      if (value.peek() != JsonToken.BEGIN_ARRAY) {
        value.skipValue();
        throw new InvalidMessageException("The field seats is not an array.");
      }
      boolean strings = true;
      List<String> seats = new ArrayList<>();
      value.beginArray();
      while (value.hasNext()) {
        if (value.peek() == JsonToken.STRING) {
          seats.add(value.nextString());
        } else {
          value.skipValue();
          strings = false;
        }
      }
      value.endArray();
      if (!strings) {
        throw new InvalidMessageException("The field seats holds something that is no string.");
      }
      return seats;
    }

    Request toRequest() throws InvalidMessageException {
      if (fault != null) {
        throw fault;
      }
      RequestId requestId = required("id", id);
      String word = required("action", action);
      Action known = Action.BY_WORD.get(word);
      if (known == null) {
        throw new InvalidMessageException("There is no action " + StrictJson.shown(word) + ".");
      }
      List<String> named = known.onSeats() ? required("seats", seats) : List.of();
      if (known.onSeats() && named.isEmpty()) {
        throw new InvalidMessageException("The field seats names no seat.");
      }
      return new Request(
          requestId, known, named, holder, dueInstant(), ref, reason, key, session, since);
    }

    private @Nullable Instant dueInstant() throws InvalidMessageException {
      try {
        return due == null ? null : Instant.parse(due);
      } catch (DateTimeException e) {
        throw new InvalidMessageException(
            "The field due is not an ISO-8601 instant such as 2026-12-01T18:00:00Z.", e);
      }
    }

    private static <T> T required(String name, @Nullable T value) throws InvalidMessageException {
      if (value == null) {
        throw new InvalidMessageException("The field " + name + " is missing.");
      }
      return value;
    }
  }
}
