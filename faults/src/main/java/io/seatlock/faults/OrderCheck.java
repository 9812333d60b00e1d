package io.seatlock.faults;

import io.seatlock.core.SeatStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks a show by the numbers of its changes, which are one order for everybody.
 *
 * <ul>
 *   <li>Nobody was told two things under one number, and each connection was told all in order.
 *   <li>The changes follow from each other: a seat that is taken is not given again.
 *   <li>Each state that was told is the one after the change of its number.
 *   <li>What was granted is there, under its number, as it was asked for.
 *   <li>What is there was asked for, once; what was refused or busy is not there. Locks and
 *       reservations end by themselves, too, but not before their time.
 *   <li>The order agrees with the time: what had been told before something was asked for has a
 *       lower number.
 *   <li>No session has ended, for its client, before its grace was over.
 * </ul>
 */
final class OrderCheck {

  private static final int MAX_FAULTS = 20;

  private final Chronicle chronicle;
  private final List<Operation> operations;
  private final Promise promise;
  private final Sessions sessions;
  private final NavigableMap<Long, Chronicle.Told<Change>> changes;
  private final Map<Long, List<Operation>> grantedBySeq = new HashMap<>();
  private final List<Operation> unknown = new ArrayList<>();
  private final Set<Long> used = new HashSet<>();
  private final Map<String, Held> seats = new HashMap<>();
  private final List<String> faults;
  private int checks;
  private int ends;

  /**
   * What is known of a taken seat.
   *
   * @param by the operation that took it, null if not known
   */
  private record Held(SeatStatus status, @Nullable Operation by) {}

  /** Prepares the check. */
  OrderCheck(Chronicle chronicle, List<Operation> operations, Promise promise) {
    this.chronicle = chronicle;
    this.operations = operations;
    this.promise = promise;
    this.sessions = new Sessions(operations, promise);
    this.changes = chronicle.changes();
    this.faults = new ArrayList<>(chronicle.contradictions());
    for (Operation operation : operations) {
      if (operation.isUnknown()) {
        unknown.add(operation);
      } else if (operation.outcome() instanceof Outcome.Granted granted) {
        grantedBySeq.computeIfAbsent(granted.seq(), seq -> new ArrayList<>()).add(operation);
      }
    }
  }

  /** How many facts were looked at. */
  int checks() {
    return checks;
  }

  /**
   * How many of them were seats that became free by themselves, of which it is known since when.
   */
  int ends() {
    return ends;
  }

  /** What is wrong. */
  List<String> run() {
    replay();
    checkTime();
    checkSessions();
    return faults;
  }

