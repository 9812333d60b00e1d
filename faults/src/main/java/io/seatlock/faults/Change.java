package io.seatlock.faults;

import java.util.Set;
import java.util.TreeSet;

/**
 * A change of a show as clients were told it.
 *
 * @param seq its number
 * @param kind what happened
 * @param seats to which seats
 */
public record Change(long seq, Kind kind, Set<String> seats) {
  /** Sorts the seats: their order is no part of what is told. */
  public Change {
    seats = new TreeSet<>(seats);
  }

  @Override
  public String toString() {
    return "#" + seq + " " + kind + " " + seats;
  }
}
