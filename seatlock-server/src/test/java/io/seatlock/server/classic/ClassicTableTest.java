package io.seatlock.server.classic;

import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Command;
import io.seatlock.core.Session;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.TestServer;
import io.seatlock.server.transport.TransportLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The classic dialect, cell by cell: what the author and the others are told. */
@Timeout(60)
class ClassicTableTest {

  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(TransportLimits.DEFAULT, 1 << 20);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /**
   * The columns after the state: lock, unlock, reserve, unreserve, pay, unpay, revoke. {@code
   * !word}: a refusal, to the author alone. {@code a/b}: the author is told a, the others b. Else
   * everyone is told the same.
   */
  @ParameterizedTest
  @CsvSource({
    "available,       lockedForYou/locked, !alreadyUnlocked,        reserved,"
        + " !notReserved, paid,         !notPaid, !notReserved",
    "locked-by-me,    !alreadyLocked,      unlockedForYou/unlocked, reserved,"
        + " !notReserved, paid,         !notPaid, !notReserved",
    "locked-by-other, !alreadyLocked,      !notYours,               reserved,"
        + " !notReserved, paid,         !notPaid, !notReserved",
    "reserved,        !alreadyReserved,    !notYours,               !alreadyReserved,"
        + " unreserved,   paid,         !notPaid, unreserved",
    "paid,            !alreadyPaid,        !notYours,               !alreadyPaid,"
        + " !notReserved, !alreadyPaid, unpaid,   unpaid",
    "blocked,         !blocked,            !notYours,               !blocked,"
        + " !notReserved, !blocked,     !notPaid, !notReserved"
  })
  void act_inEveryState_tellsAuthorAndOthers(
      String state,
      String lock,
      String unlock,
      String reserve,
      String unreserve,
      String pay,
      String unpay,
      String revoke) {
    List<String> actions =
        List.of("lock", "unlock", "reserve", "unreserve", "pay", "unpay", "revoke");
    List<String> cells = List.of(lock, unlock, reserve, unreserve, pay, unpay, revoke);
    String path = "/table-" + state;
    try (ClassicClient author = ClassicClient.join(server.address(), path);
        ClassicClient other = ClassicClient.join(server.address(), path);
        ClassicClient third = ClassicClient.join(server.address(), path)) {
      for (int i = 0; i < actions.size(); i++) {
        String seat = "S" + i;
        bring(seat, state, path.substring(1), author, other, third);
        author.act(actions.get(i), seat, SECRET);
        expect(cells.get(i), seat, author, other, third);
      }
      author.expectNothingMore();
      other.expectNothingMore();
      third.expectNothingMore();
    }
  }

  private static void bring(
      String seat,
      String state,
      String show,
      ClassicClient author,
      ClassicClient other,
      ClassicClient third) {
    switch (state) {
      case "available" -> {}
      case "locked-by-me" -> {
        author.act("lock", seat);
        expect("lockedForYou/locked", seat, author, other, third);
      }
      case "locked-by-other" -> {
        other.act("lock", seat);
        expect("lockedForYou/locked", seat, other, author, third);
      }
      case "reserved" -> {
        third.act("reserve", seat, SECRET);
        expect("reserved", seat, author, other, third);
      }
      case "paid" -> {
        third.act("pay", seat, SECRET);
        expect("paid", seat, author, other, third);
      }
      case "blocked" -> {
        // This dialect has no word for it; like the first message, it calls such a seat reserved.
        server.seatLock().show(show).apply(Command.block(seat));
        expect("reserved", seat, author, other, third);
      }
      default -> throw new AssertionError(state);
    }
  }

  private static void expect(
      String cell, String seat, ClassicClient author, ClassicClient... others) {
    if (cell.startsWith("!")) {
      author.expectEvent(cell.substring(1), seat);
      return;
    }
    String[] words = cell.split("/");
    author.expectEvent(words[0], seat);
    for (ClassicClient other : others) {
      other.expectEvent(words[words.length - 1], seat);
    }
  }

  @Test
  void connect_anyState_isToldFirst_blockedCountsAsReserved() {
    Show show = server.seatLock().show("start");
    try (ClassicClient holder = ClassicClient.join(server.address(), "/start")) {
      show.apply(Command.block("X1"));
      show.apply(Command.block("X2"));
      show.apply(Command.unblock("X2"));
      holder.expectEvent("reserved", "X1").expectEvent("reserved", "X2");
      holder.expectEvent("unreserved", "X2");
      for (String action : List.of("lock L1", "lock L2", "reserve R1", "pay P1", "pay P2")) {
        String[] words = action.split(" ");
        holder.act(words[0], words[1], SECRET).next();
      }
      holder.act("unpay", "P2", SECRET).expectEvent("unpaid", "P2");

      try (ClassicClient late = ClassicClient.connect(server.address(), "/start")) {
        late.expect(
            "{\"event\":\"startstate\",\"data\":"
                + "{\"locked\":[\"L1\",\"L2\"],\"reserved\":[\"R1\",\"X1\"],\"paid\":[\"P1\"]}}");
        holder.act("lock", "L3").expectEvent("lockedForYou", "L3");
        late.expectEvent("locked", "L3").expectNothingMore();
      }
    }
  }

  @Test
  void lock_seatThatTheShowDoesNotHave_isUnknown() {
    server
        .seatLock()
        .open("seated", ShowSettings.DEFAULT.withMaxLocks(2), List.of("A1", "A2", "A3"));
    try (ClassicClient author = ClassicClient.join(server.address(), "/seated");
        ClassicClient other = ClassicClient.join(server.address(), "/seated")) {
      author.act("lock", "Z9").expectEvent("unknownSeat", "Z9");
      author.act("lock", "A1").expectEvent("lockedForYou", "A1");
      author.act("lock", "A2").expectEvent("lockedForYou", "A2");
      author.act("lock", "A3").expectEvent("limitReached", "A3");
      author.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
      author.act("lock", "A3").expectEvent("lockedForYou", "A3");
      other.expectEvent("locked", "A1").expectEvent("locked", "A2");
      other.expectEvent("unlocked", "A1").expectEvent("locked", "A3");
    }
  }

  @Test
  void reserve_dueTimePasses_everyoneIsToldUnreserved() {
    Show show = server.seatLock().show("due");
    try (ClassicClient first = ClassicClient.join(server.address(), "/due");
        ClassicClient second = ClassicClient.join(server.address(), "/due")) {
      show.apply(Command.reserve("A1").due(Instant.now().plusMillis(300)));
      for (ClassicClient client : List.of(first, second)) {
        client.expectEvent("reserved", "A1").expectEvent("unreserved", "A1").expectNothingMore();
      }
    }
  }

  @Test
  void severalSeatsAtOnce_areToldOneByOne() {
    Show show = server.seatLock().show("several");
    try (ClassicClient client = ClassicClient.join(server.address(), "/several")) {
      Session session = show.openSession();
      session.lock("A1", "A2", "A3");
      client.expectEvent("locked", "A1").expectEvent("locked", "A2").expectEvent("locked", "A3");
      session.close();
      List<String> freed = new ArrayList<>(client.next(3));
      freed.sort(null);
      assertThat(freed)
          .containsExactly(
              ClassicClient.event("unlocked", "A1"),
              ClassicClient.event("unlocked", "A2"),
              ClassicClient.event("unlocked", "A3"));
      client.expectNothingMore();
    }
  }
}
