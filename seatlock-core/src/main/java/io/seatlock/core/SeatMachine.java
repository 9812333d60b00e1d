package io.seatlock.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of one show and the only code that changes it. Deterministic: no clock, no randomness,
 * no threads, no input or output; the same commands at the same times give the same results, events
 * and state. Not thread-safe.
 */
final class SeatMachine {
  /*
   * A command is decided in two steps: first every named seat is looked up and may refuse, then, if
   * none did, all of them change. Nothing is written before the last refusal is known. The second
   * step looks the seats up again, which is no slower than to keep them in a list in between.
   *
   * So whatever goes wrong in the first step has changed nothing, and that command can fail alone:
   * `changing` tells the steps apart. Everything that writes sets it first.
   *
   * What a lock and an unlock cost: three map look-ups, and links. A holder's locks are a list
   * threaded through its seats, and the holders with locks are a list in the order of their
   * deadlines threaded through the holders.
   */

  private ShowSettings settings;
  private long timeLimit;
  private long maxTime;
  private final boolean seatsKnown;
  private final SeatRules rules;
  private final Map<String, Seat> seats;
  private final Map<String, Holder> holders = new HashMap<>();
  private final Deadlines deadlines = new Deadlines();
  private final DueTimes<Seat> dues = new DueTimes<>(Seat.BY_ID);
  private final DueTimes<Holder> graces = new DueTimes<>(Holder.BY_ID);

  private long seq;
  private long time;

  /** Whether the state has been written to since the last command began to be decided. */
  private boolean changing;

  private SeatMachine(ShowSettings settings, boolean seatsKnown, int expectedSeats) {
    this.settings = settings;
    this.seatsKnown = seatsKnown;
    this.rules = new SeatRules(seatsKnown);
    this.seats = new LinkedHashMap<>(expectedSeats * 4 / 3 + 1);
    readSettings();
  }

  private void readSettings() {
    timeLimit = settings.timeLimit().toMillis();
    maxTime = settings.maxTime().toMillis();
    deadlines.setWarnBefore(settings.warnBefore().toMillis());
  }

  /** A show that learns its seats when they are named. */
  static SeatMachine ofAnySeats(ShowSettings settings) {
    return new SeatMachine(settings, false, 0);
  }

  /**
   * A show of these seats alone.
   *
   * @throws IllegalArgumentException if a seat id is ill-formed or comes twice
   */
  static SeatMachine ofSeats(ShowSettings settings, Collection<String> ids) {
    SeatMachine machine = new SeatMachine(settings, true, ids.size());
    for (String id : ids) {
      machine.addSeat(Ids.check("seat id", id));
    }
    return machine;
  }

  /**
   * A machine that continues where the snapshot was taken.
   *
   * @throws IllegalArgumentException if the snapshot contradicts itself
   */
  static SeatMachine of(Snapshot snapshot) {
    SeatMachine machine =
        new SeatMachine(snapshot.settings(), snapshot.seatsKnown(), snapshot.seats().size());
    machine.seq = snapshot.seq();
    machine.time = snapshot.at();
    int locked = 0;
    for (Snapshot.Seat saved : snapshot.seats()) {
      if (!snapshot.seatsKnown() && saved.status() == SeatStatus.AVAILABLE) {
        throw new IllegalArgumentException("seat " + saved.id() + " is neither known nor taken");
      }
      Seat seat = machine.addSeat(saved.id());
      seat.status = saved.status();
      machine.setSale(seat, Times.millis(saved.due()), saved.ref());
      locked += saved.status() == SeatStatus.LOCKED ? 1 : 0;
    }
    for (Snapshot.Session saved : snapshot.sessions()) {
      locked -= machine.restore(saved);
    }
    if (locked != 0) {
      throw new IllegalArgumentException("snapshot with a locked seat that no session holds");
    }
    return machine;
  }

  /**
   * Ends what is due, then decides the command.
   *
   * @param now milliseconds since the epoch; an earlier time than before counts as the same time
   * @param events receives the changes in their order; must not call back
   */
  Result apply(Command command, long now, Consumer<Event> events) {
    return apply(command, now, events, events);
  }

