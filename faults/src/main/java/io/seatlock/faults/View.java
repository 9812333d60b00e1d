package io.seatlock.faults;

import io.seatlock.core.SeatStatus;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * A show as a client saw it.
 *
 * @param seq the number of the last change in it
 * @param seats the seats that are not available
 */
public record View(long seq, Map<String, SeatStatus> seats) {
  /** Sorts the seats. */
  public View {
    seats = new TreeMap<>(seats);
  }

  /** A view of what the server lists. */
  public static View of(
      long seq,
      Collection<String> locked,
      Collection<String> reserved,
      Collection<String> paid,
      Collection<String> blocked) {
    Map<String, SeatStatus> seats = new TreeMap<>();
    locked.forEach(seat -> seats.put(seat, SeatStatus.LOCKED));
    reserved.forEach(seat -> seats.put(seat, SeatStatus.RESERVED));
    paid.forEach(seat -> seats.put(seat, SeatStatus.PAID));
    blocked.forEach(seat -> seats.put(seat, SeatStatus.BLOCKED));
    return new View(seq, seats);
  }

  /** What a seat is. */
  public SeatStatus status(String seat) {
    return seats.getOrDefault(seat, SeatStatus.AVAILABLE);
  }
}
