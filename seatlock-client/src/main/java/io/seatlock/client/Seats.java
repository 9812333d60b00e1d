package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The seats of a show as a client knew them at one moment. Threads may share it; nothing but {@link
 * #timeLeft} ever changes.
 */
public final class Seats {

  private final long seq;
  private final Map<String, SeatStatus> taken;
  private final Set<String> mine;
  private final long mineUntil;
  private final LongSupplier nanoTime;

  Seats(
      long seq,
      Map<String, SeatStatus> taken,
      Set<String> mine,
      long mineUntil,
      LongSupplier nanoTime) {
    this.seq = seq;
    this.mineUntil = mineUntil;
    this.nanoTime = nanoTime;
    this.taken = Collections.unmodifiableMap(new LinkedHashMap<>(taken));
    this.mine = Collections.unmodifiableSet(new LinkedHashSet<>(mine));
  }

  /** The number of the last change of the show that these seats have seen. */
  public long seq() {
    return seq;
  }

  /**
   * How long this client keeps its locks from now on: what the server said last, counted down by
   * this machine's clock, never less than zero. Zero if it has none.
   */
  public Duration timeLeft() {
    return mine.isEmpty()
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, mineUntil - nanoTime.getAsLong()));
  }

  /**
   * What the seat is. A seat that the show does not have counts as available: a client learns which
   * seats are taken, not which there are.
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
    return "Seats[seq=" + seq + ", taken=" + taken + ", mine=" + mine + "]";
  }
}
