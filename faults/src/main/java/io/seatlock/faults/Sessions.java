package io.seatlock.faults;

import io.seatlock.core.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the sessions of a history have ended at the earliest. A session that was answered lived when
 * the request was sent; only its {@code bye} may end it sooner than what its holder asked last.
 */
final class Sessions {

  private final Map<String, Long> lastSignOfLife = new HashMap<>();
  private final Map<String, Long> byes = new HashMap<>();

  Sessions(List<Operation> operations) {
    for (Operation operation : operations) {
      if (operation.action() == Action.BYE) {
        byes.merge(operation.holder(), operation.invokedAt(), Math::min);
      } else if (showsLife(operation)) {
        lastSignOfLife.merge(operation.holder(), operation.invokedAt(), Math::max);
      }
    }
  }

  private static boolean showsLife(Operation operation) {
    return !operation.isUnknown()
        && !(operation.outcome() instanceof Outcome.Busy)
        && !(operation.outcome() instanceof Outcome.Refused refused
            && refused.reason() == Reason.NO_SESSION);
  }

  /** The moment before which the holder's session has not ended, in nanoseconds. */
  long endsAfter(String holder) {
    return byes.getOrDefault(holder, lastSignOfLife.getOrDefault(holder, Long.MIN_VALUE));
  }

  /**
   * The moment before which a granted lock has not ended unless somebody asked for it: neither its
   * time limit nor its session ends sooner.
   */
  long lockEndsAfter(Operation lock, long slack) {
    if (!(lock.outcome() instanceof Outcome.Granted granted)) {
      return lock.invokedAt();
    }
    long limit = lock.invokedAt() + granted.lastsMillis() * 1_000_000;
    return Math.min(limit, endsAfter(lock.holder())) - slack;
  }
}
