package io.seatlock.client;

import io.seatlock.core.Reason;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a call ended. That a seat is taken is an outcome, not an error; so is not knowing. A call for
 * several seats is done for all of them or for none.
 */
public sealed interface Outcome {

  /** Whether what was asked for is done. */
  default boolean isGranted() {
    return this instanceof Granted;
  }

  /**
   * It is done. A lock is also granted for seats that this client had locked already.
   *
   * @param seq the number of the show's last change when it was done
   * @param seats the seats that were then as asked; for unlockAll those that were released; none
   *     for extend
   * @param expiresIn for lock and extend how long this client's locks last from now, otherwise zero
   */
  record Granted(long seq, List<String> seats, Duration expiresIn) implements Outcome {
    /** Copies the list. */
    public Granted {
      seats = List.copyOf(seats);
      Objects.requireNonNull(expiresIn, "expiresIn");
    }
  }

  /**
   * The seats are not in a state to do it; nothing was changed.
   *
   * @param reason the reason of the first refused seat, or of the whole call
   * @param seats each refused seat with its reason, in the order in which they were named
   */
  record Refused(Reason reason, Map<String, Reason> seats) implements Outcome {
    /** Copies the map. */
    public Refused {
      Objects.requireNonNull(reason, "reason");
      seats = Collections.unmodifiableMap(new LinkedHashMap<>(seats));
    }
  }

  /**
   * The server had no room for the call; nothing was changed. Calling again a little later is safe.
   *
   * @param message what the server said
   */
  record Busy(String message) implements Outcome {
    /** Checks that there is a message. */
    public Busy {
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The client has no key, or one that opens nothing; nothing was changed.
   *
   * @param message what the server said
   */
  record Unauthorized(String message) implements Outcome {
    /** Checks that there is a message. */
    public Unauthorized {
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The role that the client's key gives it, or that it has without one, may not do that; nothing
   * was changed.
   *
   * @param message what the server said
   */
  record Forbidden(String message) implements Outcome {
    /** Checks that there is a message. */
    public Forbidden {
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The server does not take the call as it is; nothing was changed, and the same call again cannot
   * help.
   *
   * @param code the protocol's word for it, such as {@code invalid} or {@code tooLarge}
   * @param message what the server said
   */
  record Rejected(String code, String message) implements Outcome {
    /** Checks that nothing is null. */
    public Rejected {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The call was sent and its answer will not come: it may have happened or not. The session ended
   * before, or the client was closed; or the answer is one that this version of the client does not
   * understand; or the connection broke, and the server would not do the call when it was sent
   * again, which says nothing of the first time. {@link SeatLockClient#seats} of a client that is
   * online tells what became of the seats.
   *
   * @param why what kept the answer away, a sentence for logs
   */
  record Unknown(String why) implements Outcome {
    /** Checks that there is a reason. */
    public Unknown {
      Objects.requireNonNull(why, "why");
    }
  }
}
