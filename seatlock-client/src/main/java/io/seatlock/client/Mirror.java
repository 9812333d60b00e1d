package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import io.seatlock.protocol.v2.Message;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The seats as the server's messages so far have left them. Not thread-safe. A copy is made when
 * somebody looks after a change, so that a busy show costs nothing to a client that does not look.
 */
final class Mirror {

  private final LongSupplier nanoTime;
  private final Map<String, SeatStatus> taken = new LinkedHashMap<>();
  private final Set<String> mine = new LinkedHashSet<>();
  private long seq;
  private long mineUntil;
  private @Nullable Seats copy;

  Mirror(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  Seats seats() {
    Seats seats = copy;
    if (seats == null) {
      seats = new Seats(seq, taken, mine, mineUntil, nanoTime);
      copy = seats;
    }
    return seats;
  }

  /** The number of the last change. */
  long seq() {
    return seq;
  }

  Set<String> mine() {
    return mine;
  }

  @Nullable SeatStatus status(String seat) {
    return taken.get(seat);
  }

  /** Everything anew. */
  void replace(Message.StartState state) {
    taken.clear();
    mine.clear();
    set(state.seq(), state.locked(), SeatStatus.LOCKED);
    set(state.seq(), state.reserved(), SeatStatus.RESERVED);
    set(state.seq(), state.paid(), SeatStatus.PAID);
    set(state.seq(), state.blocked(), SeatStatus.BLOCKED);
    setMine(state.yours());
  }

  /** With the change of this number the seats are this, and not this client's. */
  void set(long changeSeq, Collection<String> seats, SeatStatus status) {
    copy = null;
    seq = changeSeq;
    for (String seat : seats) {
      mine.remove(seat);
      if (status == SeatStatus.AVAILABLE) {
        taken.remove(seat);
      } else {
        taken.put(seat, status);
      }
    }
  }

  /** These locked seats are this client's, and no others. */
  void setMine(Collection<String> seats) {
    copy = null;
    mine.clear();
    addMine(seats);
  }

  /** These locked seats are this client's, too. */
  void addMine(Collection<String> seats) {
    copy = null;
    seats.forEach(seat -> taken.put(seat, SeatStatus.LOCKED));
    mine.addAll(seats);
  }

  /** The server says that the locks last so long from now on. */
  void setTimeLeft(long millis) {
    copy = null;
    // Far from overflow, whatever a server says.
    mineUntil = nanoTime.getAsLong() + Math.min(millis, 1L << 40) * 1_000_000;
  }

  /** This client is a holder no more. */
  void dropMine() {
    copy = null;
    mine.clear();
  }
}
