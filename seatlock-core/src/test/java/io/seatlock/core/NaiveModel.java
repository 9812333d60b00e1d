package io.seatlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The wire contract once more, written as plainly as it can be: two lists that are searched from
 * the front, no order kept, nothing remembered that can be counted. Slow, and easy to believe.
 */
final class NaiveModel {

  private static final class Seat {
    final String id;
    SeatStatus status = SeatStatus.AVAILABLE;
    Holder owner;
    long lockNumber;
    Instant due;
    String ref;

    Seat(String id) {
      this.id = id;
    }
  }

  private static final class Holder {
    final String id;
    final String credential;
    String connection;
    long firstLock;
    long deadline;
    long deadlineNumber;
    boolean toBeWarned;
    Long graceEnd;
    final List<Remembered> remembered = new ArrayList<>();

    Holder(Command.OpenSession open) {
      this.id = open.holder();
      this.credential = open.credential();
      this.connection = open.connection();
    }
  }

  /** A request that was done at most once, and what came of it. */
  private record Remembered(Command.Once request, Result result) {}

  private ShowSettings settings;
  private final boolean seatsKnown;
  private final List<Seat> seats = new ArrayList<>();
  private final List<Holder> holders = new ArrayList<>();
  private long seq;
  private long time;
  private long counter;
  private List<Event> events = new ArrayList<>();
  private Change lastChange;

  /** A show of these seats alone, or of any seats if there are none. */
  NaiveModel(ShowSettings settings, List<String> seatIds) {
    this.settings = settings;
    this.seatsKnown = !seatIds.isEmpty();
    seatIds.forEach(id -> seats.add(new Seat(id)));
  }

  Result apply(Command command, long now) {
    events = new ArrayList<>();
    if (now > time) {
      time = now;
    }
    while (endOne()) {
      // until nothing is due
    }
    lastChange = null;
    return decide(command);
  }

  private Result decide(Command command) {
    if (command instanceof Command.OpenSession open) {
      if (holder(open.holder()) != null) {
        return refused(Reason.SESSION_EXISTS);
      }
      holders.add(new Holder(open));
      return granted(List.of(), 0);
    }
    if (command instanceof Command.ResumeSession resume) {
      Holder holder = holder(resume.holder());
      if (holder == null
          || holder.credential == null
          || !holder.credential.equals(resume.credential())) {
        return refused(Reason.NO_SESSION);
      }
      if (holder.connection != null && !holder.connection.equals(resume.connection())) {
        events.add(new Event(seq, time, Change.TAKEN_OVER, holder.id, List.of(), 0));
        lastChange = Change.TAKEN_OVER;
      }
      holder.connection = resume.connection();
      holder.graceEnd = null;
      return granted(ids(locksOf(holder)), timeLeft(holder));
    }
    if (command instanceof Command.DetachSession detach) {
      Holder holder = holder(detach.holder());
      if (holder != null
          && holder.connection != null
          && holder.connection.equals(detach.connection())) {
        return granted(detach(holder), 0);
      }
      return granted(List.of(), 0);
    }
    if (command instanceof Command.DetachNode detach) {
      List<Holder> inOrder = new ArrayList<>(holders);
      inOrder.sort(Comparator.comparing(holder -> holder.id));
      for (Holder holder : inOrder) {
        if (holder.connection != null && holder.connection.startsWith(detach.node() + "/")) {
          detach(holder);
        }
      }
      return granted(List.of(), 0);
    }
    if (command instanceof Command.ChangeSettings change) {
      settings = change.settings();
      for (Holder holder : holders) {
        holder.toBeWarned = holder.toBeWarned && !settings.warnBefore().isZero();
      }
      return granted(List.of(), 0);
    }
    if (command instanceof Command.Once once) {
      return once(once);
    }
    if (command instanceof Command.CloseSession close) {
      Holder holder = holder(close.holder());
      if (holder == null || isElsewhere(holder, close.connection())) {
        return refused(Reason.NO_SESSION);
      }
      return granted(end(holder), 0);
    }
    if (command instanceof Command.UnlockAll all) {
      Holder holder = holder(all.holder());
      if (holder == null) {
        return refused(Reason.NO_SESSION);
      }
      List<String> freed = freeAll(holder);
      emit(Change.UNLOCKED, holder.id, freed);
      return granted(freed, 0);
    }
    if (command instanceof Command.Extend extend) {
      return extend(extend);
    }
    if (command instanceof Command.Lock lock) {
      return lock(lock);
    }
    if (command instanceof Command.Unlock unlock) {
      return unlock(unlock);
    }
    if (command instanceof Command.Sale sale) {
      return sell(sale);
    }
    return granted(List.of(), 0);
  }

