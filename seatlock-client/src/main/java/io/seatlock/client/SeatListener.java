package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import java.util.List;

/**
 * Hears what happens in the show. Every method does nothing unless it is overridden, or leads to
 * {@link #onSeatsChanged}.
 *
 * <p>The methods are called one at a time and in the order in which the server told of the events,
 * on a thread of the client or on the executor that the program gave. The mirror already shows the
 * event, and perhaps later ones, when the listener hears of it. A method may block or throw: it
 * delays the following events, never the connection or a call. What it throws is logged.
 *
 * <p>A listener that falls 10,000 events behind misses what comes until it has caught up; then
 * {@link #onMissed} is called.
 */
public interface SeatListener {

  /**
   * Seats have changed: all events lead here that are about seats and are not overridden, except
   * {@link #onRefreshed}.
   *
   * @param seats their ids
   * @param status what they are now
   */
  default void onSeatsChanged(List<String> seats, SeatStatus status) {}

  /** Somebody else has locked seats. */
  default void onLocked(SeatEvent.Locked event) {
    onSeatsChanged(event.seats(), SeatStatus.LOCKED);
  }

  /** This client has locked seats. The call's own future tells it, too. */
  default void onLockedForYou(SeatEvent.LockedForYou event) {
    onSeatsChanged(event.seats(), SeatStatus.LOCKED);
  }

  /** Locks of somebody else have ended. */
  default void onUnlocked(SeatEvent.Unlocked event) {
    onSeatsChanged(event.seats(), SeatStatus.AVAILABLE);
  }

  /** This client has unlocked seats. The call's own future tells it, too. */
  default void onUnlockedForYou(SeatEvent.UnlockedForYou event) {
    onSeatsChanged(event.seats(), SeatStatus.AVAILABLE);
  }

  /**
   * This client has lost its locks to the time limit, now or while it was suspended. If others have
   * some of the seats by now, those events follow, perhaps for the second time.
   */
  default void onDeleted(SeatEvent.Deleted event) {
    onSeatsChanged(event.seats(), SeatStatus.AVAILABLE);
  }

  /** Seats were reserved. */
  default void onReserved(SeatEvent.Reserved event) {
    onSeatsChanged(event.seats(), SeatStatus.RESERVED);
  }

  /** Seats are no longer reserved. */
  default void onUnreserved(SeatEvent.Unreserved event) {
    onSeatsChanged(event.seats(), SeatStatus.AVAILABLE);
  }

  /** Seats were paid. */
  default void onPaid(SeatEvent.Paid event) {
    onSeatsChanged(event.seats(), SeatStatus.PAID);
  }

  /** Seats are no longer paid. */
  default void onUnpaid(SeatEvent.Unpaid event) {
    onSeatsChanged(event.seats(), SeatStatus.AVAILABLE);
  }

  /** Seats were withdrawn from sale. */
  default void onBlocked(SeatEvent.Blocked event) {
    onSeatsChanged(event.seats(), SeatStatus.BLOCKED);
  }

  /** Seats are on sale again. */
  default void onUnblocked(SeatEvent.Unblocked event) {
    onSeatsChanged(event.seats(), SeatStatus.AVAILABLE);
  }

  /** This client's locks end soon. */
  default void onExpiring(SeatEvent.Expiring event) {}

  /** The state of the whole show came anew; single changes may not have been told. */
  default void onRefreshed(SeatEvent.Refreshed event) {}

  /**
   * The connection has changed.
   *
   * @param state what it is now
   * @param why what led to it, a sentence for logs
   */
  default void onStateChanged(ConnectionState state, String why) {}

  /** This listener was so slow that it has missed events. */
  default void onMissed(SeatEvent.Missed event) {}
}
