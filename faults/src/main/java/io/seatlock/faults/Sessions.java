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
   * The moment before which a granted lock has not ended unless somebody asked for it: neither its
   * time limit nor its session ends sooner.
   */
  long lockEndsAfter(Operation lock) {
    if (!(lock.outcome() instanceof Outcome.Granted granted)) {
      return lock.invokedAt();
    }
    long limit = lock.invokedAt() + granted.lastsMillis() * 1_000_000;
    return Math.min(limit - promise.slack(), endsAfter(lock.holder()));
  }
}
