package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker of the other tests, shown to find what is wrong. */
class InvariantsTest {

  private static final ShowSettings SETTINGS =
      new ShowSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(300),
          2,
          Duration.ofMillis(50),
          Duration.ofMillis(20));
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
    Invariants.check(
        start(),
        List.of(LOCKED, warning(1, 1085, "h1", 15, "A1", "A2")),
        state(1, 1085, A1_A2_LOCKED, waiting("h1", true, 0), waiting("h2", false, 1135)));
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
        List.of(new Event(2, 1050, Change.LOCKED, "h2", List.of("B1"), 101)),
        List.of(warning(2, 1080, "h1", 20, "A1", "A2")),
        List.of(warning(1, 1080, "h1", 20, "A1")),
        List.of(warning(1, 1080, "h2", 20, "A1", "A2")),
        List.of(warning(1, 1079, "h1", 21, "A1", "A2")),
        List.of(warning(1, 1079, "h1", 20, "A1", "A2")),
        List.of(warning(1, 1100, "h1", 0, "A1", "A2")),
        List.of(warning(1, 1080, "h1", 20, "A1", "A2"), warning(1, 1085, "h1", 15, "A1", "A2")),
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
        state(1, 1080, A1_A2_LOCKED, H1, H2),
        state(1, 1050, A1_A2_LOCKED, H1, waiting("h2", true, 0)),
        state(1, 1050, A1_A2_LOCKED, H1, waiting("h2", false, 1050)),
        state(1, 1050, A1_A2_LOCKED, H1, waiting("h2", false, 1101)),
        state(1, 1050, A1_A2_LOCKED, H1, attachedAndWaiting()),
        state(1, 1050, A1_A2_LOCKED, H1, withAnswers(answer("7"), answer("7"))),
        state(
            1,
            1050,
            A1_A2_LOCKED,
            H1,
            withAnswers(
                IntStream.rangeClosed(0, Command.Once.REMEMBERED)
                    .mapToObj(i -> answer(String.valueOf(i)))
                    .toArray(Snapshot.Answer[]::new))),
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
    return new Event(seq, at, change, author, List.of(seats), change == Change.LOCKED ? 100 : 0);
  }

  private static Event warning(long seq, long at, String author, long left, String... seats) {
    return new Event(seq, at, Change.EXPIRING, author, List.of(seats), left);
  }

  private static Snapshot state(
      long seq, long at, List<Snapshot.Seat> seats, Snapshot.Session... sessions) {
    return new Snapshot(SETTINGS, false, seq, at, seats, List.of(sessions));
  }

  private static Snapshot.Seat seat(String id, SeatStatus status) {
    return new Snapshot.Seat(id, status, null, null);
  }

  /** h1 with its locks or h2 without any; without connection. */
  private static Snapshot.Session waiting(String holder, boolean warned, long graceEnd) {
    boolean holds = holder.equals("h1");
    List<String> locks = holds ? List.of("A1", "A2") : List.of();
    return new Snapshot.Session(
        holder, locks, holds ? 1000 : 0, holds ? 1100 : 0, warned, "s1", null, graceEnd, List.of());
  }

  private static Snapshot.Session attachedAndWaiting() {
    return new Snapshot.Session("h2", List.of(), 0, 0, false, "s1", "c1", 1060, List.of());
  }

  private static Snapshot.Session withAnswers(Snapshot.Answer... answers) {
    return new Snapshot.Session("h2", List.of(), 0, 0, false, null, null, 0, List.of(answers));
  }

  private static Snapshot.Answer answer(String id) {
    return new Snapshot.Answer(id, 0, new Result.Granted(1, List.of(), null, 0));
  }

  private static Snapshot.Session session(
      String holder, long since, long deadline, String... locks) {
    return new Snapshot.Session(holder, List.of(locks), since, deadline);
  }
}
