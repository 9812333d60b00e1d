package io.seatlock.faults;

import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one operation means for one seat: the transition of the model, if there can be one.
 *
 * @param endsAfter for a lock, an extension or a reservation, the moment before which it does not
 *     end by itself, in nanoseconds
 */
public record SeatOperation(String seat, Operation operation, long endsAfter) {

  /** What a history means for one seat. Operations that say nothing of it are left out. */
  static List<SeatOperation> of(String seat, List<Operation> operations, Promise promise) {
    Sessions sessions = new Sessions(operations, promise);
    List<SeatOperation> all = new ArrayList<>();
    for (Operation operation : operations) {
      if (concerns(seat, operation)) {
        all.add(new SeatOperation(seat, operation, sessions.endsAfter(operation)));
      }
    }
    return all;
  }

  private static boolean concerns(String seat, Operation operation) {
    if (operation.outcome() instanceof Outcome.Busy) {
      return false;
    }
    if (operation.outcome() instanceof Outcome.Refused refused) {
      return refused.seats().containsKey(seat);
    }
    return switch (operation.action()) {
      case HELLO, BYE -> false;
      case STATE -> operation.outcome() instanceof Outcome.Read;
      case UNLOCK_ALL -> true;
      // If nobody knows of it, its locks may end as if there were none.
      case EXTEND -> operation.outcome() instanceof Outcome.Extended;
      case LOCK, UNLOCK, RESERVE, UNRESERVE, PAY, UNPAY, REVOKE, BLOCK, UNBLOCK ->
          operation.seats().contains(seat);
    };
  }

  /** When it was sent. */
  public long invokedAt() {
    return operation.invokedAt();
  }

  /** When it had happened if it has. */
  public long endedAt() {
    return operation.endedAt();
  }

  /** Whether it may also not have happened. */
  public boolean isOptional() {
    return operation.isUnknown();
  }

  /** The seat after it, null if it cannot have ended so when the seat was this. */
  public @Nullable SeatState after(SeatState before) {
    Outcome outcome = operation.outcome();
    if (outcome instanceof Outcome.Read read) {
      return fits(read, before) ? before : null;
    } else if (outcome instanceof Outcome.Refused refused) {
      Reason reason = refused.seats().get(seat);
      return reason == null || fits(reason, before) ? before : null;
    } else if (outcome instanceof Outcome.Granted granted
        && operation.action() == Action.UNLOCK_ALL
        && !granted.seats().contains(seat)) {
      return before.isHeldBy(operation.holder()) ? null : before;
    }
    return done(before);
  }

  private @Nullable SeatState done(SeatState before) {
    String holder = operation.holder();
    SeatStatus status = before.status();
    return switch (operation.action()) {
      case LOCK -> {
        if (before.isHeldBy(holder)) {
          yield SeatState.lockedBy(holder, Math.max(before.endsAfter(), endsAfter));
        }
        yield status == SeatStatus.AVAILABLE ? SeatState.lockedBy(holder, endsAfter) : null;
      }
      case UNLOCK, UNLOCK_ALL -> before.isHeldBy(holder) ? SeatState.AVAILABLE : null;
      case RESERVE -> canSell(before, false) ? SeatState.reserved(endsAfter) : null;
      case PAY -> canSell(before, true) ? SeatState.of(SeatStatus.PAID) : null;
      case UNRESERVE -> status == SeatStatus.RESERVED ? SeatState.AVAILABLE : null;
      case UNPAY -> status == SeatStatus.PAID ? SeatState.AVAILABLE : null;
      case REVOKE -> isSold(status) ? SeatState.AVAILABLE : null;
      case BLOCK -> canBlock(status) ? SeatState.of(SeatStatus.BLOCKED) : null;
      case UNBLOCK -> canBlock(status) ? SeatState.AVAILABLE : null;
      case EXTEND ->
          before.isHeldBy(holder)
              ? SeatState.lockedBy(holder, Math.max(before.endsAfter(), endsAfter))
              : before;
      case HELLO, STATE, BYE -> before;
    };
  }

  private static boolean isSold(SeatStatus status) {
    return status == SeatStatus.RESERVED || status == SeatStatus.PAID;
  }

  /** Blocked already, or not yet again: either may be asked for once more. */
  private static boolean canBlock(SeatStatus status) {
    return status == SeatStatus.AVAILABLE || status == SeatStatus.BLOCKED;
  }

  private boolean canSell(SeatState before, boolean alsoReserved) {
    String heldBy = operation.heldBy();
    if (heldBy != null) {
      return before.isHeldBy(heldBy);
    }
    return before.status() == SeatStatus.AVAILABLE
        || before.status() == SeatStatus.LOCKED
        || (alsoReserved && before.status() == SeatStatus.RESERVED);
  }

  private boolean fits(Outcome.Read read, SeatState before) {
    if (read.view().status(seat) != before.status()) {
      return false;
    }
    return before.status() != SeatStatus.LOCKED
        || read.yours().contains(seat) == before.holder().equals(operation.holder());
  }

  private boolean fits(Reason reason, SeatState before) {
    SeatStatus status = before.status();
    return switch (reason) {
      case ALREADY_LOCKED ->
          operation.action() == Action.LOCK
              ? before.isHeldByAnother(operation.holder())
              : status == SeatStatus.LOCKED;
      case ALREADY_UNLOCKED -> status == SeatStatus.AVAILABLE;
      case ALREADY_RESERVED -> status == SeatStatus.RESERVED;
      case ALREADY_PAID -> status == SeatStatus.PAID;
      case BLOCKED -> status == SeatStatus.BLOCKED;
      case NOT_RESERVED ->
          operation.action() == Action.REVOKE ? !isSold(status) : status != SeatStatus.RESERVED;
      case NOT_PAID -> status != SeatStatus.PAID;
      case NOT_YOURS -> isNotYours(before);
      case UNKNOWN_SEAT, LIMIT_REACHED, NOTHING_LOCKED, NO_SESSION, SESSION_EXISTS, ID_REUSED ->
          true;
    };
  }

  private boolean isNotYours(SeatState before) {
    String heldBy = operation.heldBy();
    return heldBy != null
        ? before.isHeldByAnother(heldBy)
        : before.status() != SeatStatus.AVAILABLE && !before.isHeldBy(operation.holder());
  }
}
