package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The seats of a show as a client knew them at one moment. Never changes; threads may share it. */
public final class Seats {

  private final Map<String, SeatStatus> taken;
  private final Set<String> mine;

  Seats(Map<String, SeatStatus> taken, Set<String> mine) {
    this.taken = Collections.unmodifiableMap(new LinkedHashMap<>(taken));
    this.mine = Collections.unmodifiableSet(new LinkedHashSet<>(mine));
  }

  /**
   * What the seat is. A seat that the show does not have counts as available: a client is told of
   * the seats that are taken, not of all there are.
   */
  public SeatStatus status(String seat) {
    SeatStatus status = taken.get(Objects.requireNonNull(seat, "seat"));
    return status == null ? SeatStatus.AVAILABLE : status;
  }

  /** Whether the seat is locked by this client. */
  public boolean isMine(String seat) {
    return mine.contains(Objects.requireNonNull(seat, "seat"));
  }

  /** The seats locked by this client, in the order in which it got them. */
  public Set<String> mine() {
    return mine;
  }

  /** Every seat that is not available, this client's own among them, with what it is. */
  public Map<String, SeatStatus> taken() {
    return taken;
  }

  @Override
  public String toString() {
    return "Seats[taken=" + taken + ", mine=" + mine + "]";
  }
}
