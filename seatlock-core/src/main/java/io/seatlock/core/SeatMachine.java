package io.seatlock.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
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
   * What a lock and an unlock cost: three map look-ups, and links. A holder's locks are a list
   * threaded through its seats, and the holders with locks are a list in the order of their
   * deadlines threaded through the holders. The time limits of a show are equally long, so a new
   * deadline is nearly always the last one: it is put in from the end, and only an extension that
   * was cut by the absolute limit has to walk, or one by rules that have become shorter.
   */

  private static final Comparator<Seat> BY_ID = Comparator.comparing(seat -> seat.id);
  private static final Comparator<Holder> BY_HOLDER_ID = Comparator.comparing(holder -> holder.id);

  private ShowSettings settings;
  private long timeLimit;
  private long maxTime;
  private long warnBefore;
  private final boolean seatsKnown;
  private final Map<String, Seat> seats;
  private final Map<String, Holder> holders = new HashMap<>();
  private final NavigableMap<Long, NavigableSet<Seat>> dues = new TreeMap<>();
  private final NavigableMap<Long, NavigableSet<Holder>> graces = new TreeMap<>();

  private @Nullable Holder firstDeadline;
  private @Nullable Holder lastDeadline;

  /** The first holder in the order of deadlines that is still to be warned of it. */
  private @Nullable Holder nextToWarn;

  private long seq;
  private long time;

  private SeatMachine(ShowSettings settings, boolean seatsKnown, int expectedSeats) {
    this.settings = settings;
    this.seatsKnown = seatsKnown;
    this.seats = new LinkedHashMap<>(expectedSeats * 4 / 3 + 1);
    readSettings();
  }

  private void readSettings() {
    timeLimit = settings.timeLimit().toMillis();
    maxTime = settings.maxTime().toMillis();
    warnBefore = settings.warnBefore().toMillis();
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
    time = Math.max(time, now);
    doWhatIsDue(events);
    return decide(command, events);
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
    return Math.min(Math.min(nextLockEnd(), nextWarning()), Math.min(first(dues), first(graces)));
  }

  private long nextLockEnd() {
    return firstDeadline == null ? Long.MAX_VALUE : firstDeadline.deadline;
  }

  private long nextWarning() {
    return nextToWarn == null ? Long.MAX_VALUE : nextToWarn.deadline - warnBefore;
  }

  private static long first(NavigableMap<Long, ?> times) {
    return times.isEmpty() ? Long.MAX_VALUE : times.firstKey();
  }

  /** The time of the last command, in milliseconds since the epoch. */
  long time() {
    return time;
  }

  Snapshot snapshot() {
    List<Snapshot.Seat> seatStates = new ArrayList<>(seats.size());
    for (Seat seat : seats.values()) {
      Sale sale = seat.sale;
      seatStates.add(
          new Snapshot.Seat(
              seat.id,
              seat.status,
              sale == null ? null : Times.instant(sale.due),
              sale == null ? null : sale.ref));
    }
    Stream<Holder> withLocks = Stream.iterate(firstDeadline, h -> h != null, h -> h.later);
    Stream<Holder> others =
        holders.values().stream().filter(holder -> holder.lockCount == 0).sorted(BY_HOLDER_ID);
    List<Snapshot.Session> sessions =
        Stream.concat(withLocks, others).map(Holder::snapshot).toList();
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
    for (Holder holder = firstDeadline; holder != null; holder = holder.later) {
      locksByHolder.put(holder.id, holder.lockIds());
    }
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
    settings = change.settings();
    readSettings();
    if (warnBefore == 0) {
      for (Holder holder = nextToWarn; holder != null; holder = holder.later) {
        holder.warned = true;
      }
      nextToWarn = null;
    }
    return granted(List.of(), null, 0);
  }

  // --- sessions

  private Result openSession(Command.OpenSession command) {
    Holder holder = new Holder(command.holder(), command.credential());
    holder.connection = command.connection();
    if (holders.putIfAbsent(holder.id, holder) != null) {
      return refused(Reason.SESSION_EXISTS);
    }
    return granted(List.of(), null, 0);
  }

  private Result resumeSession(Command.ResumeSession command, Consumer<Event> events) {
    Holder holder = holders.get(command.holder());
    if (holder == null || !command.credential().equals(holder.credential)) {
      return refused(Reason.NO_SESSION);
    }
    boolean takenOver =
        holder.connection != null && !holder.connection.equals(command.connection());
    if (takenOver) {
      events.accept(new Event(seq, time, Change.TAKEN_OVER, holder.id, List.of(), 0));
    }
    setGraceEnd(holder, 0);
    holder.connection = command.connection();
    return granted(holder.lockIds(), takenOver ? Change.TAKEN_OVER : null, timeLeft(holder));
  }

  private Result detachSession(Command.DetachSession command, Consumer<Event> events) {
    Holder holder = holders.get(command.holder());
    return holder != null && command.connection().equals(holder.connection)
        ? detach(holder, events)
        : granted(List.of(), null, 0);
  }

  private Result detachNode(Command.DetachNode command, Consumer<Event> events) {
    long before = seq;
    List<Holder> left = holdersOn(command).sorted(BY_HOLDER_ID).toList();
    left.forEach(holder -> detach(holder, events));
    return granted(List.of(), seq > before ? Change.RELEASED : null, 0);
  }

  private Result detach(Holder holder, Consumer<Event> events) {
    if (holder.credential == null) {
      return end(holder, events);
    }
    holder.connection = null;
    setGraceEnd(holder, time + settings.grace().toMillis());
    return granted(List.of(), null, 0);
  }

  private Stream<Holder> holdersOn(Command.DetachNode command) {
    return holders.values().stream().filter(holder -> command.had(holder.connection));
  }

  private void setGraceEnd(Holder holder, long end) {
    if (holder.graceEnd != 0) {
      remove(graces, holder.graceEnd, holder);
    }
    holder.graceEnd = end;
    if (end != 0) {
      graces.computeIfAbsent(end, at -> new TreeSet<>(BY_HOLDER_ID)).add(holder);
    }
  }

  private static <T> void remove(NavigableMap<Long, NavigableSet<T>> times, long at, T element) {
    NavigableSet<T> together = Objects.requireNonNull(times.get(at));
    together.remove(element);
    if (together.isEmpty()) {
      times.remove(at);
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

  /** How long locks last is told as it is now: that alone is no longer true as it was said. */
  private static @Nullable Result remembered(Holder holder, Command.Once command, long now) {
    Snapshot.Answer known = holder.answers.get(command.id());
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
    long left = holder.lockCount == 0 ? 0 : Math.max(0, holder.deadline - now);
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
    if (holder.lockCount == 0) {
      return refused(Reason.NOTHING_LOCKED);
    }
    long absoluteLimit = holder.lockedSince + maxTime;
    if (holder.deadline >= absoluteLimit) {
      return refused(Reason.LIMIT_REACHED);
    }
    long end = Math.min(time + timeLimit, absoluteLimit);
    if (end > holder.deadline) {
      removeDeadline(holder);
      setDeadline(holder, end);
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
      Reason reason = lockRefusal(seat, holder);
      if (reason == null && (seat == null || seat.holder != holder)) {
        more++;
        reason = holder.lockCount + more > settings.maxLocks() ? Reason.LIMIT_REACHED : null;
      }
      refusals = note(refusals, ids.get(i), reason);
    }
    if (refusals != null) {
      return refused(refusals);
    }
    if (more > 0) {
      if (holder.lockCount == 0) {
        startTimeLimit(holder);
      }
      List<String> changed = more == ids.size() ? ids : new ArrayList<>(more);
      for (int i = 0; i < ids.size(); i++) {
        Seat seat = seatOrNew(ids.get(i));
        if (seat.holder == null) {
          seat.status = SeatStatus.LOCKED;
          holder.add(seat);
          if (changed != ids) {
            changed.add(seat.id);
          }
        }
      }
      emit(Change.LOCKED, holder.id, changed, timeLeft(holder), events);
    }
    return granted(ids, more > 0 ? Change.LOCKED : null, holder.deadline - time);
  }

  private @Nullable Reason lockRefusal(@Nullable Seat seat, Holder holder) {
    if (seat == null) {
      return seatsKnown ? Reason.UNKNOWN_SEAT : null;
    }
    return seat.status == SeatStatus.AVAILABLE || seat.holder == holder ? null : taken(seat.status);
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
      refusals = note(refusals, ids.get(i), unlockRefusal(seat, holder));
    }
    if (refusals != null) {
      return refused(refusals);
    }
    for (int i = 0; i < ids.size(); i++) {
      turn(seatOrNew(ids.get(i)), SeatStatus.AVAILABLE);
    }
    emit(Change.UNLOCKED, holder.id, ids, events);
    return granted(ids, Change.UNLOCKED, timeLeft(holder));
  }

  private @Nullable Reason unlockRefusal(@Nullable Seat seat, Holder holder) {
    if (seat == null) {
      return seatsKnown ? Reason.UNKNOWN_SEAT : Reason.ALREADY_UNLOCKED;
    }
    if (seat.holder == holder) {
      return null;
    }
    return seat.status == SeatStatus.AVAILABLE ? Reason.ALREADY_UNLOCKED : Reason.NOT_YOURS;
  }

  /** Ends all locks of a holder as one change. */
  private Result releaseAll(Holder holder, Change change, Consumer<Event> events) {
    List<String> ids = holder.lockIds();
    if (!ids.isEmpty()) {
      while (holder.firstLock != null) {
        turn(holder.firstLock, SeatStatus.AVAILABLE);
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
      refusals = note(refusals, ids.get(i), saleRefusal(sale, seat));
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

  private @Nullable Reason saleRefusal(Command.Sale sale, @Nullable Seat seat) {
    if (seat == null && seatsKnown) {
      return Reason.UNKNOWN_SEAT;
    }
    SeatStatus status = seat == null ? SeatStatus.AVAILABLE : seat.status;
    return switch (sale.action()) {
      case RESERVE ->
          switch (status) {
            case AVAILABLE, LOCKED -> conditionRefusal(sale, seat);
            case RESERVED, PAID, BLOCKED -> taken(status);
          };
      case PAY ->
          switch (status) {
            case AVAILABLE, LOCKED -> conditionRefusal(sale, seat);
            case RESERVED -> sale.heldBy() == null ? null : Reason.ALREADY_RESERVED;
            case PAID, BLOCKED -> taken(status);
          };
      case UNRESERVE -> status == SeatStatus.RESERVED ? null : Reason.NOT_RESERVED;
      case UNPAY -> status == SeatStatus.PAID ? null : Reason.NOT_PAID;
      case REVOKE ->
          status == SeatStatus.RESERVED || status == SeatStatus.PAID ? null : Reason.NOT_RESERVED;
      case BLOCK, UNBLOCK ->
          status == SeatStatus.AVAILABLE || status == SeatStatus.BLOCKED ? null : taken(status);
    };
  }

  /** Whether an available or locked seat breaks the sale's holder condition. */
  private static @Nullable Reason conditionRefusal(Command.Sale sale, @Nullable Seat seat) {
    if (sale.heldBy() == null) {
      return null;
    }
    if (seat == null || seat.holder == null) {
      return Reason.ALREADY_UNLOCKED;
    }
    return seat.holder.id.equals(sale.heldBy()) ? null : Reason.NOT_YOURS;
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
      turn(seatOrNew(id), to, sale);
      changed.add(id);
    }
    if (changed.isEmpty()) {
      return null;
    }
    return emit(change, sale.author(), changed, events);
  }

  private void turn(Seat seat, SeatStatus to, Command.Sale sale) {
    String ref = sale.ref() != null || seat.sale == null ? sale.ref() : seat.sale.ref;
    turn(seat, to);
    if (to == SeatStatus.RESERVED || to == SeatStatus.PAID) {
      setSale(seat, Times.millis(sale.due()), ref);
    }
  }

  // --- seats

  /** The way of a seat out of what it is: whatever that was has ended for good. */
  private void turn(Seat seat, SeatStatus to) {
    Holder holder = seat.holder;
    if (holder != null) {
      holder.remove(seat);
      if (holder.lockCount == 0) {
        removeDeadline(holder);
      }
    }
    setSale(seat, null, null);
    seat.status = to;
    if (to == SeatStatus.AVAILABLE && !seatsKnown) {
      seats.remove(seat.id);
    }
  }

  private void setSale(Seat seat, @Nullable Long due, @Nullable String ref) {
    Sale old = seat.sale;
    if (old != null && old.due != null) {
      remove(dues, old.due, seat);
    }
    seat.sale = due == null && ref == null ? null : new Sale(due, ref);
    if (due != null) {
      dues.computeIfAbsent(due, at -> new TreeSet<>(BY_ID)).add(seat);
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

  private static Reason taken(SeatStatus status) {
    return switch (status) {
      case LOCKED -> Reason.ALREADY_LOCKED;
      case RESERVED -> Reason.ALREADY_RESERVED;
      case PAID -> Reason.ALREADY_PAID;
      case BLOCKED -> Reason.BLOCKED;
      case AVAILABLE -> throw new AssertionError("an available seat is not taken");
    };
  }

  // --- time

  /**
   * Ends locks, reservations and sessions and warns of ends, in the order in which that was due; at
   * one time in the order of this sentence.
   */
  private void doWhatIsDue(Consumer<Event> events) {
    long next;
    while ((next = nextDeadline()) <= time) {
      if (firstDeadline != null && next == firstDeadline.deadline) {
        releaseAll(firstDeadline, Change.EXPIRED, events);
      } else if (next == first(dues)) {
        List<Seat> together = List.copyOf(dues.firstEntry().getValue());
        together.forEach(seat -> turn(seat, SeatStatus.AVAILABLE));
        emit(Change.UNRESERVED, null, together.stream().map(seat -> seat.id).toList(), events);
      } else if (next == first(graces)) {
        end(graces.firstEntry().getValue().first(), events);
      } else {
        warn(Objects.requireNonNull(nextToWarn), events);
      }
    }
  }

  /** Warns of an end that is to come; of one that has come meanwhile, the end itself tells. */
  private void warn(Holder holder, Consumer<Event> events) {
    holder.warned = true;
    skipWarned();
    if (holder.deadline > time) {
      events.accept(
          new Event(seq, time, Change.EXPIRING, holder.id, holder.lockIds(), timeLeft(holder)));
    }
  }

  private void skipWarned() {
    while (nextToWarn != null && nextToWarn.warned) {
      nextToWarn = nextToWarn.later;
    }
  }

  private long timeLeft(Holder holder) {
    return holder.lockCount == 0 ? 0 : holder.deadline - time;
  }

  private void startTimeLimit(Holder holder) {
    holder.lockedSince = time;
    setDeadline(holder, time + timeLimit);
  }

  private void setDeadline(Holder holder, long deadline) {
    holder.deadline = deadline;
    holder.warned = warnBefore == 0 || deadline - time <= warnBefore;
    insertDeadline(holder);
  }

  private void insertDeadline(Holder holder) {
    Holder before = lastDeadline;
    while (before != null && before.deadline > holder.deadline) {
      before = before.earlier;
    }
    Holder after = before == null ? firstDeadline : before.later;
    holder.earlier = before;
    holder.later = after;
    if (before == null) {
      firstDeadline = holder;
    } else {
      before.later = holder;
    }
    if (after == null) {
      lastDeadline = holder;
    } else {
      after.earlier = holder;
    }
    if (!holder.warned && (nextToWarn == null || holder.deadline < nextToWarn.deadline)) {
      nextToWarn = holder;
    }
  }

  private void removeDeadline(Holder holder) {
    Holder before = holder.earlier;
    Holder after = holder.later;
    if (nextToWarn == holder) {
      nextToWarn = after;
      skipWarned();
    }
    if (before == null) {
      firstDeadline = after;
    } else {
      before.later = after;
    }
    if (after == null) {
      lastDeadline = before;
    } else {
      after.earlier = before;
    }
    holder.earlier = null;
    holder.later = null;
    if (holder.lockCount == 0) {
      holder.lockedSince = 0;
      holder.deadline = 0;
      holder.warned = false;
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
      holder.add(seat);
    }
    if (holder.lockCount > 0) {
      holder.lockedSince = saved.lockedSince();
      holder.deadline = saved.deadline();
      holder.warned = saved.warned();
      insertDeadline(holder);
    }
    return holder.lockCount;
  }

  /** A seat; while it is locked, a link in the list of its holder's locks. */
  private static final class Seat {
    final String id;
    SeatStatus status = SeatStatus.AVAILABLE;
    @Nullable Holder holder;
    @Nullable Seat previousLock;
    @Nullable Seat nextLock;
    @Nullable Sale sale;

    Seat(String id) {
      this.id = id;
    }
  }

  /** What is known of a reserved or paid seat beyond that. */
  private record Sale(@Nullable Long due, @Nullable String ref) {}

  /** An open session; while it holds locks, a link in the list of deadlines. */
  private static final class Holder {
    final String id;
    @Nullable Seat firstLock;
    @Nullable Seat lastLock;
    int lockCount;
    long lockedSince;
    long deadline;
    boolean warned;
    final @Nullable String credential;
    @Nullable String connection;
    long graceEnd;
    Map<String, Snapshot.Answer> answers = Map.of();
    @Nullable Holder earlier;
    @Nullable Holder later;

    Holder(String id, @Nullable String credential) {
      this.id = id;
      this.credential = credential;
    }

    void remember(Snapshot.Answer answer) {
      if (answers.isEmpty()) {
        answers = new LinkedHashMap<>();
      }
      answers.put(answer.id(), answer);
      if (answers.size() > Command.Once.REMEMBERED) {
        answers.remove(answers.keySet().iterator().next());
      }
    }

    Snapshot.Session snapshot() {
      return new Snapshot.Session(
          id,
          lockIds(),
          lockedSince,
          deadline,
          warned,
          credential,
          connection,
          graceEnd,
          List.copyOf(answers.values()));
    }

    void add(Seat seat) {
      seat.holder = this;
      seat.previousLock = lastLock;
      if (lastLock == null) {
        firstLock = seat;
      } else {
        lastLock.nextLock = seat;
      }
      lastLock = seat;
      lockCount++;
    }

    void remove(Seat seat) {
      Seat previous = seat.previousLock;
      Seat next = seat.nextLock;
      if (previous == null) {
        firstLock = next;
      } else {
        previous.nextLock = next;
      }
      if (next == null) {
        lastLock = previous;
      } else {
        next.previousLock = previous;
      }
      seat.previousLock = null;
      seat.nextLock = null;
      seat.holder = null;
      lockCount--;
    }

    List<String> lockIds() {
      List<String> ids = new ArrayList<>(lockCount);
      for (Seat seat = firstLock; seat != null; seat = seat.nextLock) {
        ids.add(seat.id);
      }
      return ids;
    }
  }
}
