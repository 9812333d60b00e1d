package io.seatlock.protocol.v2;

import com.google.gson.stream.JsonReader;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.WireNames;
import io.seatlock.protocol.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a server's message, of whatever kind they are until somebody asks for one. Not
 * thread-safe.
 */
final class Decoder implements StrictJson.FieldReader {

  /** Stands for a value of which no field here is. */
  private static final Object ODD = new Object();

  private final Map<String, Object> values = new HashMap<>();

  @Override
  public void read(String name, JsonReader in) throws IOException, InvalidMessageException {
    Object value = value(in);
    if (value != null) {
      values.put(name, value);
    }
  }

  /** Null stands for a field that is not there. */
  private static @Nullable Object value(JsonReader in) throws IOException, InvalidMessageException {
    return switch (in.peek()) {
      case STRING -> in.nextString();
      case BOOLEAN -> in.nextBoolean();
      case NUMBER -> number(in.nextString());
      case BEGIN_ARRAY -> strings(in);
      case BEGIN_OBJECT -> words(in);
      case NULL -> {
        in.nextNull();
        yield null;
      }
      case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT -> throw new AssertionError("not a value");
    };
  }

  private static Object number(String number) {
    return number.matches("0|-?[1-9][0-9]{0,17}") ? Long.valueOf(number) : ODD;
  }

  private static Object strings(JsonReader in) throws IOException, InvalidMessageException {
    List<String> strings = new ArrayList<>();
    boolean odd = false;
    in.beginArray();
    while (in.hasNext()) {
      switch (in.peek()) {
        case STRING -> strings.add(in.nextString());
        default -> {
          in.skipValue();
          odd = true;
        }
      }
    }
    in.endArray();
    return odd ? ODD : Collections.unmodifiableList(strings);
  }

  private static Object words(JsonReader in) throws IOException, InvalidMessageException {
    Map<String, String> words = new LinkedHashMap<>();
    boolean odd = false;
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      switch (in.peek()) {
        case STRING -> odd |= words.put(name, in.nextString()) != null;
        default -> {
          in.skipValue();
          odd = true;
        }
      }
    }
    in.endObject();
    return odd ? ODD : words;
  }

  Message toMessage() throws InvalidMessageException {
    String event = get("event", String.class);
    EventType type = WireNames.eventType(event).orElse(null);
    if (type != null) {
      return ofType(type);
    }
    return switch (event) {
      case "welcome" ->
          new Message.Welcome(
              requiredId(),
              get("session", String.class),
              get("holder", String.class),
              get("show", String.class),
              count("seq"),
              get("resumed", Boolean.class),
              seats("locks"),
              has("expiresInMillis") ? count("expiresInMillis") : 0,
              get("role", String.class));
      case "startstate" ->
          new Message.StartState(
              id(),
              count("seq"),
              seats("locked"),
              seats("reserved"),
              seats("paid"),
              seats("blocked"),
              seats("yours"));
      case "extended" -> new Message.Extended(requiredId(), count("expiresInMillis"));
      case "refused" ->
          new Message.Refused(requiredId(), reason(get("reason", String.class)), refused());
      case "error" ->
          new Message.Failed(id(), get("code", String.class), get("message", String.class));
      case "pong" -> new Message.Pong(requiredId());
      case "goodbye" -> new Message.Goodbye(requiredId());
      case "goingAway" -> new Message.GoingAway(count("retryAfterMillis"));
      default -> new Message.Other(event, id());
    };
  }

  private Message ofType(EventType type) throws InvalidMessageException {
    return switch (type) {
      case EXPIRING -> new Message.Expiring(count("expiresInMillis"), seats("seats"));
      case LOCKED_FOR_YOU ->
          new Message.Changed(type, id(), count("seq"), seats("seats"), count("expiresInMillis"));
      case LOCKED,
          UNLOCKED,
          UNLOCKED_FOR_YOU,
          DELETED,
          RESERVED,
          UNRESERVED,
          PAID,
          UNPAID,
          BLOCKED,
          UNBLOCKED ->
          new Message.Changed(type, id(), count("seq"), seats("seats"), 0);
    };
  }

  private boolean has(String name) {
    return values.containsKey(name);
  }

  private <T> T get(String name, Class<T> kind) throws InvalidMessageException {
    Object value = values.get(name);
    if (!kind.isInstance(value)) {
      throw new InvalidMessageException(
          "The field " + name + " is " + (value == null ? "missing." : "of the wrong kind."));
    }
    return kind.cast(value);
  }

  private long count(String name) throws InvalidMessageException {
    long count = get(name, Long.class);
    if (count < 0) {
      throw new InvalidMessageException("The field " + name + " is negative.");
    }
    return count;
  }

  @SuppressWarnings("unchecked") // Every list here is one of strings.
  private List<String> seats(String name) throws InvalidMessageException {
    return (List<String>) get(name, List.class);
  }

  @SuppressWarnings("unchecked") // Every map here is one of strings.
  private Map<String, Reason> refused() throws InvalidMessageException {
    Map<String, Reason> reasons = new LinkedHashMap<>();
    for (Map.Entry<String, String> seat :
        ((Map<String, String>) get("seats", Map.class)).entrySet()) {
      reasons.put(seat.getKey(), reason(seat.getValue()));
    }
    return Collections.unmodifiableMap(reasons);
  }

  private static Reason reason(String word) throws InvalidMessageException {
    return WireNames.reason(word)
        .orElseThrow(
            () ->
                new InvalidMessageException("There is no reason " + StrictJson.shown(word) + "."));
  }

  private RequestId requiredId() throws InvalidMessageException {
    RequestId id = id();
    if (id == null) {
      throw new InvalidMessageException("The field id is missing.");
    }
    return id;
  }

  @Nullable RequestId id() {
    Object id = values.get("id");
    if (id instanceof Long number) {
      return RequestId.of(number);
    }
    return id instanceof String text ? RequestId.of(text) : null;
  }
}
