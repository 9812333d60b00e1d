package io.seatlock.core;

import static io.seatlock.core.Stage.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeatMachineTest {

  /** The table of the wire contract, word for word; "same" is a grant that changes nothing. */
  private static final String SEAT_MACHINE =
      """
      action    | available        | mine           | others'        | reserved         | paid         | blocked
      lock      | -> LOCKED        | same           | ALREADY_LOCKED | ALREADY_RESERVED | ALREADY_PAID | BLOCKED
      unlock    | ALREADY_UNLOCKED | -> AVAILABLE   | NOT_YOURS      | NOT_YOURS        | NOT_YOURS    | NOT_YOURS
      reserve   | -> RESERVED      | -> RESERVED    | -> RESERVED    | ALREADY_RESERVED | ALREADY_PAID | BLOCKED
      unreserve | NOT_RESERVED     | NOT_RESERVED   | NOT_RESERVED   | -> AVAILABLE     | NOT_RESERVED | NOT_RESERVED
      pay       | -> PAID          | -> PAID        | -> PAID        | -> PAID          | ALREADY_PAID | BLOCKED
      unpay     | NOT_PAID         | NOT_PAID       | NOT_PAID       | NOT_PAID         | -> AVAILABLE | NOT_PAID
      revoke    | NOT_RESERVED     | NOT_RESERVED   | NOT_RESERVED   | -> AVAILABLE     | -> AVAILABLE | NOT_RESERVED
      block     | -> BLOCKED       | ALREADY_LOCKED | ALREADY_LOCKED | ALREADY_RESERVED | ALREADY_PAID | same
      unblock   | same             | ALREADY_LOCKED | ALREADY_LOCKED | ALREADY_RESERVED | ALREADY_PAID | -> AVAILABLE
      """;

  /** What reserve and pay do on condition that "me" has locked the seat. */
  private static final String HELD_BY_ME =
      """
      action  | available        | mine        | others'   | reserved         | paid         | blocked
      reserve | ALREADY_UNLOCKED | -> RESERVED | NOT_YOURS | ALREADY_RESERVED | ALREADY_PAID | BLOCKED
      pay     | ALREADY_UNLOCKED | -> PAID     | NOT_YOURS | ALREADY_RESERVED | ALREADY_PAID | BLOCKED
      """;

  private Stage stage = Stage.ofAnySeats("me", "other");

  @AfterEach
  void invariantsHold() {
    stage.checkInvariants();
  }

  // --- the table

  static Stream<Arguments> seatMachine() {
    return Stream.of("any seats", "known seats")
        .flatMap(kind -> cells(SEAT_MACHINE).map(cell -> Arguments.of(kind, cell)));
  }

  @ParameterizedTest
  @MethodSource("seatMachine")
  void apply_everyActionInEveryStatus_doesWhatTheTableSays(String kind, Cell cell) {
    stageOf(kind);
    bring("A1", cell.status);
    checkCell(cell, command(cell.action));
  }

  static Stream<Arguments> heldByMe() {
    return Stream.of("any seats", "known seats")
        .flatMap(kind -> cells(HELD_BY_ME).map(cell -> Arguments.of(kind, cell)));
  }

  @ParameterizedTest
  @MethodSource("heldByMe")
  void apply_holderConditionInEveryStatus_isGrantedForTheHoldersLockAlone(String kind, Cell cell) {
    stageOf(kind);
    bring("A1", cell.status);
    checkCell(cell, ((Command.Sale) command(cell.action)).heldBy("me"));
  }

  @Test
  void theTable_hasEveryCell() {
    assertThat(cells(SEAT_MACHINE)).hasSize(54);
    assertThat(cells(HELD_BY_ME)).hasSize(12);
  }

  private void checkCell(Cell cell, Command command) {
    SeatStatus before = stage.status("A1");
    Result result = stage.apply(command);
    List<String> changes = stage.changes();
    if (cell.expected.startsWith("-> ")) {
      SeatStatus after = SeatStatus.valueOf(cell.expected.substring(3));
      assertThat(result).isEqualTo(stage.granted(cell.action.equals("lock") ? 100 : 0, "A1"));
      assertThat(changes).containsExactly(change(cell.action, before) + " [A1] by me");
      assertThat(stage.status("A1")).isEqualTo(after);
    } else {
      assertThat(result)
          .isEqualTo(
              cell.expected.equals("same")
                  ? stage.unchanged(cell.action.equals("lock") ? 100 : 0, "A1")
                  : refused("A1", Reason.valueOf(cell.expected)));
      assertThat(changes).isEmpty();
      assertThat(stage.status("A1")).isEqualTo(before);
    }
  }

  private static Change change(String action, SeatStatus before) {
    return switch (action) {
      case "lock" -> Change.LOCKED;
      case "unlock" -> Change.UNLOCKED;
      case "reserve" -> Change.RESERVED;
      case "unreserve" -> Change.UNRESERVED;
      case "pay" -> Change.PAID;
      case "unpay" -> Change.UNPAID;
      case "revoke" -> before == SeatStatus.PAID ? Change.UNPAID : Change.UNRESERVED;
      case "block" -> Change.BLOCKED;
      case "unblock" -> Change.UNBLOCKED;
      default -> throw new AssertionError(action);
    };
  }

  private static Command command(String action) {
    return switch (action) {
      case "lock" -> new Command.Lock("me", List.of("A1"));
      case "unlock" -> new Command.Unlock("me", List.of("A1"));
      case "reserve" -> Command.reserve("A1").by("me");
      case "unreserve" -> Command.unreserve("A1").by("me");
      case "pay" -> Command.pay("A1").by("me");
      case "unpay" -> Command.unpay("A1").by("me");
      case "revoke" -> Command.revoke("A1").by("me");
      case "block" -> Command.block("A1").by("me");
      case "unblock" -> Command.unblock("A1").by("me");
      default -> throw new AssertionError(action);
    };
  }

  private void bring(String seat, String status) {
    switch (status) {
      case "available" -> {}
      case "mine" -> stage.lock("me", seat);
      case "others'" -> stage.lock("other", seat);
      case "reserved" -> stage.apply(Command.reserve(seat));
      case "paid" -> stage.apply(Command.pay(seat));
      case "blocked" -> stage.apply(Command.block(seat));
      default -> throw new AssertionError(status);
    }
    stage.events();
  }

  private void stageOf(String kind) {
    if (kind.equals("known seats")) {
      stage = Stage.ofSeats("A1", "A2", "A3", "A4").open("me", "other");
    }
  }

  private record Cell(String action, String status, String expected) {
    @Override
    public String toString() {
      return action + " of a seat that is " + status + ": " + expected;
    }
  }

  private static Stream<Cell> cells(String table) {
    List<String[]> rows = table.lines().map(line -> line.strip().split("\\s*\\|\\s*")).toList();
    List<Cell> cells = new ArrayList<>();
    for (String[] row : rows.subList(1, rows.size())) {
      for (int column = 1; column < row.length; column++) {
        cells.add(new Cell(row[0], rows.get(0)[column], row[column]));
      }
    }
    return cells.stream();
  }

  // --- several seats

  @Test
  void lock_severalFreeSeats_isOneChangeInTheOrderNamed() {
    assertThat(stage.lock("me", "B2", "B10", "A1"))
        .isEqualTo(stage.granted(100, "B2", "B10", "A1"));
    assertThat(stage.changes()).containsExactly("LOCKED [B2, B10, A1] by me");
    assertThat(stage.seq()).isEqualTo(1);
  }

  @Test
  void lock_someSeatsMineAlready_changesTheOthersAlone() {
    stage.lock("me", "A2");
    stage.events();
    assertThat(stage.lock("me", "A1", "A2", "A3")).isEqualTo(stage.granted(100, "A1", "A2", "A3"));
    assertThat(stage.changes()).containsExactly("LOCKED [A1, A3] by me");
  }

  @Test
  void lock_someSeatsTaken_refusesAllAndNamesEachReasonInTheOrderNamed() {
    stage.lock("other", "A2");
    stage.apply(Command.pay("A4"));
    stage.apply(Command.block("A5"));
    stage.events();
    Result result = stage.lock("me", "A5", "A1", "A4", "A2");
    assertThat(result)
        .isEqualTo(
            refused("A5", Reason.BLOCKED, "A4", Reason.ALREADY_PAID, "A2", Reason.ALREADY_LOCKED));
    assertThat(((Result.Refused) result).seats()).containsOnlyKeys("A5", "A4", "A2");
    assertThat(((Result.Refused) result).seats().keySet()).containsExactly("A5", "A4", "A2");
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.AVAILABLE);
    assertThat(stage.session("me").locks()).isEmpty();
  }

  @Test
  void unlock_oneSeatNotMine_unlocksNone() {
    stage.lock("me", "A1", "A2");
    stage.lock("other", "A3");
    stage.apply(Command.reserve("A4"));
    stage.events();
    assertThat(stage.unlock("me", "A1", "A3", "A4", "A5", "A2"))
        .isEqualTo(
            refused("A3", Reason.NOT_YOURS, "A4", Reason.NOT_YOURS, "A5", Reason.ALREADY_UNLOCKED));
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.session("me").locks()).containsExactly("A1", "A2");
  }

  @ParameterizedTest
  @EnumSource(Command.Sale.Action.class)
  void sale_oneSeatRefused_changesNone(Command.Sale.Action action) {
    stage.apply(Command.reserve("R"));
    stage.apply(Command.pay("P"));
    stage.apply(Command.block("B"));
    Snapshot before = stage.snapshot();
    List<String> seats =
        switch (action) {
          case RESERVE -> List.of("A", "P");
          case PAY -> List.of("A", "R", "B");
          case UNRESERVE, REVOKE -> List.of("R", "A");
          case UNPAY -> List.of("P", "R");
          case BLOCK -> List.of("A", "R");
          case UNBLOCK -> List.of("B", "P");
        };
    assertThat(stage.apply(new Command.Sale(action, seats, null, null, null, null, null)))
        .isInstanceOf(Result.Refused.class);
    assertThat(stage.snapshot()).isEqualTo(before);
  }

  @Test
  void pay_seatsOfSeveralStatuses_isOneChange() {
    stage.lock("me", "A1");
    stage.lock("other", "A2");
    stage.apply(Command.reserve("A3"));
    stage.events();
    assertThat(stage.apply(Command.pay("A4", "A3", "A2", "A1")))
        .isEqualTo(stage.granted(0, "A4", "A3", "A2", "A1"));
    assertThat(stage.changes()).containsExactly("PAID [A4, A3, A2, A1] by null");
    assertThat(stage.session("me").locks()).isEmpty();
  }

  @Test
  void pay_heldByMeOneSeatAnothers_paysNone() {
    stage.lock("me", "A1");
    stage.lock("other", "A2");
    stage.events();
    assertThat(stage.apply(Command.pay("A1", "A2", "A3").heldBy("me")))
        .isInstanceOfSatisfying(
            Result.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.NOT_YOURS);
              assertThat(refused.seats().toString())
                  .isEqualTo("{A2=NOT_YOURS, A3=ALREADY_UNLOCKED}");
            });
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
  }

  @Test
  void pay_heldBySomebodyWithoutSession_isRefused() {
    stage.lock("me", "A1");
    assertThat(stage.apply(Command.pay("A1").heldBy("nobody")))
        .isEqualTo(refused("A1", Reason.NOT_YOURS));
  }

  @Test
  void revoke_reservedAndPaidSeats_frees_eachInItsOwnWord() {
    stage.apply(Command.reserve("R1", "R2"));
    stage.apply(Command.pay("P1", "P2"));
    stage.events();
    assertThat(stage.apply(Command.revoke("P1", "R2", "R1", "P2").by("me")))
        .isEqualTo(stage.granted(0, "P1", "P2"));
    assertThat(stage.changes())
        .containsExactly("UNRESERVED [R2, R1] by me", "UNPAID [P1, P2] by me");
    assertThat(stage.snapshot().seats()).isEmpty();
  }

  @Test
  void block_someSeatsBlockedAlready_changesTheOthersAlone() {
    stage.apply(Command.block("A1"));
    stage.events();
    assertThat(stage.apply(Command.block("A1", "A2"))).isEqualTo(stage.granted(0, "A2"));
    assertThat(stage.changes()).containsExactly("BLOCKED [A2] by null");
    assertThat(stage.apply(Command.unblock("A1", "A2", "A3")))
        .isEqualTo(stage.granted(0, "A1", "A2"));
    assertThat(stage.changes()).containsExactly("UNBLOCKED [A1, A2] by null");
  }

  // --- the limit of locks

  @Test
  void lock_moreSeatsThanAllowed_isRefusedForThoseBeyondTheLimit() {
    assertThat(stage.lock("me", "A1", "A2", "A3", "A4"))
        .isEqualTo(refused("A4", Reason.LIMIT_REACHED));
    assertThat(stage.changes()).isEmpty();
  }

  @Test
  void lock_oneMoreThanAllowed_isRefusedUntilOneIsGivenBack() {
    stage.lock("me", "A1", "A2");
    stage.lock("me", "A3");
    assertThat(stage.lock("me", "A4")).isEqualTo(refused("A4", Reason.LIMIT_REACHED));
    stage.unlock("me", "A2");
    assertThat(stage.lock("me", "A4")).isEqualTo(stage.granted(100, "A4"));
  }

  @Test
  void lock_ownSeatsAgainAtTheLimit_isGranted() {
    stage.lock("me", "A1", "A2", "A3");
    assertThat(stage.lock("me", "A3", "A1")).isEqualTo(stage.unchanged(100, "A3", "A1"));
    assertThat(stage.lock("me", "A3", "A4")).isEqualTo(refused("A4", Reason.LIMIT_REACHED));
  }

  @Test
  void lock_soldSeats_doNotCountForTheLimit() {
    stage.lock("me", "A1", "A2", "A3");
    stage.apply(Command.pay("A1").heldBy("me"));
    assertThat(stage.lock("me", "A4")).isEqualTo(stage.granted(100, "A4"));
  }

  @Test
  void lock_limitReachedByOne_doesNotConcernAnother() {
    stage.lock("me", "A1", "A2", "A3");
    assertThat(stage.lock("other", "B1", "B2", "B3"))
        .isEqualTo(stage.granted(100, "B1", "B2", "B3"));
  }

  // --- the time limit

  @Test
  void lock_timeLimit_startsWithTheFirstLockAndCoversAll() {
    stage.lock("me", "A1");
    stage.at(60);
    assertThat(stage.lock("me", "A2")).isEqualTo(stage.granted(40, "A2"));
    assertThat(stage.nextDeadline()).isEqualTo(100);
    assertThat(stage.session("me"))
        .isEqualTo(
            new Snapshot.Session(
                "me",
                List.of("A1", "A2"),
                Stage.START,
                Stage.START + 100,
                true,
                null,
                null,
                0,
                List.of()));
  }

  @Test
  void lock_ownSeatAgain_doesNotProlongTheTimeLimit() {
    stage.lock("me", "A1");
    assertThat(stage.at(60).lock("me", "A1")).isEqualTo(stage.unchanged(40, "A1"));
    assertThat(stage.nextDeadline()).isEqualTo(100);
  }

  @Test
  void lock_afterFirstSeatWasUnlocked_keepsTheTimeLimitWhileAnyIsHeld() {
    stage.lock("me", "A1");
    stage.at(50).lock("me", "A2");
    assertThat(stage.at(60).unlock("me", "A1")).isEqualTo(stage.granted(40, "A1"));
    assertThat(stage.at(70).lock("me", "A3")).isEqualTo(stage.granted(30, "A3"));
  }

  static Stream<Arguments> waysToHoldNothing() {
    return Stream.of(
        Arguments.of("unlock", new Command.Unlock("me", List.of("A1"))),
        Arguments.of("unlockAll", new Command.UnlockAll("me")),
        Arguments.of("reserve", Command.reserve("A1")),
        Arguments.of("pay", Command.pay("A1")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waysToHoldNothing")
  void lock_byHolderThatHoldsNothingAgain_startsANewTimeLimit(String name, Command command) {
    stage.lock("me", "A1");
    stage.at(60).apply(command);
    assertThat(stage.machine().nextDeadline()).isEqualTo(Long.MAX_VALUE);
    assertThat(stage.at(70).lock("me", "A2")).isEqualTo(stage.granted(100, "A2"));
    assertThat(stage.nextDeadline()).isEqualTo(170);
  }

  @Test
  void lock_refused_startsNoTimeLimit() {
    stage.apply(Command.pay("A2"));
    stage.lock("me", "A1", "A2");
    assertThat(stage.machine().nextDeadline()).isEqualTo(Long.MAX_VALUE);
    assertThat(stage.at(60).lock("me", "A1")).isEqualTo(stage.granted(100, "A1"));
  }

  @Test
  void tick_timeLimitReached_releasesAllLocksAsOneChange() {
    stage.lock("me", "A2");
    stage.at(50).lock("me", "A1", "A3");
    stage.events();
    stage.at(100).tick();
    assertThat(stage.events())
        .containsExactly(
            new Event(3, Stage.START + 100, Change.EXPIRED, "me", List.of("A2", "A1", "A3")));
    assertThat(stage.session("me").locks()).isEmpty();
    assertThat(stage.machine().nextDeadline()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 50, 98, 99})
  void tick_beforeTheDeadline_releasesNothing(long time) {
    stage.lock("me", "A1");
    stage.events();
    stage.at(time).tick();
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.lock("other", "A1")).isEqualTo(refused("A1", Reason.ALREADY_LOCKED));
  }

  @ParameterizedTest
  @ValueSource(longs = {100, 101, 5_000, 4_000_000_000_000L})
  void apply_fromTheDeadlineOn_everyCommandFindsTheLockEnded(long time) {
    stage.lock("me", "A1");
    stage.events();
    assertThat(stage.at(time).lock("other", "A1")).isEqualTo(stage.granted(100, "A1"));
    assertThat(stage.changes()).containsExactly("EXPIRED [A1] by me", "LOCKED [A1] by other");
  }

  @Test
  void tick_severalHoldersDue_endsThemInTheOrderOfTheirDeadlines() {
    stage.open("third");
    stage.lock("me", "A1");
    stage.at(10).lock("other", "A2");
    stage.at(20).lock("third", "A3");
    stage.at(30).apply(new Command.Extend("me"));
    stage.events();
    assertThat(stage.nextDeadline()).isEqualTo(110);
    stage.at(1000).tick();
    assertThat(stage.changes())
        .containsExactly("EXPIRED [A2] by other", "EXPIRED [A3] by third", "EXPIRED [A1] by me");
  }

  @Test
  void tick_holdersDueAtTheSameTime_endsThemInTheOrderTheyWereGivenThatTime() {
    stage.lock("other", "A2");
    stage.lock("me", "A1");
    stage.events();
    stage.at(100).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A2] by other", "EXPIRED [A1] by me");
  }

  @Test
  void tick_nothingDue_isGrantedWithoutChange() {
    assertThat(stage.at(5).tick()).isEqualTo(stage.unchanged(0));
    assertThat(stage.machine().time()).isEqualTo(Stage.START + 5);
  }

  @Test
  void refusedCommand_afterTheDeadline_endsTheLockAllTheSame() {
    stage.lock("me", "A1");
    stage.events();
    assertThat(stage.at(100).unlock("me", "A1")).isEqualTo(refused("A1", Reason.ALREADY_UNLOCKED));
    assertThat(stage.changes()).containsExactly("EXPIRED [A1] by me");
  }

  // --- extend

  @Test
  void extend_holderWithLocks_startsItsTimeLimitAnew() {
    stage.lock("me", "A1");
    stage.events();
    assertThat(stage.at(60).apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(100));
    assertThat(stage.changes()).isEmpty();
    stage.at(159).tick();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
    stage.at(160).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A1] by me");
  }

  @Test
  void extend_beyondTheAbsoluteLimit_isCutThenRefused() {
    stage.lock("me", "A1");
    stage.at(80).apply(new Command.Extend("me"));
    assertThat(stage.at(150).apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(100));
    assertThat(stage.at(200).apply(new Command.Extend("me")))
        .isEqualTo(refused(Reason.LIMIT_REACHED));
    assertThat(stage.nextDeadline()).isEqualTo(250);
    stage.at(249).tick();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.LOCKED);
    stage.at(250).tick();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.AVAILABLE);
  }

  @Test
  void extend_partlyBeyondTheAbsoluteLimit_isGrantedForTheRest() {
    stage.lock("me", "A1");
    stage.at(90).apply(new Command.Extend("me"));
    assertThat(stage.at(180).apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(70));
    assertThat(stage.nextDeadline()).isEqualTo(250);
  }

  @Test
  void extend_cutByTheAbsoluteLimit_keepsTheOrderOfDeadlines() {
    stage.lock("me", "A1");
    stage.at(90).apply(new Command.Extend("me"));
    stage.at(170).lock("other", "A2");
    stage.at(180).apply(new Command.Extend("me"));
    stage.events();
    assertThat(stage.nextDeadline()).isEqualTo(250);
    stage.at(300).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A1] by me", "EXPIRED [A2] by other");
  }

  @Test
  void extend_absoluteLimit_startsAnewWithANewFirstLock() {
    stage.lock("me", "A1");
    stage.at(90).apply(new Command.Extend("me"));
    stage.at(180).unlock("me", "A1");
    stage.lock("me", "A1");
    assertThat(stage.at(270).apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(100));
  }

  @Test
  void extend_atTheMomentOfTheLock_isGrantedBecauseTheCapIsFar() {
    stage.lock("me", "A1");
    assertThat(stage.apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(100));
    stage.at(50).apply(new Command.Extend("me"));
    assertThat(stage.apply(new Command.Extend("me"))).isEqualTo(stage.unchanged(100));
    assertThat(stage.nextDeadline()).isEqualTo(150);
  }

  @Test
  void extend_holderWithoutLocks_isRefused() {
    assertThat(stage.apply(new Command.Extend("me"))).isEqualTo(refused(Reason.NOTHING_LOCKED));
    stage.lock("me", "A1");
    assertThat(stage.at(100).apply(new Command.Extend("me")))
        .isEqualTo(refused(Reason.NOTHING_LOCKED));
  }

  @Test
  void extend_concernsItsHolderAlone() {
    stage.lock("me", "A1");
    stage.lock("other", "A2");
    stage.at(50).apply(new Command.Extend("me"));
    stage.events();
    stage.at(100).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A2] by other");
  }

  // --- time limit against sale

  /** An action of the enumeration below, with its name. */
  private enum Move {
    PAY,
    PAY_IF_HELD,
    LOCK_BY_OTHER,
    UNLOCK,
    TICK
  }

  static Stream<Arguments> ordersOfExpiryAndPayment() {
    List<Arguments> orders = new ArrayList<>();
    for (Move first : Move.values()) {
      for (Move second : Move.values()) {
        for (Move third : Move.values()) {
          for (int atDeadline = 0; atDeadline <= 3; atDeadline++) {
            orders.add(Arguments.of(List.of(first, second, third), 3 - atDeadline));
          }
        }
      }
    }
    return orders.stream();
  }

  /**
   * "me" locks the seat at 0. Then three moves in every order; the first {@code early} of them at
   * the last moment of the time limit, 99, the others at 100, when it has ended.
   */
  @ParameterizedTest
  @MethodSource("ordersOfExpiryAndPayment")
  void expiryAndPayment_inEveryOrder_neverGiveTheSeatTwice(List<Move> moves, int early) {
    stage.lock("me", "A1");
    String owner = "me";
    boolean paid = false;
    for (int i = 0; i < moves.size(); i++) {
      stage.at(i < early ? 99 : 100);
      if (i >= early && "me".equals(owner)) {
        owner = null;
      }
      boolean free = owner == null && !paid;
      boolean expected =
          switch (moves.get(i)) {
            case PAY -> !paid;
            case PAY_IF_HELD, UNLOCK -> "me".equals(owner);
            case LOCK_BY_OTHER -> free || "other".equals(owner);
            case TICK -> true;
          };
      Result result =
          switch (moves.get(i)) {
            case PAY -> stage.apply(Command.pay("A1"));
            case PAY_IF_HELD -> stage.apply(Command.pay("A1").heldBy("me"));
            case LOCK_BY_OTHER -> stage.lock("other", "A1");
            case UNLOCK -> stage.unlock("me", "A1");
            case TICK -> stage.tick();
          };
      assertThat(result instanceof Result.Granted)
          .as("%s of %s: %s", moves.get(i), moves, result)
          .isEqualTo(expected);
      if (expected) {
        switch (moves.get(i)) {
          case PAY, PAY_IF_HELD -> {
            paid = true;
            owner = null;
          }
          case LOCK_BY_OTHER -> owner = "other";
          case UNLOCK -> owner = null;
          case TICK -> {}
        }
      }
      SeatStatus now = owner != null ? SeatStatus.LOCKED : SeatStatus.AVAILABLE;
      assertThat(stage.status("A1")).isEqualTo(paid ? SeatStatus.PAID : now);
    }
    stage.at(10_000).tick();
    assertThat(stage.status("A1")).isEqualTo(paid ? SeatStatus.PAID : SeatStatus.AVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reserve", "pay"})
  void sale_ofLockedSeat_isNotUndoneByTheOldTimeLimit(String action) {
    stage.lock("me", "A1", "A2");
    stage.at(50).apply(command(action));
    stage.events();
    stage.at(100).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A2] by me");
    assertThat(stage.status("A1"))
        .isEqualTo(action.equals("pay") ? SeatStatus.PAID : SeatStatus.RESERVED);
  }

  @Test
  void sale_ofAllLocksThenFreed_isNotTouchedByTheOldTimeLimit() {
    stage.lock("me", "A1");
    stage.at(50).apply(Command.pay("A1").heldBy("me"));
    stage.at(60).apply(Command.unpay("A1"));
    stage.at(70).lock("other", "A1");
    stage.events();
    stage.at(100).tick();
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.session("other").locks()).containsExactly("A1");
  }

  @Test
  void pay_lockTakenOverByAnother_isRefusedForTheFirst() {
    stage.lock("me", "A1");
    stage.at(100).lock("other", "A1");
    assertThat(stage.apply(Command.pay("A1").heldBy("me")))
        .isEqualTo(refused("A1", Reason.NOT_YOURS));
    assertThat(stage.apply(Command.pay("A1").heldBy("other"))).isEqualTo(stage.granted(0, "A1"));
  }

  // --- due times

  @Test
  void reserve_withDueTime_isUnreservedExactlyThen() {
    stage.apply(Command.reserve("A1", "A2").by("me").due(at(500)));
    stage.events();
    assertThat(stage.nextDeadline()).isEqualTo(500);
    stage.at(499).tick();
    assertThat(stage.changes()).isEmpty();
    stage.at(500).tick();
    assertThat(stage.changes()).containsExactly("UNRESERVED [A1, A2] by null");
    assertThat(stage.machine().nextDeadline()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void reserve_dueAlready_isReservedThenUnreservedByTheNextCommand() {
    stage.at(1000);
    assertThat(stage.apply(Command.reserve("A1").due(at(400)))).isEqualTo(stage.granted(0, "A1"));
    assertThat(stage.nextDeadline()).isLessThanOrEqualTo(1000);
    stage.tick();
    assertThat(stage.changes()).containsExactly("RESERVED [A1] by null", "UNRESERVED [A1] by null");
  }

  @Test
  void reserve_dueInPartsOfAMillisecond_isCutToMilliseconds() {
    assertThat(Command.reserve("A1").due(at(5).plusNanos(999_999)).due()).isEqualTo(at(5));
  }

  static Stream<Arguments> waysOutOfAReservation() {
    return Stream.of(
        Arguments.of(Command.pay("A1"), SeatStatus.PAID),
        Arguments.of(Command.unreserve("A1"), SeatStatus.AVAILABLE),
        Arguments.of(Command.revoke("A1"), SeatStatus.AVAILABLE));
  }

  @ParameterizedTest
  @MethodSource("waysOutOfAReservation")
  void reserve_endedBeforeItsDueTime_isNotUnreservedThen(Command command, SeatStatus after) {
    stage.apply(Command.reserve("A1").due(at(500)));
    stage.at(400).apply(command);
    stage.events();
    assertThat(stage.machine().nextDeadline()).isEqualTo(Long.MAX_VALUE);
    stage.at(500).tick();
    assertThat(stage.changes()).isEmpty();
    assertThat(stage.status("A1")).isEqualTo(after);
  }

  @Test
  void pay_atTheDueTime_comesTooLateForTheReservationButPaysTheFreeSeat() {
    stage.apply(Command.reserve("A1").due(at(500)).ref("order"));
    stage.events();
    assertThat(stage.at(500).apply(Command.pay("A1"))).isEqualTo(stage.granted(0, "A1"));
    assertThat(stage.changes()).containsExactly("UNRESERVED [A1] by null", "PAID [A1] by null");
    assertThat(stage.ref("A1")).isNull();
  }

  @Test
  void reserve_againWithoutDueTime_isNotUnreservedAtTheOldOne() {
    stage.apply(Command.reserve("A1").due(at(500)));
    stage.apply(Command.unreserve("A1"));
    stage.apply(Command.reserve("A1"));
    stage.at(500).tick();
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.RESERVED);
  }

  @Test
  void tick_dueTimesAndTimeLimits_endInOneOrder() {
    stage.apply(Command.reserve("A2").due(at(100)));
    stage.apply(Command.reserve("A1").due(at(100)));
    stage.apply(Command.reserve("A3").due(at(50)));
    stage.apply(Command.reserve("A4").due(at(150)));
    stage.lock("me", "B1");
    stage.at(30).lock("other", "B2");
    stage.events();
    stage.at(1000).tick();
    assertThat(stage.changes())
        .containsExactly(
            "UNRESERVED [A3] by null",
            "EXPIRED [B1] by me",
            "UNRESERVED [A1, A2] by null",
            "EXPIRED [B2] by other",
            "UNRESERVED [A4] by null");
  }

  // --- order references

  @Test
  void ref_ofReservation_isKeptByPayment() {
    stage.apply(Command.reserve("A1").ref("order 17").due(at(500)));
    stage.apply(Command.pay("A1"));
    assertThat(stage.snapshot().seats())
        .containsExactly(new Snapshot.Seat("A1", SeatStatus.PAID, null, "order 17"));
  }

  @Test
  void ref_ofPayment_replacesThatOfTheReservation() {
    stage.apply(Command.reserve("A1", "A2").ref("order 17"));
    stage.apply(Command.pay("A1").ref("order 18"));
    assertThat(stage.ref("A1")).isEqualTo("order 18");
    assertThat(stage.ref("A2")).isEqualTo("order 17");
  }

  @Test
  void ref_afterTheSaleEnded_isForgotten() {
    stage = Stage.ofSeats("A1");
    stage.apply(Command.pay("A1").ref("order 17"));
    stage.apply(Command.unpay("A1"));
    assertThat(stage.ref("A1")).isNull();
    stage.apply(Command.pay("A1"));
    assertThat(stage.ref("A1")).isNull();
  }

  // --- sessions

  @Test
  void openSession_twice_isRefused() {
    assertThat(stage.apply(new Command.OpenSession("me")))
        .isEqualTo(refused(Reason.SESSION_EXISTS));
  }

  @Test
  void closeSession_withLocks_releasesThemAsOneChange() {
    stage.lock("me", "A2");
    stage.lock("me", "A1");
    stage.lock("other", "A3");
    stage.events();
    assertThat(stage.apply(new Command.CloseSession("me"))).isEqualTo(stage.granted(0, "A2", "A1"));
    assertThat(stage.changes()).containsExactly("RELEASED [A2, A1] by me");
    assertThat(stage.nextDeadline()).isEqualTo(100);
    stage.at(100).tick();
    assertThat(stage.changes()).containsExactly("EXPIRED [A3] by other");
  }

  @Test
  void closeSession_withoutLocks_isGrantedWithoutChange() {
    assertThat(stage.apply(new Command.CloseSession("me"))).isEqualTo(stage.unchanged(0));
    assertThat(stage.apply(new Command.CloseSession("me"))).isEqualTo(refused(Reason.NO_SESSION));
  }

  @Test
  void closeSession_leavesWhatTheSessionReservedAndPaid() {
    stage.lock("me", "A1", "A2");
    stage.apply(Command.pay("A1").heldBy("me").by("me"));
    stage.apply(Command.reserve("A2").heldBy("me").by("me"));
    stage.apply(new Command.CloseSession("me"));
    assertThat(stage.status("A1")).isEqualTo(SeatStatus.PAID);
    assertThat(stage.status("A2")).isEqualTo(SeatStatus.RESERVED);
  }

  static Stream<Command> commandsOfAHolder() {
    return Stream.of(
        new Command.Lock("nobody", List.of("A1", "A2")),
        new Command.Unlock("nobody", List.of("A1", "A2")),
        new Command.UnlockAll("nobody"),
        new Command.Extend("nobody"),
        new Command.CloseSession("nobody"));
  }

  @ParameterizedTest
  @MethodSource("commandsOfAHolder")
  void apply_holderWithoutSession_isRefused(Command command) {
    Result result = stage.apply(command);
    assertThat(result)
        .isInstanceOfSatisfying(
            Result.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.NO_SESSION));
    assertThat(stage.changes()).isEmpty();
    if (command instanceof Command.Lock || command instanceof Command.Unlock) {
      assertThat(((Result.Refused) result).seats().toString())
          .isEqualTo("{A1=NO_SESSION, A2=NO_SESSION}");
    }
  }

  @Test
  void openSession_afterItsTimeLimitEndedItsLocks_isStillOpen() {
    stage.lock("me", "A1");
    assertThat(stage.at(100).lock("me", "A1")).isEqualTo(stage.granted(100, "A1"));
  }

  @Test
  void unlockAll_releasesEverythingAsOneChange() {
    stage.lock("me", "A3", "A1");
    stage.events();
    assertThat(stage.apply(new Command.UnlockAll("me"))).isEqualTo(stage.granted(0, "A3", "A1"));
    assertThat(stage.changes()).containsExactly("UNLOCKED [A3, A1] by me");
    assertThat(stage.apply(new Command.UnlockAll("me"))).isEqualTo(stage.unchanged(0));
  }

  @Test
  void unlock_oneOfThreeInTheMiddle_leavesTheOthersInOrder() {
    stage.lock("me", "A1", "A2", "A3");
    stage.unlock("me", "A2");
    assertThat(stage.session("me").locks()).containsExactly("A1", "A3");
    stage.unlock("me", "A3");
    stage.lock("me", "A4");
    assertThat(stage.session("me").locks()).containsExactly("A1", "A4");
  }

  // --- known seats and any seats

  static Stream<Command> commandsWithOneUnknownSeat() {
    return Stream.of(
        new Command.Lock("me", List.of("A1", "X")),
        new Command.Unlock("me", List.of("A1", "X")),
        Command.reserve("A1", "X"),
        Command.unreserve("A1", "X"),
        Command.pay("A1", "X"),
        Command.unpay("A1", "X"),
        Command.revoke("A1", "X"),
        Command.block("A1", "X"),
        Command.unblock("A1", "X"));
  }

  @ParameterizedTest
  @MethodSource("commandsWithOneUnknownSeat")
  void apply_seatNotOnTheList_isRefused(Command command) {
    stage = Stage.ofSeats("A1", "a1").open("me");
    assertThat(stage.apply(command))
        .isInstanceOfSatisfying(
            Result.Refused.class,
            refused -> assertThat(refused.seats()).containsEntry("X", Reason.UNKNOWN_SEAT));
    assertThat(stage.changes()).isEmpty();
  }

  @Test
  void ofSeats_keepsItsSeatsInTheirOrderWhateverHappens() {
    stage = Stage.ofSeats("B", "A", "C").open("me");
    stage.lock("me", "C");
    stage.apply(Command.pay("A"));
    stage.apply(Command.unpay("A"));
    stage.at(100).tick();
    assertThat(stage.snapshot().seats())
        .extracting(Snapshot.Seat::id)
        .containsExactly("B", "A", "C");
    assertThat(stage.snapshot().seats(SeatStatus.AVAILABLE)).containsExactly("B", "A", "C");
  }

  @Test
  void ofSeats_seatTwiceOrIllFormed_throws() {
    assertThatThrownBy(() -> SeatMachine.ofSeats(Stage.SETTINGS, List.of("A1", "A2", "A1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("A1");
    assertThatThrownBy(() -> SeatMachine.ofSeats(Stage.SETTINGS, List.of("A 1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seat id");
  }

  static Stream<Arguments> waysToBecomeAvailable() {
    return Stream.of(
        Arguments.of("unlock", List.of(lockA1(), new Command.Unlock("me", List.of("A1")))),
        Arguments.of("unlockAll", List.of(lockA1(), new Command.UnlockAll("me"))),
        Arguments.of("closeSession", List.of(lockA1(), new Command.CloseSession("me"))),
        Arguments.of("unreserve", List.of(Command.reserve("A1"), Command.unreserve("A1"))),
        Arguments.of("unpay", List.of(Command.pay("A1"), Command.unpay("A1"))),
        Arguments.of("revoke", List.of(Command.pay("A1"), Command.revoke("A1"))),
        Arguments.of("unblock", List.of(Command.block("A1"), Command.unblock("A1"))),
        Arguments.of("time limit", List.of(lockA1(), new Command.Tick())),
        Arguments.of("due time", List.of(Command.reserve("A1").due(at(100)), new Command.Tick())));
  }

  private static Command lockA1() {
    return new Command.Lock("me", List.of("A1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waysToBecomeAvailable")
  void ofAnySeats_seatAvailableAgain_isForgotten(String name, List<Command> commands) {
    stage.apply(commands.get(0));
    assertThat(stage.snapshot().seats()).hasSize(1);
    stage.at(commands.get(1) instanceof Command.Tick ? 100 : 50).apply(commands.get(1));
    assertThat(stage.snapshot().seats()).isEmpty();
  }

  @Test
  void ofAnySeats_refusedCommand_remembersNoSeat() {
    stage.lock("other", "A1");
    stage.lock("me", "A2", "A1");
    stage.unlock("me", "A3");
    stage.apply(Command.unblock("A4"));
    stage.apply(Command.pay("A5").heldBy("me"));
    assertThat(stage.snapshot().seats()).extracting(Snapshot.Seat::id).containsExactly("A1");
  }

  @Test
  void apply_idsThatDifferInCaseAlone_areDifferentSeats() {
    stage.lock("me", "a1");
    assertThat(stage.lock("other", "A1")).isEqualTo(stage.granted(100, "A1"));
  }

  // --- time and numbers

  @Test
  void apply_clockGoesBack_timeStandsStill() {
    stage.at(60).lock("me", "A1");
    assertThat(stage.at(10).lock("other", "A2")).isEqualTo(stage.granted(100, "A2"));
    stage.at(-5_000_000).tick();
    assertThat(stage.machine().time()).isEqualTo(Stage.START + 60);
    assertThat(stage.events()).extracting(Event::at).containsOnly(Stage.START + 60);
    assertThat(stage.nextDeadline()).isEqualTo(160);
  }

  @Test
  void apply_clockGoesBackAfterAnExpiry_givesTheLockBackToNobody() {
    stage.lock("me", "A1");
    stage.at(100).tick();
    assertThat(stage.at(50).unlock("me", "A1")).isEqualTo(refused("A1", Reason.ALREADY_UNLOCKED));
  }

  @Test
  void seq_countsChangesNotSeatsNorCommands() {
    stage.lock("me", "A1", "A2", "A3");
    stage.lock("me", "A1");
    stage.lock("other", "A1");
    stage.apply(Command.pay("A1", "A2"));
    stage.at(100).tick();
    assertThat(stage.events()).extracting(Event::seq).containsExactly(1L, 2L, 3L);
    assertThat(stage.snapshot().seq()).isEqualTo(3);
  }

  @Test
  void lock_longLimits_haveNoOverflow() {
    Duration longest = Duration.ofDays(3650);
    SeatMachine machine = SeatMachine.ofAnySeats(new ShowSettings(longest, longest, 1));
    machine.apply(new Command.OpenSession("me"), Stage.START, event -> {});
    assertThat(machine.apply(lockA1(), Stage.START, event -> {}))
        .isEqualTo(new Result.Granted(1, List.of("A1"), Change.LOCKED, longest.toMillis()));
  }

  // --- snapshots that cannot be

  static Stream<UnaryOperator<Snapshot>> contradictions() {
    Snapshot.Seat locked = new Snapshot.Seat("A1", SeatStatus.LOCKED, null, null);
    Snapshot.Session me = new Snapshot.Session("me", List.of("A1"), Stage.START, Stage.START + 100);
    Snapshot.Session other =
        new Snapshot.Session("other", List.of("A1"), Stage.START, Stage.START + 100);
    return Stream.of(
        start -> with(start, List.of(locked), List.of()),
        start -> with(start, List.of(locked), List.of(me, other)),
        start -> with(start, List.of(locked), List.of(me, me)),
        start -> with(start, List.of(locked, locked), List.of(me)),
        start -> with(start, List.of(), List.of(me)),
        start -> with(start, List.of(seat(SeatStatus.PAID)), List.of(me)),
        start -> with(start, List.of(seat(SeatStatus.AVAILABLE)), List.of()));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void of_snapshotThatContradictsItself_throws(UnaryOperator<Snapshot> change) {
    Snapshot wrong = change.apply(SeatMachine.ofAnySeats(Stage.SETTINGS).snapshot());
    assertThatThrownBy(() -> SeatMachine.of(wrong)).isInstanceOf(IllegalArgumentException.class);
  }

  /** One that was available with a due time was once "unreserved" when that time came. */
  @ParameterizedTest
  @EnumSource(SeatStatus.class)
  void snapshot_dueTimeOrRefThatTheStatusCannotHave_throws(SeatStatus status) {
    boolean reserved = status == SeatStatus.RESERVED;
    boolean sold = reserved || status == SeatStatus.PAID;
    assertThat(new Snapshot.Seat("A1", status, reserved ? at(1) : null, sold ? "ref" : null).id())
        .isEqualTo("A1");
    if (!reserved) {
      assertThatThrownBy(() -> new Snapshot.Seat("A1", status, at(1), null))
          .isInstanceOf(IllegalArgumentException.class);
    }
    if (!sold) {
      assertThatThrownBy(() -> new Snapshot.Seat("A1", status, null, "ref"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Snapshot.Seat seat(SeatStatus status) {
    return new Snapshot.Seat("A1", status, null, null);
  }

  private static Snapshot with(
      Snapshot start, List<Snapshot.Seat> seats, List<Snapshot.Session> sessions) {
    return new Snapshot(
        start.settings(), start.seatsKnown(), start.seq(), start.at(), seats, sessions);
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(Stage.START + millis);
  }
}
