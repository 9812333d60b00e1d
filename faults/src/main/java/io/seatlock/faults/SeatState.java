package io.seatlock.faults;

import io.seatlock.core.SeatStatus;

/**
 * What the model knows of one seat.
 *
 * @param holder who has locked it; empty if nobody has
 * @param endsAfter the moment before which its lock or reservation does not end by itself, in
 *     nanoseconds
 */
public record SeatState(SeatStatus status, String holder, long endsAfter) {

  /** A seat that anyone may lock; all begin so. */
  public static final SeatState AVAILABLE = of(SeatStatus.AVAILABLE);

  /** A seat without a holder that stays as it is. */
  public static SeatState of(SeatStatus status) {
    return new SeatState(status, "", Operation.NEVER);
  }

  /** A seat that is set aside until a moment, or {@link Operation#NEVER}. */
  public static SeatState reserved(long endsAfter) {
    return new SeatState(SeatStatus.RESERVED, "", endsAfter);
  }

  /** A locked seat. */
  public static SeatState lockedBy(String holder, long endsAfter) {
    return new SeatState(SeatStatus.LOCKED, holder, endsAfter);
  }

  /** Whether this holder has locked it. */
  public boolean isHeldBy(String other) {
    return status == SeatStatus.LOCKED && holder.equals(other);
  }

  /** Whether somebody else than this holder has locked it. */
  public boolean isHeldByAnother(String other) {
    return status == SeatStatus.LOCKED && !holder.equals(other);
  }

  /** Whether its lock or reservation may have ended by itself at this moment. */
  public boolean mayEndAt(long moment) {
    return endsAfter <= moment;
  }
}
