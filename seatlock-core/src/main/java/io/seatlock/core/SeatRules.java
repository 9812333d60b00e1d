package io.seatlock.core;

import org.jspecify.annotations.Nullable;

/**
 * What may be done with a seat as it is: for each action and each status the reason to refuse it,
 * or null. A seat that is null has not been seen yet: it is available where the show learns its
 * seats by itself, and unknown elsewhere.
 */
final class SeatRules {

  private final boolean seatsKnown;

  /**
   * The rules of a show.
   *
   * @param seatsKnown whether the show has the seats that it was opened with and no others
   */
  SeatRules(boolean seatsKnown) {
    this.seatsKnown = seatsKnown;
  }

  @Nullable Reason lockRefusal(@Nullable Seat seat, Holder holder) {
    if (seat == null) {
      return seatsKnown ? Reason.UNKNOWN_SEAT : null;
    }
    return seat.status == SeatStatus.AVAILABLE || seat.holder == holder ? null : taken(seat.status);
  }

  @Nullable Reason unlockRefusal(@Nullable Seat seat, Holder holder) {
    if (seat == null) {
      return seatsKnown ? Reason.UNKNOWN_SEAT : Reason.ALREADY_UNLOCKED;
    }
    if (seat.holder == holder) {
      return null;
    }
    return seat.status == SeatStatus.AVAILABLE ? Reason.ALREADY_UNLOCKED : Reason.NOT_YOURS;
  }

  @Nullable Reason saleRefusal(Command.Sale sale, @Nullable Seat seat) {
    if (seat == null && seatsKnown) {
      return Reason.UNKNOWN_SEAT;
    }
    SeatStatus status = seat == null ? SeatStatus.AVAILABLE : seat.status;
    return switch (sale.action()) {
      case RESERVE ->
          switch (status) {
            case AVAILABLE, LOCKED -> conditionRefusal(sale, seat);
            case RESERVED, PAID, BLOCKED -> taken(status);
          };
      case PAY ->
          switch (status) {
            case AVAILABLE, LOCKED -> conditionRefusal(sale, seat);
            case RESERVED -> sale.heldBy() == null ? null : Reason.ALREADY_RESERVED;
            case PAID, BLOCKED -> taken(status);
          };
      case UNRESERVE -> status == SeatStatus.RESERVED ? null : Reason.NOT_RESERVED;
      case UNPAY -> status == SeatStatus.PAID ? null : Reason.NOT_PAID;
      case REVOKE ->
          status == SeatStatus.RESERVED || status == SeatStatus.PAID ? null : Reason.NOT_RESERVED;
      case BLOCK, UNBLOCK ->
          status == SeatStatus.AVAILABLE || status == SeatStatus.BLOCKED ? null : taken(status);
    };
  }

  /** Whether an available or locked seat breaks the sale's holder condition. */
  private static @Nullable Reason conditionRefusal(Command.Sale sale, @Nullable Seat seat) {
    if (sale.heldBy() == null) {
      return null;
    }
    if (seat == null || seat.holder == null) {
      return Reason.ALREADY_UNLOCKED;
    }
    return seat.holder.id.equals(sale.heldBy()) ? null : Reason.NOT_YOURS;
  }

  private static Reason taken(SeatStatus status) {
    return switch (status) {
      case LOCKED -> Reason.ALREADY_LOCKED;
      case RESERVED -> Reason.ALREADY_RESERVED;
      case PAID -> Reason.ALREADY_PAID;
      case BLOCKED -> Reason.BLOCKED;
      case AVAILABLE -> throw new AssertionError("an available seat is not taken");
    };
  }
}
