package io.seatlock.faults;

import io.seatlock.core.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Histories written by hand: who asked for what and when, in milliseconds, and what came of it. */
final class Told {

  static final String SHOW = "hamlet";
  static final String SEAT = "A1";

  private final List<Operation> operations = new ArrayList<>();
  private long lasts = 10_000;
  private long due = Operation.NEVER;
  private Promise promise = new Promise(0, 0, true);

  private static long nanos(long millis) {
    return millis * 1_000_000;
  }

  /** From here on locks are granted and extended for so long. */
  Told lasting(long millis) {
    lasts = millis;
    return this;
  }

  /** From here on reservations end at this moment. */
  Told due(long millis) {
    due = nanos(millis);
    return this;
  }

  /** Sessions live on for so long without a connection. */
  Told withGrace(long millis) {
    promise = new Promise(nanos(millis), 0, promise.freshReads());
    return this;
  }

  /** Each server reads what it has heard of. */
  Told withStaleReads() {
    promise = new Promise(promise.grace(), 0, false);
    return this;
  }

  Promise promise() {
    return promise;
  }

  Told granted(String holder, Action action, long from, long to) {
    return granted(holder, action, 0, from, to, SEAT);
  }

  Told granted(String holder, Action action, long seq, long from, long to, String... seats) {
    List<String> named = Arrays.asList(seats);
    long millis = action == Action.LOCK ? lasts : 0;
    return add(
        holder, action, named, null, from, nanos(to), new Outcome.Granted(seq, named, millis));
  }

  Told grantedIfHeldBy(String other, Action action, long from, long to) {
    Outcome outcome = new Outcome.Granted(0, List.of(SEAT), 0);
    return add("backend", action, List.of(SEAT), other, from, nanos(to), outcome);
  }

  Told extended(String holder, long from, long to) {
    return add(
        holder, Action.EXTEND, List.of(), null, from, nanos(to), new Outcome.Extended(lasts));
  }

  Told refused(String holder, Action action, Reason reason, long from, long to) {
    Outcome outcome = new Outcome.Refused(reason, Map.of(SEAT, reason));
    return add(holder, action, List.of(SEAT), null, from, nanos(to), outcome);
  }

  Told busy(String holder, Action action, long from, long to) {
    return add(holder, action, List.of(SEAT), null, from, nanos(to), new Outcome.Busy());
  }

  /** Nobody knows whether it was done. */
  Told unknown(String holder, Action action, long from) {
    return add(holder, action, List.of(SEAT), null, from, Operation.NEVER, new Outcome.Unknown());
  }

  /** Nobody knows whether it was done, but after a moment it cannot be done any more. */
  Told unknown(String holder, Action action, long from, long to) {
    return add(holder, action, List.of(SEAT), null, from, nanos(to), new Outcome.Unknown());
  }

  /** A reading that found the seat in one of the lists: of the locked, the reserved or the paid. */
  Told read(String holder, Kind found, long from, long to) {
    View view =
        View.of(
            0,
            found == Kind.LOCKED ? Set.of(SEAT) : Set.of(),
            found == Kind.RESERVED ? Set.of(SEAT) : Set.of(),
            found == Kind.PAID ? Set.of(SEAT) : Set.of(),
            Set.of());
    return add(
        holder, Action.STATE, List.of(), null, from, nanos(to), new Outcome.Read(view, Set.of()));
  }

  /** The session still answers at this moment. */
  Told alive(String holder, long at) {
    return add(holder, Action.HELLO, List.of(), null, at, nanos(at), new Outcome.Done());
  }

  /** Somebody opens or resumes the session with this outcome. */
  Told hello(String holder, Outcome outcome, long from, long to) {
    return add(holder, Action.HELLO, List.of(), null, from, nanos(to), outcome);
  }

  Told bye(String holder, long from, long to) {
    return add(holder, Action.BYE, List.of(), null, from, nanos(to), new Outcome.Done());
  }

  private Told add(
      String holder,
      Action action,
      List<String> seats,
      String heldBy,
      long from,
      long to,
      Outcome outcome) {
    int number = operations.size();
    operations.add(
        new Operation(
            number, 0, SHOW, holder, action, seats, heldBy, null, due, nanos(from), outcome, to));
    return this;
  }

  List<Operation> operations() {
    return List.copyOf(operations);
  }

  List<SeatOperation> ofSeat() {
    return SeatOperation.of(SEAT, operations, promise);
  }

  /** The same operations as a history, in which nobody was told anything yet. */
  History history() {
    History history = new History();
    operations.forEach(history::add);
    return history;
  }
}
