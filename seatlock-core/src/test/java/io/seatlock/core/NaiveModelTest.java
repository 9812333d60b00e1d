package io.seatlock.core;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands at random times, given to the machine and to a model that is written from the
 * wire contract: every result, every event and the whole state must be the same.
 *
 * <p>A failure prints its seed; {@code -Dseatlock.seed=N} repeats that seed alone.
 */
class NaiveModelTest {

  private static final int EPISODES = 500;
  private static final int STEPS = 2_000;

  /** How many episodes a planted bug may survive: it must not survive the comparison. */
  private static final int PATIENCE = EPISODES;

  @Test
  void seatMachine_randomCommandsAtRandomTimes_agreesWithTheNaiveModel() {
    Long given = Long.getLong("seatlock.seed");
    if (given != null) {
      new Episode(given, Real::new).run();
      return;
    }
    Coverage coverage = new Coverage();
    for (long seed = 1; seed < EPISODES; seed++) {
      coverage.add(new Episode(seed, Real::new).run());
    }
    coverage.add(new Episode(new SplittableRandom().nextLong(), Real::new).run());
    assertThat(coverage.steps).isGreaterThanOrEqualTo(1_000_000);
    assertThat(coverage.events).isGreaterThan(200_000);
    assertThat(coverage.restored).isGreaterThan(1_000);
    assertThat(coverage.changes).isEqualTo(EnumSet.allOf(Change.class));
    assertThat(coverage.reasons).isEqualTo(EnumSet.allOf(Reason.class));
  }

  // --- planted bugs

  static Stream<Arguments> plantedBugs() {
    return Stream.of(
        bug("ignores the holder condition", IgnoresHolderCondition::new),
        bug("releases locks 1 ms early", ReleasesEarly::new),
        bug("releases locks 1 ms late", machine -> new LimitsShifted(machine, 1)),
        bug("forgets one expiry", ForgetsOneExpiry::new),
        bug("starts the time limit anew with every lock", RestartsTimeLimit::new),
        bug("frees a paid seat when its old lock would have ended", FreesPaidSeat::new),
        bug("locks what it can of several seats", LocksWhatItCan::new),
        bug("loses one event in a hundred", LosesAnEvent::new),
        bug("forgets due times when restored", ForgetsDueTimes::new),
        bug("forgets the order reference at payment", ForgetsRef::new),
        bug("forgets its answers when restored", ForgetsAnswersAtRestore::new),
        bug("forgets an answer one request too soon", ForgetsAnAnswerTooSoon::new),
        bug("does again what it did", DoesAgain::new),
        bug("gives the old answer to another question", IgnoresReusedIds::new),
        bug("does what is asked on a connection of before", AsksOnAnyConnection::new),
        bug("ends the grace 1 ms early", GraceEndsEarly::new),
        bug("lets the grace of a resumed session run on", GraceRunsOn::new),
        bug("lets an old connection detach the new one", DetachedByAnyConnection::new),
        bug("resumes sessions for anyone", ResumedByAnyone::new),
        bug("tells nobody that a session was taken over", TakesOverInSilence::new),
        bug("detaches only one session of a node", DetachesOneOfANode::new),
        bug("warns twice", WarnsTwice::new),
        bug("counts a warning as a change", CountsWarnings::new),
        bug("forgets that it has warned when restored", ForgetsWarningAtRestore::new),
        bug("ends a session before its locks run out at the same time", GraceBeforeLocks::new));
  }

  private static Arguments bug(String name, UnaryOperator<Machine> plant) {
    return Arguments.of(name, plant);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plantedBugs")
  void plantedBug_isFoundAndTheSeedIsPrinted(String name, UnaryOperator<Machine> plant) {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= PATIENCE; seed++) {
                new Episode(seed, machine -> plant.apply(new Real(machine))).run();
              }
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dseatlock.seed=")
        .hasMessageContaining("the last commands");
  }

  @Test
  void plantedBug_sameSeed_failsTheSameWay() {
    String first = failure(1);
    assertThat(first).isEqualTo(failure(1)).isNotEqualTo(failure(2));
  }

  private static String failure(long seed) {
    try {
      new Episode(seed, machine -> new ReleasesEarly(new Real(machine))).run();
    } catch (AssertionError e) {
      return Objects.requireNonNull(e.getMessage());
    }
    throw new AssertionError("the planted bug survived seed " + seed);
  }

  // --- the comparison

