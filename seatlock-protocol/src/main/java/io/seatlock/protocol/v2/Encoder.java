package io.seatlock.protocol.v2;

import com.google.gson.stream.JsonWriter;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatMap;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.WireNames;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bytes of each message that a server of the v2 dialect sends. */
public final class Encoder {

  private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

  private Encoder() {}

  /** The codes of errors; nothing happened in any of these cases. */
  public enum ErrorCode {
    /** The message breaks the protocol. */
    INVALID,
    /** No key was given, or one that opens nothing. */
    UNAUTHORIZED,
    /** The key's role may not do that. */
    FORBIDDEN,
    /** The id was used before in this session for something else. */
    ID_REUSED,
    /** The server has no room for it now; trying again later may help. */
    BUSY,
    /** It names too much. */
    TOO_LARGE
  }

  /**
   * The answer to hello.
   *
   * @param session the secret token
   * @param holder the public holder id
   * @param seq the show's counter
   * @param resumed whether the session existed before
   * @param locks the seats it holds
   * @param expiresInMillis how long the locks last, or 0 if it holds none
   */
  public static byte[] welcome(
      RequestId id,
      String session,
      String holder,
      String show,
      long seq,
      boolean resumed,
      List<String> locks,
      long expiresInMillis,
      ShowSettings limits,
      String role) {
    return write(
        "welcome",
        id,
        out -> {
          out.name("session").value(session);
          out.name("holder").value(holder);
          out.name("show").value(show);
          out.name("seq").value(seq);
          out.name("resumed").value(resumed);
          seats(out.name("locks"), locks);
          if (!locks.isEmpty()) {
            out.name("expiresInMillis").value(expiresInMillis);
          }
          out.name("limits").beginObject();
          out.name("maxLocks").value(limits.maxLocks());
          out.name("timeLimitMillis").value(limits.timeLimit().toMillis());
          out.name("maxTimeMillis").value(limits.maxTime().toMillis());
          out.name("graceMillis").value(limits.grace().toMillis());
          out.endObject();
          out.name("role").value(role);
        });
  }

  /** What everyone receives of a change; the author with the id of the request. */
  public static byte[] change(
      EventType type, @Nullable RequestId id, long seq, List<String> seats) {
    return write(
        WireNames.of(type),
        id,
        out -> {
          out.name("seq").value(seq);
          seats(out.name("seats"), seats);
        });
  }

  /** The answer to lock. */
  public static byte[] lockedForYou(
      RequestId id, long seq, List<String> seats, long expiresInMillis) {
    return write(
        WireNames.of(EventType.LOCKED_FOR_YOU),
        id,
        out -> {
          out.name("seq").value(seq);
          seats(out.name("seats"), seats);
          out.name("expiresInMillis").value(expiresInMillis);
        });
  }

  /** The answer to extend. */
  public static byte[] extended(RequestId id, long expiresInMillis) {
    return write("extended", id, out -> out.name("expiresInMillis").value(expiresInMillis));
  }

  /** The warning before the time limit. */
  public static byte[] expiring(long expiresInMillis, List<String> seats) {
    return write(
        WireNames.of(EventType.EXPIRING),
        null,
        out -> {
          out.name("expiresInMillis").value(expiresInMillis);
          seats(out.name("seats"), seats);
        });
  }

  /** The answer to an action that was refused. */
  public static byte[] refused(RequestId id, Reason reason, Map<String, Reason> seats) {
    return write(
        "refused",
        id,
        out -> {
          out.name("reason").value(WireNames.of(reason));
          out.name("seats").beginObject();
          for (Map.Entry<String, Reason> seat : seats.entrySet()) {
            out.name(seat.getKey()).value(WireNames.of(seat.getValue()));
          }
          out.endObject();
        });
  }

  /** The answer to what could not be done at all. */
  public static byte[] error(@Nullable RequestId id, ErrorCode code, String sentence) {
    return write(
        "error",
        id,
        out -> out.name("code").value(WireNames.of(code)).name("message").value(sentence));
  }

  /** An answer that says nothing but its name, such as {@code pong}. */
  public static byte[] plain(String event, RequestId id) {
    return write(event, id, out -> {});
  }

  /** The word of a server that stops. */
  public static byte[] goingAway(long retryAfterMillis) {
    return write("goingAway", null, out -> out.name("retryAfterMillis").value(retryAfterMillis));
  }

  /**
   * The state of a show, in two parts: the first is the same for everyone, {@link #startStateEnd}
   * is the other one.
   *
   * @param id of the request that asked for it, or null if none did
   */
  public static byte[] startStateBegin(SeatMap map, @Nullable RequestId id) {
    byte[] whole =
        write(
            "startstate",
            id,
            out -> {
              out.name("seq").value(map.seq());
              seats(out.name("locked"), map.locked());
              seats(out.name("reserved"), map.reserved());
              seats(out.name("paid"), map.paid());
              seats(out.name("blocked"), map.blocked());
              seats(out.name("yours"), List.of());
            });
    return Arrays.copyOf(whole, whole.length - END.length);
  }

  /** The state of a show in one piece, as the answer to a request. */
  public static byte[] startState(SeatMap map, RequestId id, String holder) {
    byte[] begin = startStateBegin(map, id);
    byte[] end = startStateEnd(map.locksByHolder().getOrDefault(holder, List.of()));
    byte[] whole = Arrays.copyOf(begin, begin.length + end.length);
    System.arraycopy(end, 0, whole, begin.length, end.length);
    return whole;
  }

  /** The seats that one holder has locked, as the end of the state of a show. */
  public static byte[] startStateEnd(List<String> yours) {
    return startStateEnd(yours, null);
  }

  /**
   * The seats that one holder has locked, as the end of the state of a show.
   *
   * @param id the {@link RequestId#json} of the request that asked for it, where {@link
   *     #startStateBegin} was not told it; otherwise null
   */
  public static byte[] startStateEnd(List<String> yours, @Nullable String id) {
    StringBuilder end = new StringBuilder();
    for (String seat : yours) {
      // A well-formed seat id has no character that JSON would have to escape.
      end.append(end.length() == 0 ? "" : ",").append('"').append(seat).append('"');
    }
    end.append(']');
    if (id != null) {
      end.append(",\"id\":").append(id);
    }
    return end.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void seats(JsonWriter out, List<String> seats) throws IOException {
    out.beginArray();
    for (String seat : seats) {
      out.value(seat);
    }
    out.endArray();
  }

  private static byte[] write(String event, @Nullable RequestId id, Body body) {
    StringWriter text = new StringWriter();
    try (JsonWriter out = new JsonWriter(text)) {
      out.setHtmlSafe(false);
      out.beginObject().name("event").value(event);
      if (id != null) {
        out.name("id").jsonValue(id.json());
      }
      body.write(out);
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