  /**
   * Ends what is due, then decides the command.
   *
   * @param now milliseconds since the epoch; an earlier time than before counts as the same time
   * @param ends receives what is due, in its order; must not call back
   * @param events receives the command's own changes in their order; must not call back
   */
  Result apply(Command command, long now, Consumer<Event> ends, Consumer<Event> events) {
    changing = true;
    time = Math.max(time, now);
    doWhatIsDue(ends);
    changing = false;
    return decide(command, events);
  }

  /**
   * Whether the last command was writing when it ended. If not, and it has thrown something, the
   * state is what it would be without that command, but for what was due before it.
   */
  boolean hasChanged() {
    return changing;
  }

  private Result decide(Command command, Consumer<Event> events) {
    return switch (command.kind()) {
      case LOCK -> lock((Command.Lock) command, events);
      case UNLOCK -> unlock((Command.Unlock) command, events);
      case UNLOCK_ALL -> unlockAll((Command.UnlockAll) command, events);
      case EXTEND -> extend((Command.Extend) command);
      case SALE -> sell((Command.Sale) command, events);
      case ONCE -> once((Command.Once) command, events);
      case OPEN_SESSION -> openSession((Command.OpenSession) command);
      case RESUME_SESSION -> resumeSession((Command.ResumeSession) command, events);
      case DETACH_SESSION -> detachSession((Command.DetachSession) command, events);
      case DETACH_NODE -> detachNode((Command.DetachNode) command, events);
      case CLOSE_SESSION -> closeSession((Command.CloseSession) command, events);
      case CHANGE_SETTINGS -> changeSettings((Command.ChangeSettings) command);
      case TICK -> granted(List.of(), null, 0);
    };
  }

  /** When something is due next, in milliseconds since the epoch; MAX_VALUE if nothing is. */
  long nextDeadline() {
    return Math.min(
        Math.min(deadlines.firstEnd(), deadlines.nextWarning()),
        Math.min(dues.first(), graces.first()));
  }

  /** The time of the last command, in milliseconds since the epoch. */
  long time() {
    return time;
  }

  Snapshot snapshot() {
    Stream<Holder> others =
        holders.values().stream().filter(h -> h.lockCount() == 0).sorted(Holder.BY_ID);
    List<Snapshot.Session> sessions =
        Stream.concat(deadlines.stream(), others).map(Holder::snapshot).toList();
    List<Snapshot.Seat> seatStates = seats.values().stream().map(Seat::snapshot).toList();
    return new Snapshot(settings, seatsKnown, seq, time, seatStates, sessions);
  }

  SeatMap seatMap() {
    List<String> locked = new ArrayList<>();
    List<String> reserved = new ArrayList<>();
    List<String> paid = new ArrayList<>();
    List<String> blocked = new ArrayList<>();
    for (Seat seat : seats.values()) {
      switch (seat.status) {
        case AVAILABLE -> {}
        case LOCKED -> locked.add(seat.id);
        case RESERVED -> reserved.add(seat.id);
        case PAID -> paid.add(seat.id);
        case BLOCKED -> blocked.add(seat.id);
      }
    }
    Map<String, List<String>> locksByHolder = new HashMap<>();
    deadlines.stream().forEach(holder -> locksByHolder.put(holder.id, holder.lockIds()));
    return new SeatMap(seq, locked, reserved, paid, blocked, locksByHolder);
  }

  /** How many locks the holder would gain. */
  int newLocks(Command.Lock lock) {
    Holder holder = holders.get(lock.holder());
    int count = 0;
    for (String id : lock.seats()) {
      Seat seat = seats.get(id);
      count += holder == null || seat == null || seat.holder != holder ? 1 : 0;
    }
    return count;
  }

  /** Whether it learns its seats by itself, and there is neither a session nor a taken seat. */
  boolean isEmpty() {
    return !seatsKnown && seats.isEmpty() && holders.isEmpty();
  }

  /** Whether the command is none of a client's, and there is nothing for it to do. */
  boolean isIdle(Command command, long now) {
    return switch (command.kind()) {
      case DETACH_NODE -> holdersOn((Command.DetachNode) command).findAny().isEmpty();
      case CHANGE_SETTINGS -> ((Command.ChangeSettings) command).settings().equals(settings);
      case TICK -> nextDeadline() > now;
      case OPEN_SESSION,
          RESUME_SESSION,
          DETACH_SESSION,
          CLOSE_SESSION,
          ONCE,
          LOCK,
          UNLOCK,
          UNLOCK_ALL,
          EXTEND,
          SALE ->
          false;
    };
  }