  /** Whatever can be compared with the model. */
  private interface Machine {
    Result apply(Command command, long now, Consumer<Event> events);

    long nextDeadline();

    Snapshot snapshot();

    /** Continues with a machine made from this snapshot. */
    void restore(Snapshot snapshot);
  }

  /** What happened in the episodes: a generator that never gets anywhere would prove nothing. */
  private static final class Coverage {
    final Set<Change> changes = EnumSet.noneOf(Change.class);
    final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    int steps;
    int events;
    int restored;

    void add(Coverage other) {
      changes.addAll(other.changes);
      reasons.addAll(other.reasons);
      steps += other.steps;
      events += other.events;
      restored += other.restored;
    }
  }

  /** A command and the time it was given at; made into text only for a failure. */
  private record Step(long time, Command command) {
    @Override
    public String toString() {
      return time + ": " + command;
    }
  }

  /** One show from its seed. */
  private static final class Episode {
    private static final int REMEMBERED = 20;

    private final long seed;
    private final RandomShow show;
    private final NaiveModel model;
    private final Machine machine;
    private final Snapshot start;
    private final Coverage coverage = new Coverage();
    private final Deque<Step> last = new ArrayDeque<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Event> history = new ArrayList<>();
    private final List<ShowSettings> rules = new ArrayList<>();

    Episode(long seed, Function<SeatMachine, Machine> kind) {
      this.seed = seed;
      show = new RandomShow(seed);
      model = new NaiveModel(show.settings(), show.knownSeats());
      machine = kind.apply(show.newMachine());
      start = machine.snapshot();
    }

    Coverage run() {
      try {
        long now = Stage.START;
        for (int i = 0; i < STEPS; i++) {
          now = show.timeAfter(now, model.nextDeadline());
          step(show.command(now), now);
        }
        Invariants.check(start, history, machine.snapshot(), rules);
        return coverage;
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "%s%nrepeat it with -Dseatlock.seed=%d%n%s, seats %s; the last commands:%n%s"
                .formatted(
                    e.getMessage(),
                    seed,
                    show.settings(),
                    show.knownSeats().isEmpty() ? "any" : show.knownSeats(),
                    last.stream().map(Step::toString).collect(joining(System.lineSeparator()))),
            e);
      }
    }

    private void step(Command drawn, long now) {
      SplittableRandom random = show.random();
      remember(now, drawn);
      if (drawn instanceof Command.ChangeSettings change) {
        rules.add(change.settings());
      }
      Command command = random.nextInt(8) == 0 ? Command.fromBytes(drawn.toBytes()) : drawn;
      same("command", drawn, command);
      Result expected = model.apply(drawn, now);
      events.clear();
      Result actual = machine.apply(command, now, events::add);
      same("result", expected, actual);
      if (expected instanceof Result.Refused refused && actual instanceof Result.Refused other) {
        coverage.reasons.addAll(refused.seats().values());
        coverage.reasons.add(refused.reason());
        same("order of refusals", List.copyOf(refused.seats().keySet()), keys(other));
      }
      same("events", model.events(), events);
      same("next deadline", model.nextDeadline(), machine.nextDeadline());
      for (Event event : events) {
        coverage.changes.add(event.change());
        coverage.events++;
      }
      history.addAll(events);
      if (random.nextInt(16) == 0) {
        same("state", model.snapshot(), machine.snapshot());
      }
      if (random.nextInt(64) == 0) {
        Snapshot snapshot = machine.snapshot();
        machine.restore(Snapshot.fromBytes(snapshot.toBytes()));
        same("restored state", snapshot, machine.snapshot());
        coverage.restored++;
      }
      coverage.steps++;
    }

    private static List<String> keys(Result.Refused refused) {
      return List.copyOf(refused.seats().keySet());
    }

    private void remember(long now, Command command) {
      if (last.size() == REMEMBERED) {
        last.removeFirst();
      }
      last.addLast(new Step(now - Stage.START, command));
    }

