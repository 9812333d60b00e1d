package io.seatlock.client;

import java.time.Duration;
import java.util.List;

/**
 * Something that a client tells its program of. Each event but the last three is one change of the
 * show: all its seats changed together, and {@code seq} is its number in the show's order.
 */
public sealed interface SeatEvent {

  /** Calls the listener's method for this event. */
  void notifyListener(SeatListener listener);

  /** Somebody else has locked the seats. */
  record Locked(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onLocked(this);
    }
  }

  /**
   * This client has locked the seats.
   *
   * @param expiresIn how long its locks lasted when the server said so
   */
  record LockedForYou(long seq, List<String> seats, Duration expiresIn) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onLockedForYou(this);
    }
  }

  /** Locks of somebody else have ended and the seats are available. */
  record Unlocked(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onUnlocked(this);
    }
  }

  /** This client has unlocked the seats. */
  record UnlockedForYou(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onUnlockedForYou(this);
    }
  }

  /**
   * This client's time limit has ended: it has lost all its locks, these. If that was while it was
   * suspended, the event comes later, and {@code seq} is the number of the last change by then.
   */
  record Deleted(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onDeleted(this);
    }
  }

  /** The seats were reserved, by this client or another; locks of them have ended. */
  record Reserved(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onReserved(this);
    }
  }

  /** The seats are no longer reserved and are available. */
  record Unreserved(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onUnreserved(this);
    }
  }

  /** The seats were paid, by this client or another; locks of them have ended. */
  record Paid(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onPaid(this);
    }
  }

  /** The seats are no longer paid and are available. */
  record Unpaid(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onUnpaid(this);
    }
  }

  /** The seats were withdrawn from sale. */
  record Blocked(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onBlocked(this);
    }
  }

  /** The seats are on sale again. */
  record Unblocked(long seq, List<String> seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onUnblocked(this);
    }
  }

  /**
   * This client will soon lose its locks to the time limit, unless it extends them.
   *
   * @param seats what it has locked
   * @param expiresIn how long that lasted when the server said so
   */
  record Expiring(List<String> seats, Duration expiresIn) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onExpiring(this);
    }
  }

  /**
   * The client has the state of the whole show anew: at the start, and where single changes are not
   * to be had any more.
   *
   * @param seats all seats
   */
  record Refreshed(Seats seats) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onRefreshed(this);
    }
  }

  /**
   * The connection has changed.
   *
   * @param state what it is now
   * @param why what led to it, a sentence for logs
   */
  record StateChanged(ConnectionState state, String why) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onStateChanged(state, why);
    }
  }

  /**
   * The recipient was so slow that it has missed events. {@link SeatLockClient#seats} includes them
   * all.
   *
   * @param count how many
   */
  record Missed(long count) implements SeatEvent {
    @Override
    public void notifyListener(SeatListener listener) {
      listener.onMissed(this);
    }
  }
}