  /** Whether the session is open. */
  boolean hasSession(String holder) {
    return holders.containsKey(holder);
  }

  /** The nodes whose connections sessions are on. */
  Stream<String> nodes() {
    return holders.values().stream()
        .map(
            holder ->
                holder.connection == null ? null : Command.DetachNode.nodeOf(holder.connection))
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .distinct();
  }

  ShowSettings settings() {
    return settings;
  }

  /** Whether it has the seats that it was opened with and no others. */
  boolean knowsItsSeats() {
    return seatsKnown;
  }

  /** What has its end already keeps it; who was to be warned is, by the new rule. */
  private Result changeSettings(Command.ChangeSettings change) {
    changing = true;
    settings = change.settings();
    readSettings();
    return granted(List.of(), null, 0);
  }

  // --- sessions

  private Result openSession(Command.OpenSession command) {
    Holder holder = new Holder(command.holder(), command.credential());
    holder.connection = command.connection();
    if (holders.containsKey(holder.id)) {
      return refused(Reason.SESSION_EXISTS);
    }
    changing = true;
    holders.put(holder.id, holder);
    return granted(List.of(), null, 0);
  }

  private Result resumeSession(Command.ResumeSession command, Consumer<Event> events) {
    Holder holder = holders.get(command.holder());
    if (holder == null || !command.credential().equals(holder.credential)) {
      return refused(Reason.NO_SESSION);
    }
    changing = true;
    boolean takenOver =
        holder.connection != null && !holder.connection.equals(command.connection());
    if (takenOver) {
      events.accept(new Event(seq, time, Change.TAKEN_OVER, holder.id, List.of(), 0));
    }
    setGraceEnd(holder, 0);
    holder.connection = command.connection();
    return granted(holder.lockIds(), takenOver ? Change.TAKEN_OVER : null, holder.timeLeft(time));
  }

  private Result detachSession(Command.DetachSession command, Consumer<Event> events) {
    Holder holder = holders.get(command.holder());
    return holder != null && command.connection().equals(holder.connection)
        ? detach(holder, events)
        : granted(List.of(), null, 0);
  }

  private Result detachNode(Command.DetachNode command, Consumer<Event> events) {
    long before = seq;
    List<Holder> left = holdersOn(command).sorted(Holder.BY_ID).toList();
    left.forEach(holder -> detach(holder, events));
    return granted(List.of(), seq > before ? Change.RELEASED : null, 0);
  }

  private Result detach(Holder holder, Consumer<Event> events) {
    if (holder.credential == null) {
      return end(holder, events);
    }
    changing = true;
    holder.connection = null;
    setGraceEnd(holder, time + settings.grace().toMillis());
    return granted(List.of(), null, 0);
  }

  private Stream<Holder> holdersOn(Command.DetachNode command) {
    return holders.values().stream().filter(holder -> command.had(holder.connection));
  }

  private void setGraceEnd(Holder holder, long end) {
    if (holder.graceEnd != 0) {
      graces.remove(holder.graceEnd, holder);
    }
    holder.graceEnd = end;
    if (end != 0) {
      graces.add(end, holder);
    }
  }

  private Result once(Command.Once command, Consumer<Event> events) {
    Holder holder = holderOn(command.holder(), command.connection());
    if (holder == null) {
      return refused(Reason.NO_SESSION);
    }
    Result known = remembered(holder, command, time);
    if (known != null) {
      return known;
    }
    Result result =
        command.beyondLimit() && command.action() instanceof Command.Lock lock
            ? refused(Reason.LIMIT_REACHED, lock.seats())
            : decide(command.action(), events);
    long fingerprint = fingerprint(command.action().toBytes());
    changing = true;
    holder.remember(new Snapshot.Answer(command.id(), fingerprint, result));
    return result;
  }

  /** The session, unless it is asked for something on a connection that is not its own by now. */
  private @Nullable Holder holderOn(String id, @Nullable String connection) {
    Holder holder = holders.get(id);
    return holder == null || connection == null || connection.equals(holder.connection)
        ? holder
        : null;
  }

  /** What a request would be answered from memory at this time; null if its id is not known. */
  @Nullable Result remembered(Command.Once command, long now) {
    Holder holder = holderOn(command.holder(), command.connection());
    return holder == null ? null : remembered(holder, command, now);
  }

