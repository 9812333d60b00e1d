package io.seatlock.core;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of a show at one moment, as a value: to look at, to keep, and to continue from.
 * Two shows with equal snapshots answer every further command in the same way.
 *
 * @param settings the show's rules
 * @param seatsKnown whether the show was opened with a list of seats; if not, it learns a seat when
 *     it is first named and forgets it when it is available again
 * @param seq the show's counter: the number of changes so far
 * @param at the time of the last command, in milliseconds since the epoch
 * @param seats every seat the show knows, in its order
 * @param sessions every open session: those with locks first, the one whose time limit ends next
 *     leading, then the others by holder id
 */
public record Snapshot(
    ShowSettings settings,
    boolean seatsKnown,
    long seq,
    long at,
    List<Seat> seats,
    List<Session> sessions) {

  /** Checks that nothing is null and copies the lists. */
  public Snapshot {
    Objects.requireNonNull(settings, "settings");
    seats = List.copyOf(seats);
    sessions = List.copyOf(sessions);
  }

  /**
   * One seat.
   *
   * @param id its seat id
   * @param status what it is
   * @param due for a reserved seat, when the reservation ends; null if it does not
   * @param ref for a reserved or paid seat, its order reference if there is one
   */
  public record Seat(String id, SeatStatus status, @Nullable Instant due, @Nullable String ref) {
    /** Checks the id, and that a seat of this status can have what it is given. */
    public Seat {
      Ids.check("seat id", id);
      Objects.requireNonNull(status, "status");
      boolean reserved = status == SeatStatus.RESERVED;
      if (due != null && !reserved) {
        throw new IllegalArgumentException("seat " + id + " is " + status + " and has a due time");
      }
      if (ref != null && !reserved && status != SeatStatus.PAID) {
        throw new IllegalArgumentException("seat " + id + " is " + status + " and has a reference");
      }
    }
  }

  /**
   * One open session.
   *
   * @param holder its public holder id
   * @param locks the seats it holds, in the order of locking
   * @param lockedSince when it locked the first of them, in milliseconds since the epoch; 0 if it
   *     holds none
   * @param deadline when its time limit ends, in milliseconds since the epoch; 0 if it holds none
   * @param warned whether there is no warning of that to come: it was warned, or never will be
   * @param credential what must be given to resume it; null if it cannot be resumed
   * @param connection the connection it is on; null if it lost it or never had one
   * @param graceEnd if it lost its connection, when it ends unless it is resumed, in milliseconds
   *     since the epoch; otherwise 0
   * @param answers the requests it remembers, oldest first
   */
  public record Session(
      String holder,
      List<String> locks,
      long lockedSince,
      long deadline,
      boolean warned,
      @Nullable String credential,
      @Nullable String connection,
      long graceEnd,
      List<Answer> answers) {
    /** Checks the holder id and copies the lists. */
    public Session {
      Ids.check("holder id", holder);
      locks = List.copyOf(locks);
      answers = List.copyOf(answers);
    }

    /** A session that cannot be resumed and has asked for nothing by an id. */
    public Session(String holder, List<String> locks, long lockedSince, long deadline) {
      this(holder, locks, lockedSince, deadline, false, null, null, 0, List.of());
    }
  }

  /**
   * What a session remembers of a request that is to be done at most once.
   *
   * @param id the request's id
   * @param fingerprint tells requests with the same id apart; never negative
   * @param result what it led to
   */
  public record Answer(String id, long fingerprint, Result result) {
    /** Checks that nothing is null. */
    public Answer {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(result, "result");
    }
  }

  /** The ids of all seats that have this status, in the show's order. */
  public List<String> seats(SeatStatus status) {
    return seats.stream().filter(seat -> seat.status() == status).map(Seat::id).toList();
  }

  /** This snapshot in the compact binary form that {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return SnapshotCodec.toBytes(this);
  }

  /**
   * Reads what {@link #toBytes} of this version or an earlier one wrote.
   *
   * @throws IllegalArgumentException if the bytes are damaged, or of a version that came later; the
   *     message names it
   */
  public static Snapshot fromBytes(byte[] bytes) {
    return SnapshotCodec.fromBytes(bytes);
  }
}
