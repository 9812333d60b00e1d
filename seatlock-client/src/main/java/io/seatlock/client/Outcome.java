package io.seatlock.client;

import io.seatlock.core.Reason;
import java.util.Objects;

/**
 * How a call for one seat ended. That a seat is taken is an outcome, not an error; so is not
 * knowing.
 */
public sealed interface Outcome {

  /** The seat that the call was for. */
  String seat();

  /** Whether the seat is now as the caller wanted it. */
  default boolean isGranted() {
    return this instanceof Granted;
  }

  /**
   * It is done. A lock is also granted if the seat was locked by this client already.
   *
   * @param seat the seat that is now as asked
   */
  record Granted(String seat) implements Outcome {
    /** Checks that there is a seat. */
    public Granted {
      Objects.requireNonNull(seat, "seat");
    }
  }

  /**
   * The seat is not in a state to do it; nothing was changed.
   *
   * @param seat the seat that stayed as it was
   * @param reason why
   */
  record Refused(String seat, Reason reason) implements Outcome {
    /** Checks that nothing is null. */
    public Refused {
      Objects.requireNonNull(seat, "seat");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * The server had no room for the call; nothing was changed. Calling again a little later is safe.
   *
   * @param seat the seat that stayed as it was
   */
  record Busy(String seat) implements Outcome {
    /** Checks that there is a seat. */
    public Busy {
      Objects.requireNonNull(seat, "seat");
    }
  }

  /**
   * The client's authorization string does not allow it; nothing was changed.
   *
   * @param seat the seat that stayed as it was
   * @param message what the server said
   */
  record Unauthorized(String seat, String message) implements Outcome {
    /** Checks that nothing is null. */
    public Unauthorized {
      Objects.requireNonNull(seat, "seat");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The call was sent and its answer did not come: it may have happened, or may still happen, or
   * not. {@link SeatLockClient#seats} of a client that is online tells what became of the seat.
   *
   * @param seat the seat that the call was for
   * @param why what kept the answer away, a sentence for logs
   */
  record Unknown(String seat, String why) implements Outcome {
    /** Checks that nothing is null. */
    public Unknown {
      Objects.requireNonNull(seat, "seat");
      Objects.requireNonNull(why, "why");
    }
  }
}
