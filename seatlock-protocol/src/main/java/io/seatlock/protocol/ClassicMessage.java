package io.seatlock.protocol;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server of the classic dialect sends: an event and its data. The static methods make the
 * bytes of each kind of message; {@link #parse} reads any of them.
 *
 * @param event the word that tells what happened
 * @param seats the seat or seats of the event; empty for the first message and for sentences
 * @param startState the state of the show in the first message, otherwise null
 * @param sentence the text for {@code invalid} and {@code unauthorized}, otherwise null
 */
public record ClassicMessage(
    String event, List<String> seats, @Nullable StartState startState, @Nullable String sentence) {

  /** The event of the first message on each connection. */
  public static final String START_STATE = "startstate";

  /** The event of the answer to a message that breaks the protocol. */
  public static final String INVALID = "invalid";

  /** The event of the answer to a privileged action without the right authorization string. */
  public static final String UNAUTHORIZED = "unauthorized";

  /** The event of the answer to an action that the server has no room for; nothing happened. */
  public static final String BUSY = "busy";

  private static final byte[] END = "\"}".getBytes(StandardCharsets.US_ASCII);
  private static final Map<EventType, byte[]> EVENT_STARTS = starts(EventType.values());
  private static final Map<Reason, byte[]> REASON_STARTS = starts(Reason.values());

  /** Copies the list. */
  public ClassicMessage {
    seats = List.copyOf(seats);
  }

  /**
   * The seats of a show that are not available when a client connects.
   *
   * @param locked the seats that are locked
   * @param reserved the seats that are reserved or blocked
   * @param paid the seats that are paid
   */
  public record StartState(List<String> locked, List<String> reserved, List<String> paid) {
    /** Copies the lists. */
    public StartState {
      locked = List.copyOf(locked);
      reserved = List.copyOf(reserved);
      paid = List.copyOf(paid);
    }
  }

  /** An event about one well-formed seat. */
  public static byte[] event(EventType type, String seat) {
    return aboutSeat(EVENT_STARTS.get(type), seat);
  }

  /** The refusal of an action on one well-formed seat. */
  public static byte[] refusal(Reason reason, String seat) {
    return aboutSeat(REASON_STARTS.get(reason), seat);
  }

  /** The seats that their holder lost because of its time limit. */
  public static byte[] deleted(List<String> seats) {
    return write(
        Words.of(EventType.DELETED),
        out -> {
          writeSeats(out, seats);
        });
  }

  /** The first message on a connection. */
  public static byte[] startState(StartState state) {
    return write(
        START_STATE,
        out -> {
          out.beginObject();
          writeSeats(out.name("locked"), state.locked());
          writeSeats(out.name("reserved"), state.reserved());
          writeSeats(out.name("paid"), state.paid());
          out.endObject();
        });
  }

  /** An answer whose data is a text: a sentence, or for {@link #BUSY} a seat id. */
  public static byte[] text(String event, String text) {
    return write(event, out -> out.value(text));
  }

  /**
   * Reads a message of a server. Unknown events are read, too, so that a client may ignore them;
   * unknown fields are ignored.
   *
   * @throws InvalidMessageException if it is not a JSON object, has no event, or its data is not of
   *     the kind that the event has
   */
  public static ClassicMessage parse(String text) throws InvalidMessageException {
    Parser parser = new Parser();
    StrictJson.readObject(text, parser);
    String event = parser.event;
    if (event == null) {
      throw new InvalidMessageException("The field event is missing.");
    }
    if (event.equals(START_STATE)) {
      return new ClassicMessage(event, List.of(), need(parser.startState, event), null);
    }
    if (event.equals(INVALID) || event.equals(UNAUTHORIZED)) {
      return new ClassicMessage(event, List.of(), null, need(parser.string, event));
    }
    if (event.equals(Words.of(EventType.DELETED))) {
      return new ClassicMessage(event, need(parser.strings, event), null, null);
    }
    if (parser.string != null) {
      return new ClassicMessage(event, List.of(parser.string), null, null);
    }
    if (event.equals(BUSY)
        || Words.eventType(event).isPresent()
        || Words.reason(event).isPresent()) {
      throw noData(event);
    }
    return new ClassicMessage(event, List.of(), null, null);
  }

  private static <T> T need(@Nullable T data, String event) throws InvalidMessageException {
    if (data == null) {
      throw noData(event);
    }
    return data;
  }

  private static InvalidMessageException noData(String event) {
    return new InvalidMessageException("The event " + event + " has not the data it must have.");
  }

  private static byte[] aboutSeat(byte @Nullable [] start, String seat) {
    // A well-formed seat id has no character that JSON would have to escape.
    byte[] id = seat.getBytes(StandardCharsets.UTF_8);
    byte[] head = Objects.requireNonNull(start);
    byte[] message = new byte[head.length + id.length + END.length];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(id, 0, message, head.length, id.length);
    System.arraycopy(END, 0, message, head.length + id.length, END.length);
    return message;
  }

  private static <E extends Enum<E>> Map<E, byte[]> starts(E[] constants) {
    Map<E, byte[]> starts = new EnumMap<>(constants[0].getDeclaringClass());
    for (E constant : constants) {
      String start = "{\"event\":\"" + Words.of(constant) + "\",\"data\":\"";
      starts.put(constant, start.getBytes(StandardCharsets.US_ASCII));
    }
    return starts;
  }

  private static void writeSeats(JsonWriter out, List<String> seats) throws IOException {
    out.beginArray();
    for (String seat : seats) {
      out.value(seat);
    }
    out.endArray();
  }

  private static byte[] write(String event, Body data) {
    StringWriter text = new StringWriter();
    try (JsonWriter out = new JsonWriter(text)) {
      out.setHtmlSafe(false);
      out.beginObject().name("event").value(event).name("data");
      data.write(out);
      out.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @FunctionalInterface
  private interface Body {
    void write(JsonWriter out) throws IOException;
  }

  private static final class Parser implements StrictJson.FieldReader {
    @Nullable String event;
    @Nullable String string;
    @Nullable List<String> strings;
    @Nullable StartState startState;

    @Override
    public void read(String name, JsonReader value) throws IOException, InvalidMessageException {
      if (name.equals("event")) {
        event = StrictJson.string(name, value);
      } else if (!name.equals("data")) {
        value.skipValue();
      } else if (value.peek() == JsonToken.STRING) {
        string = value.nextString();
      } else if (value.peek() == JsonToken.BEGIN_ARRAY) {
        strings = StrictJson.strings(name, value);
      } else if (value.peek() == JsonToken.BEGIN_OBJECT) {
        startState = readStartState(value);
      } else {
        value.skipValue();
      }
    }

    private static StartState readStartState(JsonReader in)
        throws IOException, InvalidMessageException {
      List<String> locked = new ArrayList<>();
      List<String> reserved = new ArrayList<>();
      List<String> paid = new ArrayList<>();
      StrictJson.readFields(
          in,
          (name, value) -> {
            switch (name) {
              case "locked" -> locked.addAll(StrictJson.strings(name, value));
              case "reserved" -> reserved.addAll(StrictJson.strings(name, value));
              case "paid" -> paid.addAll(StrictJson.strings(name, value));
              default -> value.skipValue();
            }
          });
      return new StartState(locked, reserved, paid);
    }
  }
}
