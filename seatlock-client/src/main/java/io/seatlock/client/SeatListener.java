package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import java.util.List;

/**
 * Hears what happens in the show. Every method does nothing unless it is overridden, or leads to
 * {@link #onSeatChanged}.
 *
 * <p>The methods are called one at a time and in the order in which the server told of the events,
 * on a thread of the client or on the executor that the program gave. The mirror already shows the
 * event, and perhaps later ones, when the listener hears of it. A method may block or throw: it
 * delays the following events, never the connection or a call. What it throws is logged.
 *
 * <p>A listener that falls 10,000 events behind misses what comes until it has caught up; then it
 * is told so by {@link #onEventsMissed}.
 */
public interface SeatListener {

  /**
   * A seat has changed: all events lead here that are about one seat and are not overridden.
   *
   * @param seat the seat's id
   * @param status what it is now
   */
  default void onSeatChanged(String seat, SeatStatus status) {}

  /** Somebody else has locked the seat. */
  default void onLocked(String seat) {
    onSeatChanged(seat, SeatStatus.LOCKED);
  }

  /** This client has locked the seat. The call's own future tells it, too. */
  default void onLockedForYou(String seat) {
    onSeatChanged(seat, SeatStatus.LOCKED);
  }

  /** Somebody else's lock of the seat has ended and the seat is available. */
  default void onUnlocked(String seat) {
    onSeatChanged(seat, SeatStatus.AVAILABLE);
  }

  /** This client has unlocked the seat. The call's own future tells it, too. */
  default void onUnlockedForYou(String seat) {
    onSeatChanged(seat, SeatStatus.AVAILABLE);
  }

  /** This client's time limit has ended: it has lost all its locks, these. */
  default void onDeleted(List<String> seats) {
    seats.forEach(seat -> onSeatChanged(seat, SeatStatus.AVAILABLE));
  }

  /** The seat was reserved, by this client or by another; a lock of it has ended. */
  default void onReserved(String seat) {
    onSeatChanged(seat, SeatStatus.RESERVED);
  }

  /** The seat is no longer reserved and is available. */
  default void onUnreserved(String seat) {
    onSeatChanged(seat, SeatStatus.AVAILABLE);
  }

  /** The seat was paid, by this client or by another; a lock of it has ended. */
  default void onPaid(String seat) {
    onSeatChanged(seat, SeatStatus.PAID);
  }

  /** The seat is no longer paid and is available. */
  default void onUnpaid(String seat) {
    onSeatChanged(seat, SeatStatus.AVAILABLE);
  }

  /**
   * The connection has changed.
   *
   * @param state what it is now
   * @param why what led to it, a sentence for logs
   */
  default void onStateChanged(ConnectionState state, String why) {}

  /**
   * This listener was so slow that it has missed events. {@link SeatLockClient#seats} has them all.
   *
   * @param count how many
   */
  default void onEventsMissed(long count) {}
}
