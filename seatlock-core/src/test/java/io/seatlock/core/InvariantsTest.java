package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker of the other tests, shown to find what is wrong. */
class InvariantsTest {

  private static final ShowSettings SETTINGS =
      new ShowSettings(Duration.ofMillis(100), Duration.ofMillis(300), 2);
  private static final Event LOCKED = event(1, 1000, Change.LOCKED, "h1", "A1", "A2");
  private static final List<Snapshot.Seat> A1_A2_LOCKED =
      List.of(seat("A1", SeatStatus.LOCKED), seat("A2", SeatStatus.LOCKED));
  private static final Snapshot.Session H1 = session("h1", 1000, 1100, "A1", "A2");
  private static final Snapshot.Session H2 = session("h2", 0, 0);

  @Test
  void check_rightHistory_passes() {
    Invariants.check(start(), List.of(LOCKED), state(1, 1050, A1_A2_LOCKED, H1, H2));
    Invariants.check(
        start(),
        List.of(LOCKED, event(2, 1100, Change.EXPIRED, "h1", "A1", "A2")),
        state(2, 1100, List.of(), session("h1", 0, 0), H2));
  }

  static Stream<List<Event>> wrongSteps() {
    return Stream.of(
        List.of(event(1, 1050, Change.PAID, null, "B1")),
        List.of(event(3, 1050, Change.PAID, null, "B1")),
        List.of(event(2, 999, Change.PAID, null, "B1")),
        List.of(event(2, 1050, Change.PAID, null)),
        List.of(event(2, 1050, Change.PAID, null, "B1", "B1")),
        List.of(event(2, 1050, Change.LOCKED, "h2", "A1")),
        List.of(event(2, 1050, Change.LOCKED, "h1", "A1")),
        List.of(event(2, 1050, Change.LOCKED, null, "B1")),
        List.of(event(2, 1050, Change.UNLOCKED, "h2", "A1")),
        List.of(event(2, 1050, Change.UNLOCKED, "h1", "B1")),
        List.of(event(2, 1050, Change.RELEASED, "h1", "A1")),
        List.of(event(2, 1100, Change.EXPIRED, "h1", "A1")),
        List.of(event(2, 1100, Change.EXPIRED, "h2", "A1", "A2")),
        List.of(event(2, 1099, Change.EXPIRED, "h1", "A1", "A2")),
        List.of(event(2, 1050, Change.UNRESERVED, null, "A1")),
        List.of(event(2, 1050, Change.UNPAID, null, "A1")),
        List.of(event(2, 1050, Change.BLOCKED, null, "A1")),
        List.of(event(2, 1050, Change.UNBLOCKED, null, "A1")),
        List.of(
            event(2, 1050, Change.PAID, null, "A1"), event(3, 1050, Change.RESERVED, null, "A1")));
  }

  @ParameterizedTest
  @MethodSource("wrongSteps")
  void check_wrongStep_isFound(List<Event> wrong) {
    Invariants fold = Invariants.startingAt(start());
    fold.follow(LOCKED);
    assertThatThrownBy(() -> wrong.forEach(fold::follow)).isInstanceOf(AssertionError.class);
  }

  static Stream<Snapshot> wrongStates() {
    return Stream.of(
        state(2, 1050, A1_A2_LOCKED, H1, H2),
        state(1, 999, A1_A2_LOCKED, H1, H2),
        state(1, 1050, List.of(seat("A1", SeatStatus.LOCKED)), H1, H2),
        state(1, 1050, A1_A2_LOCKED, session("h1", 1000, 1100, "A1"), H2),
        state(1, 1050, A1_A2_LOCKED, session("h2", 1000, 1100, "A1", "A2")),
        state(1, 1050, A1_A2_LOCKED, H1, session("h2", 1000, 1100, "A2")),
        state(1, 1050, A1_A2_LOCKED, H1, H1),
        state(1, 1050, A1_A2_LOCKED, H2, H1),
        state(1, 1050, A1_A2_LOCKED, H1, session("h2", 0, 1100)),
        state(1, 1050, A1_A2_LOCKED, session("h1", 1001, 1101, "A1", "A2"), H2),
        state(1, 1050, A1_A2_LOCKED, session("h1", 1000, 1301, "A1", "A2"), H2),
        state(1, 1100, A1_A2_LOCKED, H1, H2),
        state(1, 1050, List.of(seat("A1", SeatStatus.PAID), seat("A2", SeatStatus.LOCKED)), H1, H2),
        state(1, 1050, with(seat("B1", SeatStatus.PAID)), H1, H2),
        state(1, 1050, with(seat("B1", SeatStatus.AVAILABLE)), H1, H2),
        state(1, 1050, with(seat("A1", SeatStatus.LOCKED)), H1, H2));
  }

  @ParameterizedTest
  @MethodSource("wrongStates")
  void check_wrongState_isFound(Snapshot wrong) {
    assertThatThrownBy(() -> Invariants.check(start(), List.of(LOCKED), wrong))
        .isInstanceOf(AssertionError.class);
  }

  private static Snapshot start() {
    return state(0, 1000, List.of(), session("h1", 0, 0), H2);
  }

  private static List<Snapshot.Seat> with(Snapshot.Seat more) {
    List<Snapshot.Seat> seats = new ArrayList<>(A1_A2_LOCKED);
    seats.add(more);
    return seats;
  }

  private static Event event(long seq, long at, Change change, String author, String... seats) {
    return new Event(seq, at, change, author, List.of(seats));
  }

  private static Snapshot state(
      long seq, long at, List<Snapshot.Seat> seats, Snapshot.Session... sessions) {
    return new Snapshot(SETTINGS, false, seq, at, seats, List.of(sessions));
  }

  private static Snapshot.Seat seat(String id, SeatStatus status) {
    return new Snapshot.Seat(id, status, null, null);
  }

  private static Snapshot.Session session(
      String holder, long since, long deadline, String... locks) {
    return new Snapshot.Session(holder, List.of(locks), since, deadline);
  }
}