  /** The first answer, but for the time that is left of the locks, which is that of now. */
  private static @Nullable Result remembered(Holder holder, Command.Once command, long now) {
    Snapshot.Answer known = holder.answerTo(command.id());
    if (known == null) {
      return null;
    }
    if (known.fingerprint() != fingerprint(command.action().toBytes())) {
      return refused(Reason.ID_REUSED);
    }
    if (command.action() instanceof Command.Sale
        || !(known.result() instanceof Result.Granted granted)) {
      return known.result();
    }
    long left = Math.max(0, holder.timeLeft(now));
    return new Result.Granted(granted.seq(), granted.seats(), granted.change(), left);
  }

  /** FNV-1a over all bytes, cut to 63 bits. */
  private static long fingerprint(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash & Long.MAX_VALUE;
  }

  private Result closeSession(Command.CloseSession command, Consumer<Event> events) {
    Holder holder = holderOn(command.holder(), command.connection());
    return holder == null ? refused(Reason.NO_SESSION) : end(holder, events);
  }

  private Result end(Holder holder, Consumer<Event> events) {
    changing = true;
    setGraceEnd(holder, 0);
    holders.remove(holder.id);
    return releaseAll(holder, Change.RELEASED, events);
  }

  private Result unlockAll(Command.UnlockAll command, Consumer<Event> events) {
    Holder holder = holders.get(command.holder());
    if (holder == null) {
      return refused(Reason.NO_SESSION);
    }
    return releaseAll(holder, Change.UNLOCKED, events);
  }

  private Result extend(Command.Extend command) {
    Holder holder = holders.get(command.holder());
    if (holder == null) {
      return refused(Reason.NO_SESSION);
    }
    if (holder.lockCount() == 0) {
      return refused(Reason.NOTHING_LOCKED);
    }
    long absoluteLimit = holder.lockedSince + maxTime;
    if (holder.deadline >= absoluteLimit) {
      return refused(Reason.LIMIT_REACHED);
    }
    long end = Math.min(time + timeLimit, absoluteLimit);
    if (end > holder.deadline) {
      changing = true;
      deadlines.remove(holder);
      deadlines.insert(holder, end, time);
    }
    return granted(List.of(), null, holder.deadline - time);
  }

  // --- locks

  private Result lock(Command.Lock command, Consumer<Event> events) {
    List<String> ids = command.seats();
    Holder holder = holders.get(command.holder());
    if (holder == null) {
      return refused(Reason.NO_SESSION, ids);
    }
    Map<String, Reason> refusals = null;
    int more = 0;
    for (int i = 0; i < ids.size(); i++) {
      Seat seat = seats.get(ids.get(i));
      Reason reason = rules.lockRefusal(seat, holder);
      if (reason == null && (seat == null || seat.holder != holder)) {
        more++;
        reason = holder.lockCount() + more > settings.maxLocks() ? Reason.LIMIT_REACHED : null;
      }
      refusals = note(refusals, ids.get(i), reason);
    }
    if (refusals != null) {
      return refused(refusals);
    }
    if (more > 0) {
      changing = true;
      if (holder.lockCount() == 0) {
        holder.lockedSince = time;
        deadlines.insert(holder, time + timeLimit, time);
      }
      List<String> changed = more == ids.size() ? ids : new ArrayList<>(more);
      for (int i = 0; i < ids.size(); i++) {
        Seat seat = seatOrNew(ids.get(i));
        if (seat.holder == null) {
          seat.status = SeatStatus.LOCKED;
          holder.addLock(seat);
          if (changed != ids) {
            changed.add(seat.id);
          }
        }
      }
      emit(Change.LOCKED, holder.id, changed, holder.timeLeft(time), events);
    }
    return granted(ids, more > 0 ? Change.LOCKED : null, holder.deadline - time);
  }

  private Result unlock(Command.Unlock command, Consumer<Event> events) {
    List<String> ids = command.seats();
    Holder holder = holders.get(command.holder());
    if (holder == null) {
      return refused(Reason.NO_SESSION, ids);
    }
    Map<String, Reason> refusals = null;
    for (int i = 0; i < ids.size(); i++) {
      Seat seat = seats.get(ids.get(i));
      refusals = note(refusals, ids.get(i), rules.unlockRefusal(seat, holder));
    }
    if (refusals != null) {
      return refused(refusals);
    }
    for (int i = 0; i < ids.size(); i++) {
      turn(seatOrNew(ids.get(i)), SeatStatus.AVAILABLE);
    }
    emit(Change.UNLOCKED, holder.id, ids, events);
    return granted(ids, Change.UNLOCKED, holder.timeLeft(time));
  }

