package io.seatlock.protocol.v2;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.WireNames;
import io.seatlock.protocol.json.StrictJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server of the v2 dialect sends, as a client reads it. {@link Encoder} writes it.
 *
 * <p>A client must live with a newer server: fields that it does not know are ignored and an event
 * that it does not know is {@link Other}. What it does know must be of the right kind.
 */
public sealed interface Message {

  /** The request that this answers; null if it answers none. */
  @Nullable RequestId id();

  /**
   * The answer to hello.
   *
   * @param session the secret token
   * @param holder the public holder id
   * @param show the show's name
   * @param seq the number of the show's last change
   * @param resumed whether the session existed before
   * @param locks the seats that it holds
   * @param expiresInMillis how long it holds them, or 0
   * @param role what the client may do
   */
  record Welcome(
      RequestId id,
      String session,
      String holder,
      String show,
      long seq,
      boolean resumed,
      List<String> locks,
      long expiresInMillis,
      String role)
      implements Message {
    /** Does not show the token. */
    @Override
    public String toString() {
      return "Welcome[holder=" + holder + ", seq=" + seq + ", resumed=" + resumed + "]";
    }
  }

  /**
   * The state of the show after the change of this number, with the seats that are the client's.
   */
  record StartState(
      @Nullable RequestId id,
      long seq,
      List<String> locked,
      List<String> reserved,
      List<String> paid,
      List<String> blocked,
      List<String> yours)
      implements Message {}

  /**
   * A change of seats, by anyone.
   *
   * @param type any that has a number, so all but {@code EXPIRING}
   * @param seq the number of the change; for an answer about nothing new the number at that time
   * @param expiresInMillis for {@code LOCKED_FOR_YOU} how long the locks last, otherwise 0
   */
  record Changed(
      EventType type, @Nullable RequestId id, long seq, List<String> seats, long expiresInMillis)
      implements Message {}

  /** The warning before the time limit. */
  record Expiring(long expiresInMillis, List<String> seats) implements Message {
    @Override
    public @Nullable RequestId id() {
      return null;
    }
  }

  /** The answer to extend. */
  record Extended(RequestId id, long expiresInMillis) implements Message {}

  /** The answer to an action that was refused; the seats are empty if it named none. */
  record Refused(RequestId id, Reason reason, Map<String, Reason> seats) implements Message {}

  /**
   * The answer to what could not be done at all.
   *
   * @param code the word for a {@link Encoder.ErrorCode}, or one that is newer
   */
  record Failed(@Nullable RequestId id, String code, String message) implements Message {
    /** Whether it is this error. */
    public boolean is(Encoder.ErrorCode error) {
      return code.equals(WireNames.of(error));
    }
  }

  /** The answer to ping. */
  record Pong(RequestId id) implements Message {}

  /** The answer to bye. */
  record Goodbye(RequestId id) implements Message {}

  /** The server stops soon and wants to be asked again after this time. */
  record GoingAway(long retryAfterMillis) implements Message {
    @Override
    public @Nullable RequestId id() {
      return null;
    }
  }

  /** An event that this version does not know. */
  record Other(String event, @Nullable RequestId id) implements Message {}

  /**
   * Reads a message.
   *
   * @throws InvalidMessageException if it is not a JSON object with an event, or lacks what its
   *     event must have; with the id of the request that it answers if that could be read
   */
  static Message parse(String text) throws InvalidMessageException {
    Decoder fields = new Decoder();
    try {
      StrictJson.readObject(text, fields);
      return fields.toMessage();
    } catch (InvalidMessageException e) {
      throw new InvalidMessageException(String.valueOf(e.getMessage()), fields.id(), e);
    }
  }
}
