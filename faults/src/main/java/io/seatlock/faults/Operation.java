package io.seatlock.faults;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that a client asked for, with what came of it. However often it was sent, under one id,
 * it is one operation.
 *
 * @param number distinguishes the operations of a run
 * @param client who asked
 * @param show in which show
 * @param holder the public id of the session
 * @param action what was asked for
 * @param seats the seats that were named
 * @param heldBy the holder that had to have locked the seats, if that was a condition
 * @param ref the order reference, if there was one
 * @param due when a reservation ends by itself, in nanoseconds; {@link #NEVER} if it does not
 * @param invokedAt when it was first sent, in nanoseconds
 * @param outcome what the client knows
 * @param endedAt when the client knew; for an unknown one, the moment after which it cannot be done
 *     any more, {@link #NEVER} if there is none
 */
public record Operation(
    long number,
    int client,
    String show,
    String holder,
    Action action,
    List<String> seats,
    @Nullable String heldBy,
    @Nullable String ref,
    long due,
    long invokedAt,
    Outcome outcome,
    long endedAt) {

  /** No moment at all. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Checks the order of its moments. */
  public Operation {
    seats = List.copyOf(seats);
    if (endedAt < invokedAt) {
      throw new IllegalArgumentException("ended before it was invoked");
    }
  }

  /** Whether nobody knows if it was done. */
  public boolean isUnknown() {
    return outcome instanceof Outcome.Unknown;
  }

  /** In milliseconds, in which one can read it. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.3f to %s: %s of client %d %s %s%s%s: %s (operation %d)",
        invokedAt / 1e6,
        endedAt == NEVER ? "?" : millis(endedAt),
        holder,
        client,
        action,
        seats,
        heldBy == null ? "" : " if held by " + heldBy,
        due == NEVER ? "" : " until " + millis(due),
        outcome,
        number);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }
}