  /** Ends all locks of a holder as one change. */
  private Result releaseAll(Holder holder, Change change, Consumer<Event> events) {
    List<String> ids = holder.lockIds();
    if (!ids.isEmpty()) {
      for (Seat seat = holder.firstLock(); seat != null; seat = holder.firstLock()) {
        turn(seat, SeatStatus.AVAILABLE);
      }
      emit(change, holder.id, ids, events);
    }
    return granted(ids, ids.isEmpty() ? null : change, 0);
  }

  // --- sales

  private Result sell(Command.Sale sale, Consumer<Event> events) {
    List<String> ids = sale.seats();
    Map<String, Reason> refusals = null;
    for (int i = 0; i < ids.size(); i++) {
      Seat seat = seats.get(ids.get(i));
      refusals = note(refusals, ids.get(i), rules.saleRefusal(sale, seat));
    }
    if (refusals != null) {
      return refused(refusals);
    }
    Event last =
        switch (sale.action()) {
          case RESERVE -> move(sale, null, SeatStatus.RESERVED, Change.RESERVED, events);
          case UNRESERVE -> move(sale, null, SeatStatus.AVAILABLE, Change.UNRESERVED, events);
          case PAY -> move(sale, null, SeatStatus.PAID, Change.PAID, events);
          case UNPAY -> move(sale, null, SeatStatus.AVAILABLE, Change.UNPAID, events);
          case REVOKE -> revoke(sale, events);
          case BLOCK -> move(sale, null, SeatStatus.BLOCKED, Change.BLOCKED, events);
          case UNBLOCK -> move(sale, null, SeatStatus.AVAILABLE, Change.UNBLOCKED, events);
        };
    return last == null ? granted(ids, null, 0) : granted(last.seats(), last.change(), 0);
  }

  /** The one sale that may be two changes. */
  private @Nullable Event revoke(Command.Sale sale, Consumer<Event> events) {
    Event first = move(sale, SeatStatus.RESERVED, SeatStatus.AVAILABLE, Change.UNRESERVED, events);
    Event second = move(sale, SeatStatus.PAID, SeatStatus.AVAILABLE, Change.UNPAID, events);
    return second == null ? first : second;
  }

  /**
   * Turns the named seats as one change.
   *
   * @param from picks the seats of this status; null picks all that are not so yet
   * @return what has happened, or null if there was nothing to change
   */
  private @Nullable Event move(
      Command.Sale sale,
      @Nullable SeatStatus from,
      SeatStatus to,
      Change change,
      Consumer<Event> events) {
    List<String> changed = new ArrayList<>(sale.seats().size());
    for (String id : sale.seats()) {
      Seat seat = seats.get(id);
      SeatStatus status = seat == null ? SeatStatus.AVAILABLE : seat.status;
      if (status == to || (from != null && from != status)) {
        continue;
      }
      changing = true;
      turn(seatOrNew(id), to, sale);
      changed.add(id);
    }
    if (changed.isEmpty()) {
      return null;
    }
    return emit(change, sale.author(), changed, events);
  }

  private void turn(Seat seat, SeatStatus to, Command.Sale sale) {
    String ref = sale.ref() != null ? sale.ref() : seat.ref();
    turn(seat, to);
    if (to == SeatStatus.RESERVED || to == SeatStatus.PAID) {
      setSale(seat, Times.millis(sale.due()), ref);
    }
  }

  // --- seats

  /** The way of a seat out of what it is: whatever that was has ended for good. */
  private void turn(Seat seat, SeatStatus to) {
    changing = true;
    Holder holder = seat.holder;
    if (holder != null) {
      holder.removeLock(seat);
      if (holder.lockCount() == 0) {
        deadlines.remove(holder);
        holder.lockedSince = 0;
      }
    }
    setSale(seat, null, null);
    seat.status = to;
    if (to == SeatStatus.AVAILABLE && !seatsKnown) {
      seats.remove(seat.id);
    }
  }

