package io.seatlock.protocol.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Change;
import io.seatlock.core.Command;
import io.seatlock.core.Event;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.Role;
import io.seatlock.protocol.v2.Request.Action;
import io.seatlock.protocol.v2.Request.Purpose;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActionsTest {

  private static final RequestId ID = RequestId.of(7);
  private static final List<String> SEATS = List.of("A1", "A2");

  private static Request request(Action action) {
    return Request.of(ID, action, action.onSeats() ? SEATS : List.of());
  }

  private static List<String> answer(Action action, Result result, Event... events) {
    return Actions.answer(request(action), result, List.of(events)).stream()
        .map(message -> new String(message, StandardCharsets.UTF_8))
        .toList();
  }

  private static Result granted(@Nullable Change change) {
    return new Result.Granted(9, SEATS, change, 600);
  }

  private static Event event(long seq, Change change, String seat) {
    return new Event(seq, 1_000, change, "h", List.of(seat));
  }

  @Test
  void toCommand_isDoneByTheHolder() throws InvalidMessageException {
    assertThat(Actions.toCommand("h", request(Action.LOCK)))
        .isEqualTo(new Command.Lock("h", SEATS));
    assertThat(Actions.toCommand("h", request(Action.UNLOCK)))
        .isEqualTo(new Command.Unlock("h", SEATS));
    assertThat(Actions.toCommand("h", request(Action.UNLOCK_ALL)))
        .isEqualTo(new Command.UnlockAll("h"));
    assertThat(Actions.toCommand("h", request(Action.EXTEND))).isEqualTo(new Command.Extend("h"));
  }

  @ParameterizedTest
  @EnumSource(Command.Sale.Action.class)
  void toCommand_sale_isTheOneOfThatName(Command.Sale.Action sale) throws InvalidMessageException {
    assertThat(Actions.toCommand("h", request(Action.valueOf(sale.name()))))
        .isEqualTo(new Command.Sale(sale, SEATS, "h", null, null, null, null));
  }

  @Test
  void toCommand_sale_hasWhatTheRequestHas() throws InvalidMessageException {
    Instant due = Instant.parse("2026-12-01T18:00:00Z");
    Request request =
        new Request(ID, Action.RESERVE, SEATS, "h2", due, "order 17", "by phone", null, null, null);

    assertThat(Actions.toCommand("h", request))
        .isEqualTo(
            Command.reserve("A1", "A2")
                .by("h")
                .heldBy("h2")
                .due(due)
                .ref("order 17")
                .because("by phone"));
  }

  @Test
  void toCommand_illFormed_isInvalid() {
    Request twice = Request.of(ID, Action.LOCK, List.of("A1", "A1"));
    Request dueOfPay =
        new Request(ID, Action.PAY, SEATS, null, Instant.EPOCH, null, null, null, null, null);

    for (Request request : List.of(twice, dueOfPay)) {
      assertThatThrownBy(() -> Actions.toCommand("h", request))
          .isInstanceOf(InvalidMessageException.class)
          .hasMessageMatching("The request is ill-formed: .+\\.");
    }
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void purpose_saysWhatIsKnownOfAnAction(Action action) throws InvalidMessageException {
    Request request = request(action);
    if (action.purpose() == Purpose.COMMAND) {
      Command command = Actions.toCommand("h", request);
      assertThat(command.kind().mayBeAskedOnce()).isTrue();
      assertThat(answer(action, granted(null))).hasSize(1).allMatch(m -> m.contains("\"id\":7"));
    } else {
      assertThatThrownBy(() -> Actions.toCommand("h", request))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Actions.answer(request, granted(null), List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void role_growsWithWhatTheActionDoes(Action action) {
    Role expected =
        switch (action) {
          case HELLO, STATE, PING, BYE -> Role.VIEWER;
          case LOCK, UNLOCK, UNLOCK_ALL, EXTEND -> Role.KIOSK;
          case RESERVE, UNRESERVE, PAY, UNPAY, REVOKE, BLOCK, UNBLOCK -> Role.BACKEND;
        };
    assertThat(action.role()).isEqualTo(expected);
  }

  @Test
  void answer_ofAHoldersAction_isItsOwnMessage() {
    assertThat(answer(Action.LOCK, granted(Change.LOCKED), event(9, Change.LOCKED, "A1")))
        .containsExactly(
            "{\"event\":\"lockedForYou\",\"id\":7,\"seq\":9,\"seats\":[\"A1\",\"A2\"],"
                + "\"expiresInMillis\":600}");
    for (Action action : List.of(Action.UNLOCK, Action.UNLOCK_ALL)) {
      assertThat(answer(action, granted(Change.UNLOCKED), event(9, Change.UNLOCKED, "A1")))
          .containsExactly(
              "{\"event\":\"unlockedForYou\",\"id\":7,\"seq\":9,\"seats\":[\"A1\",\"A2\"]}");
    }
    assertThat(answer(Action.EXTEND, granted(null)))
        .containsExactly("{\"event\":\"extended\",\"id\":7,\"expiresInMillis\":600}");
  }

  @Test
  void answer_ofASale_isItsEventWithTheId() {
    assertThat(answer(Action.PAY, granted(Change.PAID), event(9, Change.PAID, "A1")))
        .containsExactly("{\"event\":\"paid\",\"id\":7,\"seq\":9,\"seats\":[\"A1\"]}");
  }

  @Test
  void answer_ofSeveralEvents_isTheLastOfThem() {
    assertThat(
            answer(
                Action.REVOKE,
                granted(Change.UNPAID),
                event(8, Change.UNRESERVED, "A1"),
                event(9, Change.UNPAID, "A2")))
        .containsExactly(
            "{\"event\":\"unreserved\",\"seq\":8,\"seats\":[\"A1\"]}",
            "{\"event\":\"unpaid\",\"id\":7,\"seq\":9,\"seats\":[\"A2\"]}");
  }

  @Test
  void answer_ofARememberedResult_isItsLastChange() {
    assertThat(answer(Action.REVOKE, granted(Change.UNPAID)))
        .containsExactly("{\"event\":\"unpaid\",\"id\":7,\"seq\":9,\"seats\":[\"A1\",\"A2\"]}");
  }

  @ParameterizedTest
  @CsvSource({"BLOCK, blocked", "UNBLOCK, unblocked"})
  void answer_ofASaleThatChangedNothing_isAsIfItHad(Action action, String word) {
    assertThat(answer(action, granted(null)))
        .containsExactly(
            "{\"event\":\"" + word + "\",\"id\":7,\"seq\":9,\"seats\":[\"A1\",\"A2\"]}");
  }

  @Test
  void answer_ofARefusal_namesTheReasons() {
    Result refused = new Result.Refused(Reason.NOT_PAID, Map.of("A2", Reason.NOT_PAID));
    assertThat(answer(Action.UNPAY, refused))
        .containsExactly(
            "{\"event\":\"refused\",\"id\":7,\"reason\":\"notPaid\",\"seats\":{\"A2\":\"notPaid\"}}");
  }

  @Test
  void answer_ofAnIdThatWasUsedBefore_isAnError() {
    assertThat(answer(Action.LOCK, new Result.Refused(Reason.ID_REUSED, Map.of())))
        .containsExactly(
            "{\"event\":\"error\",\"id\":7,\"code\":\"idReused\","
                + "\"message\":\"This id was used before for something else.\"}");
  }

  @Test
  void answer_ofWhatWasNotAccepted_isBusy() {
    assertThat(answer(Action.LOCK, new Result.NotAccepted("no room")))
        .containsExactly(
            "{\"event\":\"error\",\"id\":7,\"code\":\"busy\","
                + "\"message\":\"Nothing has happened. Try again in a moment.\"}");
  }

  @Test
  void answer_ofWhatNobodyKnows_isNone() {
    assertThat(answer(Action.LOCK, new Result.Unknown("lost the log"))).isEmpty();
  }
}
