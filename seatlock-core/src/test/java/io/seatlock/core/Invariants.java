package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What must hold of every show at every moment, whatever was done to it. The events alone are
 * folded into a state, each being checked as a legal step, and that state must be the snapshot's.
 */
final class Invariants {

  private final Rules rules;
  private final Map<String, SeatStatus> status = new LinkedHashMap<>();
  private final Map<String, String> owners = new HashMap<>();
  private final Map<String, Long> firstLocks = new HashMap<>();
  private final Map<String, Long> warnedOf = new HashMap<>();
  private long seq;
  private long time;

  private Invariants(Snapshot start, Rules rules) {
    this.rules = rules;
    seq = start.seq();
    time = start.at();
    start.seats().forEach(seat -> status.put(seat.id(), seat.status()));
    for (Snapshot.Session session : start.sessions()) {
      session.locks().forEach(seat -> owners.put(seat, session.holder()));
      if (!session.locks().isEmpty()) {
        firstLocks.put(session.holder(), session.lockedSince());
      }
    }
  }

  /** What some rules allow, of which each was in force for a while. */
  private record Rules(List<ShowSettings> all) {
    Rules(Snapshot start, Collection<ShowSettings> changes) {
      this(Stream.concat(Stream.of(start.settings()), changes.stream()).toList());
    }

    long least(Function<ShowSettings, Duration> limit) {
      return millis(limit).min().orElseThrow();
    }

    long most(Function<ShowSettings, Duration> limit) {
      return millis(limit).max().orElseThrow();
    }

    int mostLocks() {
      return all.stream().mapToInt(ShowSettings::maxLocks).max().orElseThrow();
    }

    private LongStream millis(Function<ShowSettings, Duration> limit) {
      return all.stream().map(limit).mapToLong(Duration::toMillis);
    }
  }

  /** Checks both states and that these events, and no others, lead from one to the other. */
  static void check(Snapshot start, List<Event> events, Snapshot end) {
    check(start, events, end, List.of());
  }

  /**
   * The same of a show that was given other rules on the way.
   *
   * @param changes all of them
   */
  static void check(
      Snapshot start, List<Event> events, Snapshot end, Collection<ShowSettings> changes) {
    Rules rules = new Rules(start, changes);
    Invariants fold = startingAt(start, rules);
    events.forEach(fold::follow);
    checkState(end, rules);
    fold.checkEqual(end);
  }

  /** A fold that has followed no event yet. */
  static Invariants startingAt(Snapshot start) {
    return startingAt(start, new Rules(start, List.of()));
  }

  private static Invariants startingAt(Snapshot start, Rules rules) {
    checkState(start, rules);
    return new Invariants(start, rules);
  }

  /** Checks that a state does not contradict itself. */
  private static void checkState(Snapshot state, Rules rules) {
    Map<String, SeatStatus> status = new HashMap<>();
    for (Snapshot.Seat seat : state.seats()) {
      assertThat(status.put(seat.id(), seat.status())).as("%s comes twice", seat.id()).isNull();
      if (!state.seatsKnown()) {
        assertThat(seat.status()).as("%s is remembered", seat).isNotEqualTo(SeatStatus.AVAILABLE);
      }
      if (seat.status() != SeatStatus.RESERVED) {
        assertThat(seat.due()).as("due of %s", seat).isNull();
      }
      if (seat.status() != SeatStatus.RESERVED && seat.status() != SeatStatus.PAID) {
        assertThat(seat.ref()).as("ref of %s", seat).isNull();
      }
    }
    List<String> held = new ArrayList<>();
    Set<String> holders = new HashSet<>();
    long lastDeadline = 0;
    String lastIdle = "";
    for (Snapshot.Session session : state.sessions()) {
      assertThat(holders.add(session.holder())).as("%s is there once", session).isTrue();
      checkConnection(session, state, rules);
      assertThat(session.answers())
          .as("answers of %s", session)
          .hasSizeLessThanOrEqualTo(Command.Once.REMEMBERED)
          .extracting(Snapshot.Answer::id)
          .doesNotHaveDuplicates();
      held.addAll(session.locks());
      if (session.locks().isEmpty()) {
        assertThat(session.lockedSince()).as("%s", session).isZero();
        assertThat(session.deadline()).as("%s", session).isZero();
        assertThat(session.warned()).as("%s", session).isFalse();
        assertThat(session.holder()).as("in order").isGreaterThan(lastIdle);
        lastIdle = session.holder();
      } else {
        checkHolding(session, state, rules);
        assertThat(lastIdle).as("those with locks lead").isEmpty();
        assertThat(session.deadline()).as("in order").isGreaterThanOrEqualTo(lastDeadline);
        lastDeadline = session.deadline();
      }
    }
    assertThat(held)
        .as("each locked seat is held by exactly one session")
        .containsExactlyInAnyOrderElementsOf(state.seats(SeatStatus.LOCKED));
  }

