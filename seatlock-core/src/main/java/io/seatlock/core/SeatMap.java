package io.seatlock.core;

import java.util.List;
import java.util.Map;

/**
 * What can be seen of a show: the seats that are not available, and whose the locks are.
 *
 * @param seq the show's counter: the number of changes so far
 * @param locked the seats that are locked, in the show's order
 * @param reserved the seats that are reserved
 * @param paid the seats that are paid
 * @param blocked the seats that are blocked
 * @param locksByHolder the seats that each holder has locked, in the order of locking; a holder
 *     without locks is not in it
 */
public record SeatMap(
    long seq,
    List<String> locked,
    List<String> reserved,
    List<String> paid,
    List<String> blocked,
    Map<String, List<String>> locksByHolder) {

  /** Copies what could change. */
  public SeatMap {
    locked = List.copyOf(locked);
    reserved = List.copyOf(reserved);
    paid = List.copyOf(paid);
    blocked = List.copyOf(blocked);
    locksByHolder = Map.copyOf(locksByHolder);
  }
}
