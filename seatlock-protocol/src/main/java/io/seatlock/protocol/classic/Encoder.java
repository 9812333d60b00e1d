package io.seatlock.protocol.classic;

import com.google.gson.stream.JsonWriter;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.protocol.WireNames;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bytes of each message that a server of the classic dialect sends: an event and its data. */
public final class Encoder {

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

  private Encoder() {}

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
        WireNames.of(EventType.DELETED),
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
      String start = "{\"event\":\"" + WireNames.of(constant) + "\",\"data\":\"";
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
}
