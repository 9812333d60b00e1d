package io.seatlock.protocol.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatMap;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client reads whatever a server writes, and lives with a newer one. */
class MessageTest {

  private static final RequestId ID = RequestId.of(7);
  private static final List<String> SEATS = List.of("A1", "\u00e9:1");

  private static Message read(byte[] message) throws InvalidMessageException {
    return Message.parse(new String(message, StandardCharsets.UTF_8));
  }

  @Test
  void welcome() throws InvalidMessageException {
    Message message =
        read(
            Encoder.welcome(
                ID, "t.secret", "h", "main", 5, true, SEATS, 1000, ShowSettings.DEFAULT, "kiosk"));

    assertThat(message)
        .isEqualTo(new Message.Welcome(ID, "t.secret", "h", "main", 5, true, SEATS, 1000, "kiosk"));
    assertThat(message.toString()).doesNotContain("secret");
  }

  @Test
  void welcome_withoutLocks_hasNoTime() throws InvalidMessageException {
    assertThat(
            read(
                Encoder.welcome(
                    ID, "t", "h", "main", 5, true, List.of(), 0, ShowSettings.DEFAULT, "kiosk")))
        .isEqualTo(new Message.Welcome(ID, "t", "h", "main", 5, true, List.of(), 0, "kiosk"));
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

    assertThat(read(Encoder.startState(map, ID, "h")))
        .isEqualTo(
            new Message.StartState(
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
    assertThat(read(Encoder.change(type, null, 3, SEATS)))
        .isEqualTo(new Message.Changed(type, null, 3, SEATS, 0));
    assertThat(read(Encoder.change(type, ID, 3, SEATS)).id()).isEqualTo(ID);
  }

  @Test
  void answers() throws InvalidMessageException {
    assertThat(read(Encoder.lockedForYou(ID, 3, SEATS, 600)))
        .isEqualTo(new Message.Changed(EventType.LOCKED_FOR_YOU, ID, 3, SEATS, 600));
    assertThat(read(Encoder.extended(ID, 600))).isEqualTo(new Message.Extended(ID, 600));
    assertThat(read(Encoder.expiring(60, SEATS))).isEqualTo(new Message.Expiring(60, SEATS));
    assertThat(read(Encoder.refused(ID, Reason.NOT_YOURS, Map.of("A1", Reason.NOT_YOURS))))
        .isEqualTo(new Message.Refused(ID, Reason.NOT_YOURS, Map.of("A1", Reason.NOT_YOURS)));
    assertThat(read(Encoder.error(null, Encoder.ErrorCode.TOO_LARGE, "No.")))
        .isEqualTo(new Message.Failed(null, "tooLarge", "No."));
    assertThat(read(Encoder.plain("pong", ID))).isEqualTo(new Message.Pong(ID));
    assertThat(read(Encoder.plain("goodbye", RequestId.of("x"))))
        .isEqualTo(new Message.Goodbye(RequestId.of("x")));
    assertThat(read(Encoder.goingAway(5))).isEqualTo(new Message.GoingAway(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event\":\"pong\",\"id\":7,\"new\":{\"a\":[1,{\"b\":null}]}}",
        "{\"new\":null,\"seats\":17,\"id\":7,\"event\":\"pong\"}",
        "{\"event\":\"pong\",\"seq\":1.5,\"id\":7}"
      })
  void unknownFields_andThoseOfOtherEvents_areIgnored(String text) throws InvalidMessageException {
    assertThat(Message.parse(text)).isEqualTo(new Message.Pong(ID));
  }

  @Test
  void unknownEvent_isOther() throws InvalidMessageException {
    assertThat(Message.parse("{\"event\":\"applause\",\"seats\":17}"))
        .isEqualTo(new Message.Other("applause", null));
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
    assertThatThrownBy(() -> Message.parse(text)).isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void wrongMessage_tellsWhatItAnswers() {
    InvalidMessageException e =
        catchThrowableOfType(
            InvalidMessageException.class,
            () -> Message.parse("{\"event\":\"locked\",\"seats\":[\"A1\"],\"id\":7}"));

    assertThat(e.requestId()).contains(ID);
    assertThat(e).hasMessage("The field seq is missing.");
  }
}