  /** Returns what is released. */
  private List<String> detach(Holder holder) {
    if (holder.credential == null) {
      return end(holder);
    }
    holder.connection = null;
    holder.graceEnd = time + millis(settings.grace());
    return List.of();
  }

  /** The events of the last command. */
  List<Event> events() {
    return events;
  }

  long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (Seat seat : seats) {
      if (seat.owner != null) {
        next = Math.min(next, seat.owner.deadline);
        if (seat.owner.toBeWarned) {
          next = Math.min(next, warningOf(seat.owner));
        }
      }
      if (seat.due != null) {
        next = Math.min(next, seat.due.toEpochMilli());
      }
    }
    for (Holder holder : holders) {
      if (holder.graceEnd != null) {
        next = Math.min(next, holder.graceEnd);
      }
    }
    return next;
  }

  Snapshot snapshot() {
    List<Snapshot.Seat> seatStates = new ArrayList<>();
    for (Seat seat : seats) {
      seatStates.add(new Snapshot.Seat(seat.id, seat.status, seat.due, seat.ref));
    }
    List<Holder> sorted = new ArrayList<>(holders);
    sorted.sort(
        (one, other) -> {
          boolean oneHolds = !locksOf(one).isEmpty();
          boolean otherHolds = !locksOf(other).isEmpty();
          if (oneHolds && otherHolds) {
            return endsBefore(one, other) ? -1 : 1;
          }
          if (oneHolds || otherHolds) {
            return oneHolds ? -1 : 1;
          }
          return one.id.compareTo(other.id);
        });
    List<Snapshot.Session> sessions = new ArrayList<>();
    for (Holder holder : sorted) {
      List<String> locks = ids(locksOf(holder));
      boolean holds = !locks.isEmpty();
      sessions.add(
          new Snapshot.Session(
              holder.id,
              locks,
              holds ? holder.firstLock : 0,
              holds ? holder.deadline : 0,
              holds && !holder.toBeWarned,
              holder.credential,
              holder.connection,
              holder.graceEnd == null ? 0 : holder.graceEnd,
              answersOf(holder)));
    }
    return new Snapshot(settings, seatsKnown, seq, time, seatStates, sessions);
  }

  private static List<Snapshot.Answer> answersOf(Holder holder) {
    List<Snapshot.Answer> answers = new ArrayList<>();
    for (Remembered each : holder.remembered) {
      answers.add(
          new Snapshot.Answer(each.request.id(), fingerprint(each.request.action()), each.result));
    }
    return answers;
  }

  /** FNV-1a of the command's bytes, without its highest bit. */
  private static long fingerprint(Command action) {
    long hash = -3750763034362895579L;
    for (byte b : action.toBytes()) {
      hash ^= Byte.toUnsignedLong(b);
      hash *= 1099511628211L;
    }
    return hash < 0 ? hash - Long.MIN_VALUE : hash;
  }

  // --- commands

  private Result once(Command.Once once) {
    Holder holder = holder(once.holder());
    if (holder == null || isElsewhere(holder, once.connection())) {
      return refused(Reason.NO_SESSION);
    }
    for (Remembered each : holder.remembered) {
      if (each.request.id().equals(once.id())) {
        boolean same = each.request.action().equals(once.action());
        return same ? again(each, holder) : refused(Reason.ID_REUSED);
      }
    }
    Result result =
        once.beyondLimit()
            ? refusedAll(((Command.Lock) once.action()).seats(), Reason.LIMIT_REACHED)
            : decide(once.action());
    holder.remembered.add(new Remembered(once, result));
    if (holder.remembered.size() > 256) {
      holder.remembered.remove(0);
    }
    return result;
  }

  private static boolean isElsewhere(Holder holder, String connection) {
    return connection != null && !connection.equals(holder.connection);
  }

  private Result again(Remembered before, Holder holder) {
    if (before.request.action() instanceof Command.Sale
        || !(before.result instanceof Result.Granted granted)) {
      return before.result;
    }
    return new Result.Granted(granted.seq(), granted.seats(), granted.change(), timeLeft(holder));
  }

  private Result extend(Command.Extend command) {
    Holder holder = holder(command.holder());
    if (holder == null) {
      return refused(Reason.NO_SESSION);
    }
    if (locksOf(holder).isEmpty()) {
      return refused(Reason.NOTHING_LOCKED);
    }
    long cap = holder.firstLock + millis(settings.maxTime());
    if (holder.deadline >= cap) {
      return refused(Reason.LIMIT_REACHED);
    }
    long end = Math.min(cap, time + millis(settings.timeLimit()));
    if (end > holder.deadline) {
      setDeadline(holder, end);
    }
    return granted(List.of(), holder.deadline - time);
  }

  private Result lock(Command.Lock command) {
    Holder holder = holder(command.holder());
    if (holder == null) {
      return refusedAll(command.seats(), Reason.NO_SESSION);
    }
    Map<String, Reason> refusals = new LinkedHashMap<>();
    List<String> wanted = new ArrayList<>();
    for (String id : command.seats()) {
      Seat seat = seat(id);
      if (seat == null && seatsKnown) {
        refusals.put(id, Reason.UNKNOWN_SEAT);
      } else if (seat != null && seat.owner == holder) {
        continue;
      } else if (statusOf(seat) != SeatStatus.AVAILABLE) {
        refusals.put(id, whyTaken(seat));
      } else {
        wanted.add(id);
        if (locksOf(holder).size() + wanted.size() > settings.maxLocks()) {
          refusals.put(id, Reason.LIMIT_REACHED);
        }
      }
    }
    if (!refusals.isEmpty()) {
      return refused(refusals);
    }
    if (!wanted.isEmpty() && locksOf(holder).isEmpty()) {
      holder.firstLock = time;
      setDeadline(holder, time + millis(settings.timeLimit()));
    }
    for (String id : wanted) {
      Seat seat = seatOrNew(id);
      seat.status = SeatStatus.LOCKED;
      seat.owner = holder;
      seat.lockNumber = ++counter;
    }
    emit(Change.LOCKED, holder.id, wanted);
    return granted(command.seats(), holder.deadline - time);
  }

  private Result unlock(Command.Unlock command) {
    Holder holder = holder(command.holder());
    if (holder == null) {
      return refusedAll(command.seats(), Reason.NO_SESSION);
    }
    Map<String, Reason> refusals = new LinkedHashMap<>();
    for (String id : command.seats()) {
      Seat seat = seat(id);
      if (seat == null && seatsKnown) {
        refusals.put(id, Reason.UNKNOWN_SEAT);
      } else if (statusOf(seat) == SeatStatus.AVAILABLE) {
        refusals.put(id, Reason.ALREADY_UNLOCKED);
      } else if (seat.owner != holder) {
        refusals.put(id, Reason.NOT_YOURS);
      }
    }
    if (!refusals.isEmpty()) {
      return refused(refusals);
    }
    for (String id : command.seats()) {
      free(seat(id));
    }
    emit(Change.UNLOCKED, holder.id, command.seats());
    return granted(command.seats(), timeLeft(holder));
  }

  private Result sell(Command.Sale sale) {
    Map<String, Reason> refusals = new LinkedHashMap<>();
    for (String id : sale.seats()) {
      Seat seat = seat(id);
      Reason reason =
          seat == null && seatsKnown ? Reason.UNKNOWN_SEAT : whyNot(sale, seat, statusOf(seat));
      if (reason != null) {
        refusals.put(id, reason);
      }
    }
    if (!refusals.isEmpty()) {
      return refused(refusals);
    }
    List<String> wereReserved = new ArrayList<>();
    List<String> werePaid = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (String id : sale.seats()) {
      SeatStatus old = statusOf(seat(id));
      if (old == SeatStatus.RESERVED) {
        wereReserved.add(id);
      }
      if (old == SeatStatus.PAID) {
        werePaid.add(id);
      }
      switch (sale.action()) {
        case RESERVE -> {
          Seat seat = take(id, SeatStatus.RESERVED);
          seat.ref = sale.ref();
          seat.due = sale.due();
          changed.add(id);
        }
        case PAY -> {
          String oldRef = old == SeatStatus.RESERVED ? seat(id).ref : null;
          Seat seat = take(id, SeatStatus.PAID);
          seat.ref = sale.ref() != null ? sale.ref() : oldRef;
          changed.add(id);
        }
        case BLOCK -> {
          if (old != SeatStatus.BLOCKED) {
            take(id, SeatStatus.BLOCKED);
            changed.add(id);
          }
        }
        case UNBLOCK -> {
          if (old == SeatStatus.BLOCKED) {
            free(seat(id));
            changed.add(id);
          }
        }
        case UNRESERVE, UNPAY, REVOKE -> {
          free(seat(id));
          changed.add(id);
        }
      }
    }
    switch (sale.action()) {
      case RESERVE -> emit(Change.RESERVED, sale.author(), changed);
      case UNRESERVE -> emit(Change.UNRESERVED, sale.author(), changed);
      case PAY -> emit(Change.PAID, sale.author(), changed);
      case UNPAY -> emit(Change.UNPAID, sale.author(), changed);
      case BLOCK -> emit(Change.BLOCKED, sale.author(), changed);
      case UNBLOCK -> emit(Change.UNBLOCKED, sale.author(), changed);
      case REVOKE -> {
        emit(Change.UNRESERVED, sale.author(), wereReserved);
        emit(Change.UNPAID, sale.author(), werePaid);
        changed = werePaid.isEmpty() ? wereReserved : werePaid;
      }
    }
    return granted(changed.isEmpty() ? sale.seats() : changed, 0);
  }

  private static Reason whyNot(Command.Sale sale, Seat seat, SeatStatus status) {
    switch (sale.action()) {
      case RESERVE, PAY -> {
        if (status == SeatStatus.PAID || status == SeatStatus.BLOCKED) {
          return whyTaken(seat);
        }
        if (status == SeatStatus.RESERVED) {
          boolean payable = sale.action() == Command.Sale.Action.PAY && sale.heldBy() == null;
          return payable ? null : Reason.ALREADY_RESERVED;
        }
        if (sale.heldBy() != null && status == SeatStatus.AVAILABLE) {
          return Reason.ALREADY_UNLOCKED;
        }
        if (sale.heldBy() != null && !seat.owner.id.equals(sale.heldBy())) {
          return Reason.NOT_YOURS;
        }
        return null;
      }
      case UNRESERVE -> {
        return status == SeatStatus.RESERVED ? null : Reason.NOT_RESERVED;
      }
      case UNPAY -> {
        return status == SeatStatus.PAID ? null : Reason.NOT_PAID;
      }
      case REVOKE -> {
        boolean sold = status == SeatStatus.RESERVED || status == SeatStatus.PAID;
        return sold ? null : Reason.NOT_RESERVED;
      }
      case BLOCK, UNBLOCK -> {
        boolean unsold = status == SeatStatus.AVAILABLE || status == SeatStatus.BLOCKED;
        return unsold ? null : whyTaken(seat);
      }
    }
    throw new AssertionError(sale);
  }

  private static Reason whyTaken(Seat seat) {
    return switch (seat.status) {
      case LOCKED -> Reason.ALREADY_LOCKED;
      case RESERVED -> Reason.ALREADY_RESERVED;
      case PAID -> Reason.ALREADY_PAID;
      case BLOCKED -> Reason.BLOCKED;
      case AVAILABLE -> throw new AssertionError(seat.id);
    };
  }

  // --- time

  /**
   * Does the one thing that was due first; of equal times locks end first, then reservations, then
   * sessions that nobody resumed, and warnings come last.
   */
  private boolean endOne() {
    Holder first = null;
    for (Seat seat : seats) {
      Holder owner = seat.owner;
      if (owner != null && owner.deadline <= time && (first == null || endsBefore(owner, first))) {
        first = owner;
      }
    }
    Instant due = null;
    for (Seat seat : seats) {
      if (seat.due != null
          && seat.due.toEpochMilli() <= time
          && (due == null || seat.due.isBefore(due))) {
        due = seat.due;
      }
    }
    Holder left = null;
    Holder toWarn = null;
    for (Holder holder : holders) {
      if (holder.graceEnd != null
          && holder.graceEnd <= time
          && (left == null
              || holder.graceEnd < left.graceEnd
              || (holder.graceEnd.equals(left.graceEnd) && holder.id.compareTo(left.id) < 0))) {
        left = holder;
      }
      if (!locksOf(holder).isEmpty()
          && holder.toBeWarned
          && warningOf(holder) <= time
          && (toWarn == null || endsBefore(holder, toWarn))) {
        toWarn = holder;
      }
    }
    long lockEnd = first == null ? Long.MAX_VALUE : first.deadline;
    long dueEnd = due == null ? Long.MAX_VALUE : due.toEpochMilli();
    long graceEnd = left == null ? Long.MAX_VALUE : left.graceEnd;
    long warning = toWarn == null ? Long.MAX_VALUE : warningOf(toWarn);
    if (first != null && lockEnd <= Math.min(dueEnd, Math.min(graceEnd, warning))) {
      emit(Change.EXPIRED, first.id, freeAll(first));
      return true;
    }
    if (due != null && dueEnd <= Math.min(graceEnd, warning)) {
      List<String> ended = new ArrayList<>();
      for (Seat seat : List.copyOf(seats)) {
        if (due.equals(seat.due)) {
          free(seat);
          ended.add(seat.id);
        }
      }
      Collections.sort(ended);
      emit(Change.UNRESERVED, null, ended);
      return true;
    }
    if (left != null && graceEnd <= warning) {
      end(left);
      return true;
    }
    if (toWarn != null) {
      toWarn.toBeWarned = false;
      if (toWarn.deadline > time) {
        events.add(
            new Event(
                seq, time, Change.EXPIRING, toWarn.id, ids(locksOf(toWarn)), timeLeft(toWarn)));
      }
      return true;
    }
    return false;
  }

  private long warningOf(Holder holder) {
    return holder.deadline - millis(settings.warnBefore());
  }

  private long timeLeft(Holder holder) {
    return locksOf(holder).isEmpty() ? 0 : holder.deadline - time;
  }

  private static boolean endsBefore(Holder one, Holder other) {
    return one.deadline < other.deadline
        || (one.deadline == other.deadline && one.deadlineNumber < other.deadlineNumber);
  }

  private void setDeadline(Holder holder, long deadline) {
    holder.deadline = deadline;
    holder.deadlineNumber = ++counter;
    holder.toBeWarned = !settings.warnBefore().isZero() && warningOf(holder) > time;
  }

  private static long millis(Duration duration) {
    return duration.toMillis();
  }

  // --- seats and holders

  private Holder holder(String id) {
    for (Holder holder : holders) {
      if (holder.id.equals(id)) {
        return holder;
      }
    }
    return null;
  }

  private Seat seat(String id) {
    for (Seat seat : seats) {
      if (seat.id.equals(id)) {
        return seat;
      }
    }
    return null;
  }

  private Seat seatOrNew(String id) {
    Seat seat = seat(id);
    if (seat == null) {
      seat = new Seat(id);
      seats.add(seat);
    }
    return seat;
  }

  private static SeatStatus statusOf(Seat seat) {
    return seat == null ? SeatStatus.AVAILABLE : seat.status;
  }

  /** What the holder has locked, in the order of locking. */
  private List<Seat> locksOf(Holder holder) {
    List<Seat> locks = new ArrayList<>();
    for (Seat seat : seats) {
      if (seat.owner == holder) {
        locks.add(seat);
      }
    }
    locks.sort((one, other) -> Long.compare(one.lockNumber, other.lockNumber));
    return locks;
  }

  private static List<String> ids(List<Seat> seats) {
    List<String> ids = new ArrayList<>();
    seats.forEach(seat -> ids.add(seat.id));
    return ids;
  }

  private List<String> end(Holder holder) {
    List<String> freed = freeAll(holder);
    holders.remove(holder);
    emit(Change.RELEASED, holder.id, freed);
    return freed;
  }

  private List<String> freeAll(Holder holder) {
    List<Seat> locks = locksOf(holder);
    locks.forEach(this::free);
    return ids(locks);
  }

  private Seat take(String id, SeatStatus status) {
    Seat seat = seatOrNew(id);
    seat.status = status;
    seat.owner = null;
    seat.due = null;
    seat.ref = null;
    return seat;
  }

  private void free(Seat seat) {
    take(seat.id, SeatStatus.AVAILABLE);
    if (!seatsKnown) {
      seats.remove(seat);
    }
  }

  // --- results

  private void emit(Change change, String author, List<String> ids) {
    if (!ids.isEmpty()) {
      seq++;
      long left = change == Change.LOCKED ? holder(author).deadline - time : 0;
      events.add(new Event(seq, time, change, author, ids, left));
      lastChange = change;
    }
  }

  private Result granted(List<String> ids, long expiresInMillis) {
    return new Result.Granted(seq, ids, lastChange, expiresInMillis);
  }

  private static Result refused(Reason reason) {
    return new Result.Refused(reason, Map.of());
  }

  private static Result refusedAll(List<String> ids, Reason reason) {
    Map<String, Reason> refusals = new LinkedHashMap<>();
    ids.forEach(id -> refusals.put(id, reason));
    return refused(refusals);
  }

  private static Result refused(Map<String, Reason> refusals) {
    return new Result.Refused(refusals.values().iterator().next(), refusals);
  }
}
