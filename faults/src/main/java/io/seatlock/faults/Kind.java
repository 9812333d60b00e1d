package io.seatlock.faults;

import io.seatlock.core.EventType;
import io.seatlock.core.SeatStatus;

/** The kinds of changes of a show: in one word for their author and for everyone else. */
public enum Kind {
  /** Seats were locked. */
  LOCKED(SeatStatus.LOCKED),
  /** Locks ended, whatever ended them. */
  UNLOCKED(SeatStatus.AVAILABLE),
  /** Seats were reserved. */
  RESERVED(SeatStatus.RESERVED),
  /** Reservations ended. */
  UNRESERVED(SeatStatus.AVAILABLE),
  /** Seats were paid. */
  PAID(SeatStatus.PAID),
  /** Payments were taken back. */
  UNPAID(SeatStatus.AVAILABLE),
  /** Seats were withdrawn from sale. */
  BLOCKED(SeatStatus.BLOCKED),
  /** Seats are on sale again. */
  UNBLOCKED(SeatStatus.AVAILABLE);

  private final SeatStatus after;

  Kind(SeatStatus after) {
    this.after = after;
  }

  /** What the seats are after it. */
  public SeatStatus after() {
    return after;
  }

  /** Whether a seat of this status can change so. */
  public boolean canFollow(SeatStatus status) {
    return switch (this) {
      case LOCKED, BLOCKED -> status == SeatStatus.AVAILABLE;
      case UNLOCKED -> status == SeatStatus.LOCKED;
      case RESERVED -> status == SeatStatus.AVAILABLE || status == SeatStatus.LOCKED;
      case UNRESERVED -> status == SeatStatus.RESERVED;
      case PAID ->
          status == SeatStatus.AVAILABLE
              || status == SeatStatus.LOCKED
              || status == SeatStatus.RESERVED;
      case UNPAID -> status == SeatStatus.PAID;
      case UNBLOCKED -> status == SeatStatus.BLOCKED;
    };
  }

  /** The kind that is told by this word. */
  public static Kind of(EventType word) {
    return switch (word) {
      case LOCKED, LOCKED_FOR_YOU -> LOCKED;
      case UNLOCKED, UNLOCKED_FOR_YOU, DELETED -> UNLOCKED;
      case RESERVED -> RESERVED;
      case UNRESERVED -> UNRESERVED;
      case PAID -> PAID;
      case UNPAID -> UNPAID;
      case BLOCKED -> BLOCKED;
      case UNBLOCKED -> UNBLOCKED;
      case EXPIRING -> throw new IllegalArgumentException("a warning is no change");
    };
  }
}