  private void setSale(Seat seat, @Nullable Long due, @Nullable String ref) {
    Long oldDue = seat.due();
    if (oldDue != null) {
      dues.remove(oldDue, seat);
    }
    seat.sale = due == null && ref == null ? null : new Seat.Sale(due, ref);
    if (due != null) {
      dues.add(due, seat);
    }
  }

  /** The seat of this id; one that the show has not seen is learned now. */
  private Seat seatOrNew(String id) {
    return seats.computeIfAbsent(id, Seat::new);
  }

  private Seat addSeat(String id) {
    Seat seat = new Seat(id);
    if (seats.put(id, seat) != null) {
      throw new IllegalArgumentException("seat " + id + " is there twice");
    }
    return seat;
  }

  // --- time

  /**
   * Ends locks, reservations and sessions and warns of ends, in the order in which that was due; at
   * one time in the order of this sentence.
   */
  private void doWhatIsDue(Consumer<Event> events) {
    long next;
    while ((next = nextDeadline()) <= time) {
      if (next == deadlines.firstEnd()) {
        releaseAll(Objects.requireNonNull(deadlines.first()), Change.EXPIRED, events);
      } else if (next == dues.first()) {
        List<Seat> together = dues.allDueFirst();
        together.forEach(seat -> turn(seat, SeatStatus.AVAILABLE));
        emit(Change.UNRESERVED, null, together.stream().map(seat -> seat.id).toList(), events);
      } else if (next == graces.first()) {
        end(graces.dueFirst(), events);
      } else {
        warn(Objects.requireNonNull(deadlines.nextToWarn()), events);
      }
    }
  }

  /** Warns of an end that is to come; one that has come meanwhile has its own event. */
  private void warn(Holder holder, Consumer<Event> events) {
    deadlines.warned(holder);
    if (holder.deadline > time) {
      long left = holder.timeLeft(time);
      events.accept(new Event(seq, time, Change.EXPIRING, holder.id, holder.lockIds(), left));
    }
  }

  // --- results

  private Result granted(List<String> ids, @Nullable Change change, long expiresInMillis) {
    return new Result.Granted(seq, ids, change, expiresInMillis);
  }

  private static Result refused(Reason reason) {
    return new Result.Refused(reason, Map.of());
  }

  private static Result refused(Reason reason, List<String> ids) {
    Map<String, Reason> refusals = new LinkedHashMap<>();
    ids.forEach(id -> refusals.put(id, reason));
    return refused(refusals);
  }

  private static Result refused(Map<String, Reason> refusals) {
    Reason first = refusals.values().iterator().next();
    return new Result.Refused(first, Collections.unmodifiableMap(refusals));
  }

  /** The refusals so far with one more, if there is a reason. */
  private static @Nullable Map<String, Reason> note(
      @Nullable Map<String, Reason> refusals, String id, @Nullable Reason reason) {
    if (reason == null) {
      return refusals;
    }
    Map<String, Reason> all = refusals == null ? new LinkedHashMap<>() : refusals;
    all.put(id, reason);
    return all;
  }

  private Event emit(
      Change change, @Nullable String author, List<String> ids, Consumer<Event> events) {
    return emit(change, author, ids, 0, events);
  }

  private Event emit(
      Change change,
      @Nullable String author,
      List<String> ids,
      long expiresInMillis,
      Consumer<Event> events) {
    Event event = new Event(++seq, time, change, author, ids, expiresInMillis);
    events.accept(event);
    return event;
  }

  // --- restoring

  /** Adds a saved session and returns how many seats it holds. */
  private int restore(Snapshot.Session saved) {
    Holder holder = new Holder(saved.holder(), saved.credential());
    holder.connection = saved.connection();
    setGraceEnd(holder, saved.graceEnd());
    saved.answers().forEach(holder::remember);
    if (holders.put(holder.id, holder) != null) {
      throw new IllegalArgumentException("session " + holder.id + " is there twice");
    }
    for (String id : saved.locks()) {
      Seat seat = seats.get(id);
      if (seat == null || seat.status != SeatStatus.LOCKED || seat.holder != null) {
        throw new IllegalArgumentException("session " + holder.id + " cannot hold seat " + id);
      }
      holder.addLock(seat);
    }
    if (holder.lockCount() > 0) {
      holder.lockedSince = saved.lockedSince();
      holder.deadline = saved.deadline();
      holder.warned = saved.warned();
      deadlines.insert(holder);
    }
    return holder.lockCount();
  }
}
