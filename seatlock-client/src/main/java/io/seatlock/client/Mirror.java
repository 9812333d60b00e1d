package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The seats as the server's messages so far have left them. Not thread-safe. A copy is made when
 * somebody looks after a change, so that a busy show costs nothing to a client that does not look.
 */
final class Mirror {

  private final Map<String, SeatStatus> taken = new LinkedHashMap<>();
  private final Set<String> mine = new LinkedHashSet<>();
  private @Nullable Seats copy;

  Seats seats() {
    Seats seats = copy;
    if (seats == null) {
      seats = new Seats(taken, mine);
      copy = seats;
    }
    return seats;
  }

  boolean isMine(String seat) {
    return mine.contains(seat);
  }

  /** Forgets everything. */
  void clear() {
    copy = null;
    taken.clear();
    mine.clear();
  }

  /** The seats are this now, and not this client's. */
  void set(Collection<String> seats, SeatStatus status) {
    seats.forEach(seat -> set(seat, status));
  }

  /** The seat is this now, and not this client's. */
  void set(String seat, SeatStatus status) {
    copy = null;
    mine.remove(seat);
    if (status == SeatStatus.AVAILABLE) {
      taken.remove(seat);
    } else {
      taken.put(seat, status);
    }
  }

  /** The seat is locked by this client. */
  void setMine(String seat) {
    set(seat, SeatStatus.LOCKED);
    mine.add(seat);
  }

  /** This client is a holder no more. */
  void dropMine() {
    copy = null;
    mine.clear();
  }
}