  /** A session waits to be resumed only when it has no connection, and no longer than its grace. */
  private static void checkConnection(Snapshot.Session session, Snapshot state, Rules rules) {
    if (session.graceEnd() != 0) {
      assertThat(session.connection()).as("%s", session).isNull();
      assertThat(session.graceEnd())
          .as("%s at %s", session, state.at())
          .isGreaterThan(state.at())
          .isLessThanOrEqualTo(state.at() + rules.most(ShowSettings::grace));
    }
  }

  private static void checkHolding(Snapshot.Session session, Snapshot state, Rules rules) {
    assertThat(session.locks()).as("%s", session).hasSizeLessThanOrEqualTo(rules.mostLocks());
    assertThat(session.lockedSince()).as("%s", session).isLessThanOrEqualTo(state.at());
    assertThat(session.deadline())
        .as("%s at %s", session, state.at())
        .isGreaterThan(state.at())
        .isGreaterThanOrEqualTo(session.lockedSince() + rules.least(ShowSettings::timeLimit))
        .isLessThanOrEqualTo(session.lockedSince() + rules.most(ShowSettings::maxTime))
        .isLessThanOrEqualTo(state.at() + rules.most(ShowSettings::timeLimit));
    if (!session.warned()) {
      assertThat(session.deadline() - rules.least(ShowSettings::warnBefore))
          .as("the warning of %s at %s", session, state.at())
          .isGreaterThan(state.at());
    }
  }

  /** Checks that the event is the next legal step, and takes it. */
  void follow(Event event) {
    boolean changesSeats = event.change() != Change.EXPIRING && event.change() != Change.TAKEN_OVER;
    seq += changesSeats ? 1 : 0;
    assertThat(event.seq()).as("seq of %s", event).isEqualTo(seq);
    assertThat(event.at()).as("time of %s", event).isGreaterThanOrEqualTo(time);
    time = event.at();
    if (event.change() == Change.TAKEN_OVER) {
      assertThat(event.seats()).as("seats of %s", event).isEmpty();
      assertThat(event.author()).as("author of %s", event).isNotNull();
      return;
    }
    assertThat(event.seats()).as("seats of %s", event).isNotEmpty().doesNotHaveDuplicates();
    if (event.change() == Change.EXPIRING) {
      checkWarning(event);
      return;
    }
    event.seats().forEach(seat -> turn(event, seat));
    if (event.change() == Change.EXPIRED || event.change() == Change.RELEASED) {
      assertThat(owners.values())
          .as("%s covers all its locks", event)
          .doesNotContain(event.author());
    }
    firstLocks.keySet().retainAll(owners.values());
    // Under shorter rules a holder that begins again may come to the very same deadline.
    warnedOf.keySet().retainAll(owners.values());
  }

