package io.seatlock.core;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A seat of the state machine; while it is locked, a link in the list of its holder's locks. */
final class Seat {

  static final Comparator<Seat> BY_ID = Comparator.comparing(seat -> seat.id);

  final String id;
  SeatStatus status = SeatStatus.AVAILABLE;
  @Nullable Holder holder;
  @Nullable Seat previousLock;
  @Nullable Seat nextLock;

  /** What is known of a reserved or paid seat beyond that; null if nothing is. */
  @Nullable Sale sale;

  Seat(String id) {
    this.id = id;
  }

  /** When a reservation ends, in milliseconds since the epoch, and the order reference. */
  record Sale(@Nullable Long due, @Nullable String ref) {}

  /** When the reservation ends; null if it does not. */
  @Nullable Long due() {
    return sale == null ? null : sale.due;
  }

  /** The order reference, if there is one. */
  @Nullable String ref() {
    return sale == null ? null : sale.ref;
  }

  Snapshot.Seat snapshot() {
    Instant due = Times.instant(due());
    return new Snapshot.Seat(id, status, due, ref());
  }
}
