package io.seatlock.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatMap;
import io.seatlock.core.ShowSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client reads whatever a server writes, and lives with a newer one. */
class V2ServerMessageTest {

  private static final RequestId ID = RequestId.of(7);
  private static final List<String> SEATS = List.of("A1", "\u00e9:1");

  private static V2ServerMessage read(byte[] message) throws InvalidMessageException {
    return V2ServerMessage.parse(new String(message, StandardCharsets.UTF_8));
  }

  @Test
  void welcome() throws InvalidMessageException {
    V2ServerMessage message =
        read(
            V2Message.welcome(
                ID, "t.secret", "h", "main", 5, true, SEATS, 1000, ShowSettings.DEFAULT, "kiosk"));

    assertThat(message)
        .isEqualTo(
            new V2ServerMessage.Welcome(
                ID, "t.secret", "h", "main", 5, true, SEATS, 1000, "kiosk"));
    assertThat(message.toString()).doesNotContain("secret");
  }

  @Test
  void welcome_withoutLocks_hasNoTime() throws InvalidMessageException {
    assertThat(
            read(
                V2Message.welcome(
                    ID, "t", "h", "main", 5, true, List.of(), 0, ShowSettings.DEFAULT, "kiosk")))
        .isEqualTo(
            new V2ServerMessage.Welcome(ID, "t", "h", "main", 5, true, List.of(), 0, "kiosk"));
  }

  @Test
  void startState() throws InvalidMessageException {
    SeatMap map =
        new SeatMap(
            9,
            List.of("A1", "A2"),
            List.of("B"),
            List.of("C"),
            List.of("D"),
            Map.of("h", List.of("A2")));

    assertThat(read(V2Message.startState(map, ID, "h")))
        .isEqualTo(
            new V2ServerMessage.StartState(
                ID,
                9,
                List.of("A1", "A2"),
                List.of("B"),
                List.of("C"),
                List.of("D"),
                List.of("A2")));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EXPIRING", "LOCKED_FOR_YOU"})
  void change(EventType type) throws InvalidMessageException {
    assertThat(read(V2Message.change(type, null, 3, SEATS)))
        .isEqualTo(new V2ServerMessage.Changed(type, null, 3, SEATS, 0));
    assertThat(read(V2Message.change(type, ID, 3, SEATS)).id()).isEqualTo(ID);
  }

  @Test
  void answers() throws InvalidMessageException {
    assertThat(read(V2Message.lockedForYou(ID, 3, SEATS, 600)))
        .isEqualTo(new V2ServerMessage.Changed(EventType.LOCKED_FOR_YOU, ID, 3, SEATS, 600));
    assertThat(read(V2Message.extended(ID, 600))).isEqualTo(new V2ServerMessage.Extended(ID, 600));
    assertThat(read(V2Message.expiring(60, SEATS)))
        .isEqualTo(new V2ServerMessage.Expiring(60, SEATS));
    assertThat(read(V2Message.refused(ID, Reason.NOT_YOURS, Map.of("A1", Reason.NOT_YOURS))))
        .isEqualTo(
            new V2ServerMessage.Refused(ID, Reason.NOT_YOURS, Map.of("A1", Reason.NOT_YOURS)));
    assertThat(read(V2Message.error(null, V2Message.ErrorCode.TOO_LARGE, "No.")))
        .isEqualTo(new V2ServerMessage.Failed(null, "tooLarge", "No."));
    assertThat(read(V2Message.plain("pong", ID))).isEqualTo(new V2ServerMessage.Pong(ID));
    assertThat(read(V2Message.plain("goodbye", RequestId.of("x"))))
        .isEqualTo(new V2ServerMessage.Goodbye(RequestId.of("x")));
    assertThat(read(V2Message.goingAway(5))).isEqualTo(new V2ServerMessage.GoingAway(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event\":\"pong\",\"id\":7,\"new\":{\"a\":[1,{\"b\":null}]}}",
        "{\"new\":null,\"seats\":17,\"id\":7,\"event\":\"pong\"}",
        "{\"event\":\"pong\",\"seq\":1.5,\"id\":7}"
      })
  void unknownFields_andThoseOfOtherEvents_areIgnored(String text) throws InvalidMessageException {
    assertThat(V2ServerMessage.parse(text)).isEqualTo(new V2ServerMessage.Pong(ID));
  }

  @Test
  void unknownEvent_isOther() throws InvalidMessageException {
    assertThat(V2ServerMessage.parse("{\"event\":\"applause\",\"seats\":17}"))
        .isEqualTo(new V2ServerMessage.Other("applause", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"event\":7}",
        "{\"event\":\"pong\"}",
        "{\"event\":\"pong\",\"id\":7}x",
        "{\"event\":\"pong\",\"id\":7,\"id\":7}",
        "{\"event\":\"locked\",\"seats\":[\"A1\"]}",
        "{\"event\":\"locked\",\"seq\":\"1\",\"seats\":[\"A1\"]}",
        "{\"event\":\"locked\",\"seq\":-1,\"seats\":[\"A1\"]}",
        "{\"event\":\"locked\",\"seq\":1,\"seats\":[1]}",
        "{\"event\":\"locked\",\"seq\":1,\"seats\":\"A1\"}",
        "{\"event\":\"locked\",\"seq\":9223372036854775808,\"seats\":[]}",
        "{\"event\":\"refused\",\"id\":1,\"reason\":\"mood\",\"seats\":{}}",
        "{\"event\":\"refused\",\"id\":1,\"reason\":\"blocked\",\"seats\":{\"A1\":1}}",
        "{\"event\":\"welcome\",\"id\":1,\"resumed\":\"yes\"}"
      })
  void wrongMessage_isRefused(String text) {
    assertThatThrownBy(() -> V2ServerMessage.parse(text))
        .isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void wrongMessage_tellsWhatItAnswers() {
    InvalidMessageException e =
        catchThrowableOfType(
            InvalidMessageException.class,
            () -> V2ServerMessage.parse("{\"event\":\"locked\",\"seats\":[\"A1\"],\"id\":7}"));

    assertThat(e.requestId()).contains(ID);
    assertThat(e).hasMessage("The field seq is missing.");
  }
}
