package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine and a clock in the hands of a test. Times are milliseconds since the start of the
 * stage; every event is remembered, so that the whole history can be checked in the end.
 */
final class Stage {

  /** When every stage starts, in milliseconds since the epoch. */
  static final long START = 1_700_000_000_000L;

  /** A time limit of 100 ms, 250 ms with extensions, and at most 3 locks. */
  static final ShowSettings SETTINGS =
      new ShowSettings(Duration.ofMillis(100), Duration.ofMillis(250), 3);

  private final SeatMachine machine;
  private final Snapshot start;
  private final List<Event> history = new ArrayList<>();
  private final List<ShowSettings> rules = new ArrayList<>();
  private long now;
  private int told;

  private Stage(SeatMachine machine) {
    this.machine = machine;
    this.start = machine.snapshot();
  }

  /** A show of any seats with these sessions. */
  static Stage ofAnySeats(String... holders) {
    return new Stage(SeatMachine.ofAnySeats(SETTINGS)).open(holders);
  }

  /** A show of any seats under these rules; without sessions. */
  static Stage withSettings(ShowSettings settings) {
    return new Stage(SeatMachine.ofAnySeats(settings));
  }

  /** A show of these seats alone; without sessions. */
  static Stage ofSeats(String... seats) {
    return new Stage(SeatMachine.ofSeats(SETTINGS, List.of(seats)));
  }

  Stage open(String... holders) {
    for (String holder : holders) {
      assertThat(apply(new Command.OpenSession(holder))).isInstanceOf(Result.Granted.class);
    }
    return this;
  }

  /** Moves the clock, which tells the machine nothing before the next command. */
  Stage at(long millis) {
    now = millis;
    return this;
  }

  Result apply(Command command) {
    if (command instanceof Command.ChangeSettings change) {
      rules.add(change.settings());
    }
    return machine.apply(command, START + now, history::add);
  }

  Result lock(String holder, String... seats) {
    return apply(new Command.Lock(holder, List.of(seats)));
  }

  Result unlock(String holder, String... seats) {
    return apply(new Command.Unlock(holder, List.of(seats)));
  }

  Result tick() {
    return apply(new Command.Tick());
  }

  /** The events since this was last asked. */
  List<Event> events() {
    List<Event> news = List.copyOf(history.subList(told, history.size()));
    told = history.size();
    return news;
  }

  /** The events since this was last asked, without their numbers and times. */
  List<String> changes() {
    return events().stream()
        .map(event -> event.change() + " " + event.seats() + " by " + event.author())
        .toList();
  }

  long seq() {
    return machine.snapshot().seq();
  }

  /** When the next deadline comes, since the start of the stage. */
  long nextDeadline() {
    return machine.nextDeadline() - START;
  }

  SeatMachine machine() {
    return machine;
  }

  Snapshot snapshot() {
    return machine.snapshot();
  }

  SeatStatus status(String seat) {
    return snapshot().seats().stream()
        .filter(each -> each.id().equals(seat))
        .map(Snapshot.Seat::status)
        .findFirst()
        .orElse(SeatStatus.AVAILABLE);
  }

  /** The order reference of a seat that the show knows. */
  String ref(String seat) {
    return snapshot().seats().stream()
        .filter(each -> each.id().equals(seat))
        .findFirst()
        .orElseThrow()
        .ref();
  }

  Snapshot.Session session(String holder) {
    return snapshot().sessions().stream()
        .filter(each -> each.holder().equals(holder))
        .findFirst()
        .orElseThrow();
  }

  /** What every machine test ends with. */
  void checkInvariants() {
    Invariants.check(start, history, snapshot(), rules);
  }

  // --- results to compare with

  /** Granted, and the last event tells what it changed. */
  Result granted(long expiresInMillis, String... seats) {
    Change last = history.get(history.size() - 1).change();
    return new Result.Granted(seq(), List.of(seats), last, expiresInMillis);
  }

  /** Granted, but all of it was so before. */
  Result unchanged(long expiresInMillis, String... seats) {
    return new Result.Granted(seq(), List.of(seats), null, expiresInMillis);
  }

  static Result refused(Reason reason) {
    return new Result.Refused(reason, Map.of());
  }

  static Result refused(String seat, Reason reason) {
    return new Result.Refused(reason, Map.of(seat, reason));
  }

  static Result refused(
      String seat1, Reason reason1, String seat2, Reason reason2, String seat3, Reason reason3) {
    Map<String, Reason> seats = new LinkedHashMap<>();
    seats.put(seat1, reason1);
    seats.put(seat2, reason2);
    seats.put(seat3, reason3);
    return new Result.Refused(reason1, seats);
  }
}