  /** A warning comes once for each time limit, before it, and names all that will be lost. */
  private void checkWarning(Event event) {
    List<String> held =
        owners.keySet().stream().filter(seat -> owners.get(seat).equals(event.author())).toList();
    assertThat(event.seats()).as("seats of %s", event).containsExactlyInAnyOrderElementsOf(held);
    assertThat(event.expiresInMillis())
        .as("%s", event)
        .isBetween(1L, rules.most(ShowSettings::warnBefore));
    long deadline = event.at() + event.expiresInMillis();
    assertThat(deadline - firstLocks.get(event.author()))
        .as("time limit told by %s", event)
        .isBetween(rules.least(ShowSettings::timeLimit), rules.most(ShowSettings::maxTime));
    Long before = warnedOf.put(event.author(), deadline);
    assertThat(Objects.equals(before, deadline)).as("%s comes again", event).isFalse();
  }

  private void turn(Event event, String seat) {
    SeatStatus from = status.getOrDefault(seat, SeatStatus.AVAILABLE);
    String owner = owners.remove(seat);
    assertThat(from).as("%s before %s", seat, event).isIn(before(event.change()));
    switch (event.change()) {
      case LOCKED -> {
        assertThat(event.author()).as("author of %s", event).isNotNull();
        assertThat(event.expiresInMillis())
            .as("%s", event)
            .isBetween(1L, rules.most(ShowSettings::timeLimit));
        owners.put(seat, event.author());
        firstLocks.putIfAbsent(event.author(), event.at());
      }
      case UNLOCKED, RELEASED -> assertThat(owner).as("%s", event).isEqualTo(event.author());
      case EXPIRED -> {
        assertThat(owner).as("%s", event).isEqualTo(event.author());
        assertThat(event.at() - firstLocks.get(owner))
            .as("time since the first lock at %s", event)
            .isGreaterThanOrEqualTo(rules.least(ShowSettings::timeLimit));
      }
      default -> {}
    }
    status.put(seat, after(event.change()));
  }

  private static List<SeatStatus> before(Change change) {
    return switch (change) {
      case LOCKED, BLOCKED -> List.of(SeatStatus.AVAILABLE);
      case UNLOCKED, RELEASED, EXPIRED -> List.of(SeatStatus.LOCKED);
      case RESERVED -> List.of(SeatStatus.AVAILABLE, SeatStatus.LOCKED);
      case PAID -> List.of(SeatStatus.AVAILABLE, SeatStatus.LOCKED, SeatStatus.RESERVED);
      case UNRESERVED -> List.of(SeatStatus.RESERVED);
      case UNPAID -> List.of(SeatStatus.PAID);
      case UNBLOCKED -> List.of(SeatStatus.BLOCKED);
      case EXPIRING, TAKEN_OVER -> throw new AssertionError("changes no seat");
    };
  }

  private static SeatStatus after(Change change) {
    return switch (change) {
      case LOCKED -> SeatStatus.LOCKED;
      case RESERVED -> SeatStatus.RESERVED;
      case PAID -> SeatStatus.PAID;
      case BLOCKED -> SeatStatus.BLOCKED;
      case UNLOCKED, RELEASED, EXPIRED, UNRESERVED, UNPAID, UNBLOCKED -> SeatStatus.AVAILABLE;
      case EXPIRING, TAKEN_OVER -> throw new AssertionError("changes no seat");
    };
  }

  private void checkEqual(Snapshot end) {
    assertThat(end.seq()).as("seq").isEqualTo(seq);
    assertThat(end.at()).as("time").isGreaterThanOrEqualTo(time);
    Map<String, SeatStatus> endStatus = new HashMap<>();
    Map<String, String> endOwners = new HashMap<>();
    end.seats().forEach(seat -> endStatus.put(seat.id(), seat.status()));
    for (Snapshot.Session session : end.sessions()) {
      session.locks().forEach(seat -> endOwners.put(seat, session.holder()));
      if (!session.locks().isEmpty()) {
        assertThat(session.lockedSince())
            .as("first lock of %s", session)
            .isEqualTo(firstLocks.get(session.holder()));
      }
    }
    if (!end.seatsKnown()) {
      status.values().removeIf(each -> each == SeatStatus.AVAILABLE);
    }
    assertThat(endStatus).as("the statuses that follow from the events").isEqualTo(status);
    assertThat(endOwners).as("the owners that follow from the events").isEqualTo(owners);
  }
}