  private void fault(String what) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(chronicle.show() + ": " + what);
    }
  }

  // --- the changes one after the other

  private void replay() {
    NavigableMap<Long, Chronicle.Told<View>> views = chronicle.views();
    long last = chronicle.last();
    for (long seq = 0; seq <= last; seq++) {
      Chronicle.Told<Change> told = changes.getOrDefault(seq, onlyAnswered(seq));
      if (told != null) {
        checks++;
        apply(told);
      } else if (seq > 0) {
        // Nobody who is here was told of it: go on from the next state that somebody was told.
        Map.Entry<Long, Chronicle.Told<View>> next = views.ceilingEntry(seq);
        if (next == null) {
          fault("#" + last + " is known, #" + seq + " and all states from there on are not");
          return;
        }
        skipTo(seq, next.getKey(), next.getValue().what());
        seq = next.getKey();
      }
      Chronicle.Told<View> view = views.get(seq);
      if (view != null) {
        checks++;
        compare(view);
      }
      checkGranted(seq);
    }
  }

  /** A change that only the one was told of who had asked for it, and that after a restart. */
  private Chronicle.@Nullable Told<Change> onlyAnswered(long seq) {
    List<Operation> granted = grantedBySeq.getOrDefault(seq, List.of());
    if (granted.size() != 1 || changesNothing(granted.get(0))) {
      return null;
    }
    Operation operation = granted.get(0);
    for (Kind kind : Kind.values()) {
      if (operation.outcome() instanceof Outcome.Granted answer && canHaveMade(operation, kind)) {
        Change change = new Change(seq, kind, Set.copyOf(answer.seats()));
        return new Chronicle.Told<>(change, operation.endedAt(), "client " + operation.client());
      }
    }
    return null;
  }

  /**
   * Of a revocation the seats tell which change it was, and an unblock may have found that a
   * reservation had just ended by itself, which is then the change.
   */
  private boolean canHaveMade(Operation operation, Kind kind) {
    boolean isClear = operation.action() != Action.REVOKE && operation.action() != Action.UNBLOCK;
    return operation.action().makes(kind)
        && (isClear || operation.seats().stream().allMatch(seat -> kind.canFollow(status(seat))));
  }

  private void skipTo(long from, long to, View view) {
    for (long seq = from; seq < to; seq++) {
      checkGranted(seq);
    }
    seats.clear();
    view.seats().forEach((seat, status) -> seats.put(seat, new Held(status, null)));
  }

  private void apply(Chronicle.Told<Change> told) {
    Change change = told.what();
    Operation cause = cause(told);
    for (String seat : change.seats()) {
      SeatStatus status = status(seat);
      if (!change.kind().canFollow(status) && !isLockedAgain(change, seat, cause)) {
        fault(told + ", but " + seat + " was " + seats.getOrDefault(seat, new Held(status, null)));
      }
    }
    if (cause == null) {
      checkEnd(told);
    }
    for (String seat : change.seats()) {
      if (change.kind().after() == SeatStatus.AVAILABLE) {
        seats.remove(seat);
      } else {
        seats.put(seat, new Held(change.kind().after(), cause));
      }
    }
  }

  /** If only the author was told: an answer also names what it had locked before. */
  private boolean isLockedAgain(Change change, String seat, @Nullable Operation cause) {
    return change.kind() == Kind.LOCKED && cause != null && mayBeHeldBy(seat, cause.holder());
  }

  private SeatStatus status(String seat) {
    Held held = seats.get(seat);
    return held == null ? SeatStatus.AVAILABLE : held.status();
  }

  /** The operation that made the change: one that was granted, or one that nobody knows about. */
  private @Nullable Operation cause(Chronicle.Told<Change> told) {
    for (Operation operation : grantedBySeq.getOrDefault(told.what().seq(), List.of())) {
      if (isAskedFor(told.what(), operation) && used.add(operation.number())) {
        return operation;
      }
    }
    for (Operation operation : unknown) {
      if (operation.invokedAt() <= told.at()
          && isAskedFor(told.what(), operation)
          && used.add(operation.number())) {
        return operation;
      }
    }
    return null;
  }

  private boolean isAskedFor(Change change, Operation operation) {
    if (!operation.action().makes(change.kind())) {
      return false;
    }
    return switch (operation.action()) {
      case LOCK -> isWhole(change, operation);
      case UNLOCK_ALL -> areMaybeHeldBy(change, operation);
      case UNLOCK -> areThese(change, operation) && areMaybeHeldBy(change, operation);
      case RESERVE, UNRESERVE, PAY, UNPAY, REVOKE, BLOCK, UNBLOCK -> areThese(change, operation);
      case HELLO, EXTEND, STATE, BYE -> false;
    };
  }

  /** What a lock does not change its holder has already. */
  private boolean isWhole(Change change, Operation lock) {
    return lock.seats().containsAll(change.seats())
        && lock.seats().stream()
            .allMatch(seat -> change.seats().contains(seat) || mayBeHeldBy(seat, lock.holder()));
  }

  private static boolean areThese(Change change, Operation operation) {
    return change.seats().equals(Set.copyOf(operation.seats()));
  }

  private boolean areMaybeHeldBy(Change change, Operation operation) {
    return change.seats().stream().allMatch(seat -> mayBeHeldBy(seat, operation.holder()));
  }

  private boolean mayBeHeldBy(String seat, String holder) {
    Held held = seats.get(seat);
    return held != null
        && held.status() == SeatStatus.LOCKED
        && (held.by() == null || held.by().holder().equals(holder));
  }

  /** Locks and reservations that are due end without being asked to. */
  private void checkEnd(Chronicle.Told<Change> told) {
    Kind kind = told.what().kind();
    boolean canEnd = kind == Kind.UNLOCKED || kind == Kind.UNRESERVED;
    for (String seat : told.what().seats()) {
      Held held = seats.get(seat);
      Operation by = held == null ? null : held.by();
      long end = by == null ? Long.MIN_VALUE : sessions.endsAfter(by);
      if (!canEnd || end == Operation.NEVER) {
        fault(told + ": nobody asked for it, or not once more");
        return;
      }
      if (by != null && end > told.at()) {
        fault(told + ": " + (end - told.at()) / 1_000_000 + " ms too early for " + by);
      }
      ends += by == null ? 0 : 1;
    }
  }

  private void compare(Chronicle.Told<View> told) {
    Map<String, SeatStatus> expected = new TreeMap<>();
    seats.forEach((seat, held) -> expected.put(seat, held.status()));
    if (!expected.equals(told.what().seats())) {
      fault(told + ", but the changes up to then give " + expected);
    }
  }

  /** Called when all changes up to this number are applied. */
  private void checkGranted(long seq) {
    for (Operation operation : grantedBySeq.getOrDefault(seq, List.of())) {
      checks++;
      Chronicle.Told<Change> there = changes.get(seq);
      if (there == null || used.contains(operation.number()) || changesNothing(operation)) {
        continue;
      }
      fault(operation + " was granted, but there is " + there);
    }
  }

  /** What was so already: a lock of what the holder has, an unlockAll of nothing. */
  private boolean changesNothing(Operation operation) {
    return switch (operation.action()) {
      case LOCK ->
          operation.seats().stream().allMatch(seat -> mayBeHeldBy(seat, operation.holder()));
      case UNLOCK_ALL ->
          operation.outcome() instanceof Outcome.Granted granted && granted.seats().isEmpty();
      case BLOCK -> areAll(operation, SeatStatus.BLOCKED);
      case UNBLOCK -> areAll(operation, SeatStatus.AVAILABLE);
      case HELLO, UNLOCK, EXTEND, RESERVE, UNRESERVE, PAY, UNPAY, REVOKE, STATE, BYE -> false;
    };
  }

  private boolean areAll(Operation operation, SeatStatus status) {
    return operation.seats().stream().allMatch(seat -> status(seat) == status);
  }

  // --- the order and the time

  private void checkTime() {
    NavigableMap<Long, Long> toldAfter = new TreeMap<>();
    long earliest = Long.MAX_VALUE;
    for (Map.Entry<Long, Chronicle.Told<Change>> each : changes.descendingMap().entrySet()) {
      earliest = Math.min(earliest, each.getValue().at());
      toldAfter.put(each.getKey(), earliest);
    }
    for (Operation operation : operations) {
      long seq;
      if (operation.outcome() instanceof Outcome.Granted granted) {
        seq = granted.seq();
      } else if (promise.freshReads() && operation.outcome() instanceof Outcome.Read read) {
        seq = read.view().seq();
      } else {
        continue;
      }
      checks++;
      Map.Entry<Long, Long> later = toldAfter.higherEntry(seq);
      if (later != null && later.getValue() < operation.invokedAt()) {
        fault(operation + " comes before #" + later.getKey() + ", which had been told before it");
      }
    }
  }

  // --- the sessions

  private void checkSessions() {
    for (Operation operation : operations) {
      if (Sessions.foundNoSession(operation)) {
        checks++;
        long early = sessions.endsAfter(operation.holder()) - operation.endedAt();
        if (early > 0) {
          fault(operation + ": " + early / 1_000_000 + " ms too early for the end of its session");
        }
      }
    }
  }
}