    private static void same(String what, Object expected, Object actual) {
      if (!expected.equals(actual)) {
        throw new AssertionError(
            "%s%n  of the model:   %s%n  of the machine: %s".formatted(what, expected, actual));
      }
    }
  }

  // --- machines

  /** The machine itself. */
  private static final class Real implements Machine {
    private SeatMachine machine;

    Real(SeatMachine machine) {
      this.machine = machine;
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return machine.apply(command, now, events);
    }

    @Override
    public long nextDeadline() {
      return machine.nextDeadline();
    }

    @Override
    public Snapshot snapshot() {
      return machine.snapshot();
    }

    @Override
    public void restore(Snapshot snapshot) {
      machine = SeatMachine.of(snapshot);
    }
  }

  /** A machine with a bug: by default it has none. */
  private abstract static class Planted implements Machine {
    final Machine real;

    Planted(Machine real) {
      this.real = real;
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return real.apply(command, now, events);
    }

    @Override
    public long nextDeadline() {
      return real.nextDeadline();
    }

    @Override
    public Snapshot snapshot() {
      return real.snapshot();
    }

    @Override
    public void restore(Snapshot snapshot) {
      real.restore(snapshot);
    }

    /** Makes every session something else. */
    final void changeSessions(UnaryOperator<Snapshot.Session> change) {
      real.restore(changed(real.snapshot(), change));
    }

    static Snapshot changed(Snapshot now, UnaryOperator<Snapshot.Session> change) {
      return new Snapshot(
          now.settings(),
          now.seatsKnown(),
          now.seq(),
          now.at(),
          now.seats(),
          now.sessions().stream().map(change).toList());
    }

    static Snapshot.Session withDeadline(Snapshot.Session session, long deadline) {
      return new Snapshot.Session(
          session.holder(),
          session.locks(),
          session.lockedSince(),
          deadline,
          session.warned(),
          session.credential(),
          session.connection(),
          session.graceEnd(),
          session.answers());
    }

    static Snapshot.Session withGraceEnd(Snapshot.Session session, long graceEnd) {
      return new Snapshot.Session(
          session.holder(),
          session.locks(),
          session.lockedSince(),
          session.deadline(),
          session.warned(),
          session.credential(),
          session.connection(),
          graceEnd,
          session.answers());
    }

    static Snapshot.Session withAnswers(Snapshot.Session session, List<Snapshot.Answer> answers) {
      return new Snapshot.Session(
          session.holder(),
          session.locks(),
          session.lockedSince(),
          session.deadline(),
          session.warned(),
          session.credential(),
          session.connection(),
          session.graceEnd(),
          answers);
    }

    final Optional<Snapshot.Session> session(String holder) {
      return real.snapshot().sessions().stream()
          .filter(session -> session.holder().equals(holder))
          .findFirst();
    }
  }

  private static final class IgnoresHolderCondition extends Planted {
    IgnoresHolderCondition(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return real.apply(
          command instanceof Command.Sale sale ? sale.heldBy(null) : command, now, events);
    }
  }

  /** What is due in the next millisecond ends now, told as if it were time. */
  private static final class ReleasesEarly extends Planted {
    ReleasesEarly(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (real.nextDeadline() == now + 1) {
        real.apply(
            new Command.Tick(),
            now + 1,
            e -> events.accept(new Event(e.seq(), now, e.change(), e.author(), e.seats())));
      }
      return real.apply(command, now, events);
    }
  }

  /** Keeps the deadlines that it tells but ends locks some time after them. */
  private static final class LimitsShifted extends Planted {
    private final long shift;

    LimitsShifted(Machine real, long shift) {
      super(real);
      this.shift = shift;
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (real.nextDeadline() == now) {
        changeSessions(
            session ->
                session.deadline() == now
                    ? withDeadline(session, session.deadline() + shift)
                    : session);
      }
      return real.apply(command, now, events);
    }
  }

  private static final class ForgetsOneExpiry extends Planted {
    private static final int WHICH = 5;
    private int expiries;

    ForgetsOneExpiry(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      long next = real.nextDeadline();
      if (next <= now && ++expiries == WHICH) {
        changeSessions(
            session ->
                session.deadline() == next ? withDeadline(session, now + 1_000_000) : session);
      }
      return real.apply(command, now, events);
    }
  }

  private static final class RestartsTimeLimit extends Planted {
    RestartsTimeLimit(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      Result result = real.apply(command, now, events);
      if (command instanceof Command.Lock lock && result instanceof Result.Granted) {
        Snapshot state = real.snapshot();
        long deadline = state.at() + state.settings().timeLimit().toMillis();
        changeSessions(
            session ->
                session.holder().equals(lock.holder()) ? withDeadline(session, deadline) : session);
      }
      return result;
    }
  }

  /** The classic mistake: a timer that was not cancelled by the sale. */
  private static final class FreesPaidSeat extends Planted {
    private long oldDeadline = Long.MAX_VALUE;
    private String paid = "";

    FreesPaidSeat(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (now >= oldDeadline) {
        real.apply(Command.unpay(paid), now, event -> {});
        oldDeadline = Long.MAX_VALUE;
      }
      long deadline = real.nextDeadline();
      Result result = real.apply(command, now, events);
      if (command instanceof Command.Sale sale
          && sale.action() == Command.Sale.Action.PAY
          && sale.heldBy() != null
          && result instanceof Result.Granted) {
        oldDeadline = deadline;
        paid = sale.seats().get(0);
      }
      return result;
    }
  }

  private static final class LocksWhatItCan extends Planted {
    LocksWhatItCan(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      Result result = real.apply(command, now, events);
      if (command instanceof Command.Lock lock && result instanceof Result.Refused refused) {
        List<String> free = new ArrayList<>(lock.seats());
        free.removeAll(refused.seats().keySet());
        if (!free.isEmpty()) {
          real.apply(new Command.Lock(lock.holder(), free), now, events);
        }
      }
      return result;
    }
  }

  private static final class LosesAnEvent extends Planted {
    private int told;

    LosesAnEvent(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return real.apply(
          command,
          now,
          event -> {
            if (++told % 100 != 0) {
              events.accept(event);
            }
          });
    }
  }

  private static final class ForgetsDueTimes extends Planted {
    ForgetsDueTimes(Machine real) {
      super(real);
    }

    @Override
    public void restore(Snapshot snapshot) {
      real.restore(
          new Snapshot(
              snapshot.settings(),
              snapshot.seatsKnown(),
              snapshot.seq(),
              snapshot.at(),
              snapshot.seats().stream()
                  .map(seat -> new Snapshot.Seat(seat.id(), seat.status(), null, seat.ref()))
                  .toList(),
              snapshot.sessions()));
    }
  }

  private static final class ForgetsRef extends Planted {
    ForgetsRef(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      Result result = real.apply(command, now, events);
      if (command instanceof Command.Sale sale
          && sale.action() == Command.Sale.Action.PAY
          && sale.ref() == null
          && result instanceof Result.Granted) {
        Snapshot state = real.snapshot();
        real.restore(
            new Snapshot(
                state.settings(),
                state.seatsKnown(),
                state.seq(),
                state.at(),
                state.seats().stream()
                    .map(
                        seat ->
                            sale.seats().contains(seat.id())
                                ? new Snapshot.Seat(seat.id(), seat.status(), null, null)
                                : seat)
                    .toList(),
                state.sessions()));
      }
      return result;
    }
  }

  private static final class ForgetsAnswersAtRestore extends Planted {
    ForgetsAnswersAtRestore(Machine real) {
      super(real);
    }

    @Override
    public void restore(Snapshot snapshot) {
      real.restore(changed(snapshot, session -> withAnswers(session, List.of())));
    }
  }

  private static final class ForgetsAnAnswerTooSoon extends Planted {
    ForgetsAnAnswerTooSoon(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      Result result = real.apply(command, now, events);
      if (command instanceof Command.Once once) {
        int size = session(once.holder()).map(session -> session.answers().size()).orElse(0);
        if (size == Command.Once.REMEMBERED) {
          changeSessions(
              session ->
                  session.holder().equals(once.holder())
                      ? withAnswers(session, session.answers().subList(1, size))
                      : session);
        }
      }
      return result;
    }
  }

  private static final class DoesAgain extends Planted {
    DoesAgain(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      boolean known =
          command instanceof Command.Once once
              && session(once.holder()).stream()
                  .flatMap(session -> session.answers().stream())
                  .anyMatch(answer -> answer.id().equals(once.id()));
      return known
          ? real.apply(((Command.Once) command).action(), now, events)
          : real.apply(command, now, events);
    }
  }

  private static final class IgnoresReusedIds extends Planted {
    IgnoresReusedIds(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      Result result = real.apply(command, now, events);
      return command instanceof Command.Once once
              && result instanceof Result.Refused refused
              && refused.reason() == Reason.ID_REUSED
          ? session(once.holder()).orElseThrow().answers().stream()
              .filter(answer -> answer.id().equals(once.id()))
              .map(Snapshot.Answer::result)
              .findFirst()
              .orElseThrow()
          : result;
    }
  }

  private static final class AsksOnAnyConnection extends Planted {
    AsksOnAnyConnection(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return command instanceof Command.Once once && !once.beyondLimit()
          ? real.apply(new Command.Once(once.holder(), once.id(), once.action()), now, events)
          : real.apply(command, now, events);
    }
  }

  private static final class GraceEndsEarly extends Planted {
    GraceEndsEarly(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      real.snapshot().sessions().stream()
          .filter(session -> session.graceEnd() == now + 1)
          .forEach(session -> real.apply(new Command.CloseSession(session.holder()), now, events));
      return real.apply(command, now, events);
    }
  }

  private static final class GraceRunsOn extends Planted {
    GraceRunsOn(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (!(command instanceof Command.ResumeSession resume)) {
        return real.apply(command, now, events);
      }
      long graceEnd = session(resume.holder()).map(Snapshot.Session::graceEnd).orElse(0L);
      Result result = real.apply(command, now, events);
      if (result instanceof Result.Granted) {
        changeSessions(
            session ->
                session.holder().equals(resume.holder())
                    ? withGraceEnd(session, graceEnd)
                    : session);
      }
      return result;
    }
  }

  private static final class DetachedByAnyConnection extends Planted {
    DetachedByAnyConnection(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (command instanceof Command.DetachSession detach) {
        String current = session(detach.holder()).map(Snapshot.Session::connection).orElse(null);
        if (current != null) {
          return real.apply(new Command.DetachSession(detach.holder(), current), now, events);
        }
      }
      return real.apply(command, now, events);
    }
  }

  private static final class ResumedByAnyone extends Planted {
    ResumedByAnyone(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (command instanceof Command.ResumeSession resume) {
        String right = session(resume.holder()).map(Snapshot.Session::credential).orElse(null);
        if (right != null) {
          return real.apply(
              new Command.ResumeSession(resume.holder(), right, resume.connection()), now, events);
        }
      }
      return real.apply(command, now, events);
    }
  }

  private static final class TakesOverInSilence extends Planted {
    TakesOverInSilence(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return real.apply(
          command,
          now,
          event -> {
            if (event.change() != Change.TAKEN_OVER) {
              events.accept(event);
            }
          });
    }
  }

  private static final class DetachesOneOfANode extends Planted {
    DetachesOneOfANode(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      if (command instanceof Command.DetachNode detach) {
        for (Snapshot.Session session : real.snapshot().sessions()) {
          if (session.connection() != null
              && session.connection().startsWith(detach.node() + "/")) {
            return real.apply(
                new Command.DetachSession(session.holder(), session.connection()), now, events);
          }
        }
      }
      return real.apply(command, now, events);
    }
  }

  private static final class WarnsTwice extends Planted {
    WarnsTwice(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return real.apply(
          command,
          now,
          event -> {
            events.accept(event);
            if (event.change() == Change.EXPIRING) {
              events.accept(event);
            }
          });
    }
  }

  private static final class CountsWarnings extends Planted {
    CountsWarnings(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      return real.apply(
          command,
          now,
          e ->
              events.accept(
                  e.change() == Change.EXPIRING
                      ? new Event(
                          e.seq() + 1,
                          e.at(),
                          e.change(),
                          e.author(),
                          e.seats(),
                          e.expiresInMillis())
                      : e));
    }
  }

  private static final class ForgetsWarningAtRestore extends Planted {
    ForgetsWarningAtRestore(Machine real) {
      super(real);
    }

    @Override
    public void restore(Snapshot snapshot) {
      real.restore(
          changed(
              snapshot,
              session ->
                  new Snapshot.Session(
                      session.holder(),
                      session.locks(),
                      session.lockedSince(),
                      session.deadline(),
                      false,
                      session.credential(),
                      session.connection(),
                      session.graceEnd(),
                      session.answers())));
    }
  }

  /** Of two ends at one time it does the wrong one first: the holder is not told why. */
  private static final class GraceBeforeLocks extends Planted {
    GraceBeforeLocks(Machine real) {
      super(real);
    }

    @Override
    public Result apply(Command command, long now, Consumer<Event> events) {
      long next = real.nextDeadline();
      if (next <= now) {
        real.snapshot().sessions().stream()
            .filter(session -> session.graceEnd() == next && session.deadline() == next)
            .forEach(
                session ->
                    real.apply(new Command.CloseSession(session.holder()), next - 1, events));
      }
      return real.apply(command, now, events);
    }
  }
}
