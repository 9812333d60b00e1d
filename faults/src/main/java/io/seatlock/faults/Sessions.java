package io.seatlock.faults;

import io.seatlock.core.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the sessions of a history have ended at the earliest. A session that was answered was on a
 * connection when the request was sent, and from then on it lives for its grace at least; only its
 * {@code bye} may end it sooner.
 */
final class Sessions {

  private final Promise promise;
  private final Map<String, Long> lastSignOfLife = new HashMap<>();
  private final Map<String, Long> byes = new HashMap<>();

  Sessions(List<Operation> operations, Promise promise) {
    this.promise = promise;
    for (Operation operation : operations) {
      if (operation.action() == Action.BYE) {
        byes.merge(operation.holder(), operation.invokedAt(), Math::min);
      } else if (showsLife(operation)) {
        lastSignOfLife.merge(operation.holder(), operation.invokedAt(), Math::max);
      }
    }
  }

  /** Of several servers one that the others have given up may still answer a reading. */
  private boolean showsLife(Operation operation) {
    return !operation.isUnknown()
        && !(operation.outcome() instanceof Outcome.Busy)
        && !foundNoSession(operation)
        && (promise.freshReads() || operation.action() != Action.STATE);
  }

  /** Whether the answer was that the session has ended. */
  static boolean foundNoSession(Operation operation) {
    return operation.outcome() instanceof Outcome.Refused refused
        && refused.reason() == Reason.NO_SESSION;
  }

  /** The moment before which the holder's session has not ended, in nanoseconds. */
  long endsAfter(String holder) {
    Long alive = lastSignOfLife.get(holder);
    long graceEnds = alive == null ? Long.MIN_VALUE / 2 : alive + promise.grace();
    return Math.min(byes.getOrDefault(holder, graceEnds), graceEnds) - promise.slack();
  }

  /**
   * The moment before which what was taken is not free again unless somebody asks for it: a granted
   * lock, or one that was extended, ends by itself with its time limit or with its session, a
   * reservation when it is due.
   */
  long endsAfter(Operation taken) {
    if (taken.action() == Action.RESERVE) {
      return taken.due() == Operation.NEVER ? Operation.NEVER : taken.due() - promise.slack();
    }
    long lastsMillis;
    if (taken.outcome() instanceof Outcome.Granted granted) {
      lastsMillis = granted.lastsMillis();
    } else if (taken.outcome() instanceof Outcome.Extended extended) {
      lastsMillis = extended.lastsMillis();
    } else {
      return taken.invokedAt();
    }
    long limit = taken.invokedAt() + lastsMillis * 1_000_000;
    return Math.min(limit - promise.slack(), endsAfter(taken.holder()));
  }
}
