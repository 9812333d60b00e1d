package io.seatlock.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.protocol.ClassicMessage.StartState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicMessageTest {

  private static String text(byte[] message) {
    return new String(message, UTF_8);
  }

  private static void assertFault(String text, String sentence) {
    assertThatThrownBy(() -> ClassicMessage.parse(text))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "LOCKED, locked",
    "LOCKED_FOR_YOU, lockedForYou",
    "UNLOCKED, unlocked",
    "UNLOCKED_FOR_YOU, unlockedForYou",
    "RESERVED, reserved",
    "UNRESERVED, unreserved",
    "PAID, paid",
    "UNPAID, unpaid"
  })
  void event_isTheWordAndTheSeat(EventType type, String word) {
    assertThat(text(ClassicMessage.event(type, "A1")))
        .isEqualTo("{\"event\":\"" + word + "\",\"data\":\"A1\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "ALREADY_LOCKED, alreadyLocked",
    "ALREADY_UNLOCKED, alreadyUnlocked",
    "NOT_YOURS, notYours",
    "ALREADY_RESERVED, alreadyReserved",
    "NOT_RESERVED, notReserved",
    "ALREADY_PAID, alreadyPaid",
    "NOT_PAID, notPaid",
    "BLOCKED, blocked",
    "UNKNOWN_SEAT, unknownSeat",
    "LIMIT_REACHED, limitReached"
  })
  void refusal_isTheWordAndTheSeat(Reason reason, String word) {
    assertThat(text(ClassicMessage.refusal(reason, "A1")))
        .isEqualTo("{\"event\":\"" + word + "\",\"data\":\"A1\"}");
  }

  @Test
  void deleted_isAnArrayOfSeats() {
    assertThat(text(ClassicMessage.deleted(List.of("A1", "ü"))))
        .isEqualTo("{\"event\":\"deleted\",\"data\":[\"A1\",\"ü\"]}");
  }

  @Test
  void startState_hasItsThreeArrays() {
    StartState state = new StartState(List.of("A1", "A2"), List.of("B1"), List.of());
    assertThat(text(ClassicMessage.startState(state)))
        .isEqualTo(
            "{\"event\":\"startstate\",\"data\":"
                + "{\"locked\":[\"A1\",\"A2\"],\"reserved\":[\"B1\"],\"paid\":[]}}");
  }

  @Test
  void text_isEscaped() {
    assertThat(text(ClassicMessage.text(ClassicMessage.INVALID, "a \"b\" \\ \n <c>")))
        .isEqualTo("{\"event\":\"invalid\",\"data\":\"a \\\"b\\\" \\\\ \\n <c>\"}");
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void event_parsedAgain_isTheSame(EventType type) throws Exception {
    if (type == EventType.DELETED) {
      ClassicMessage message =
          ClassicMessage.parse(text(ClassicMessage.deleted(List.of("A", "é"))));
      assertThat(message).isEqualTo(new ClassicMessage("deleted", List.of("A", "é"), null, null));
      return;
    }
    String seat = "Süd-\ud835\udfd9.~_:";
    ClassicMessage message = ClassicMessage.parse(text(ClassicMessage.event(type, seat)));
    assertThat(message).isEqualTo(new ClassicMessage(Words.of(type), List.of(seat), null, null));
    assertThat(Words.eventType(message.event())).contains(type);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void refusal_parsedAgain_isTheSame(Reason reason) throws Exception {
    ClassicMessage message = ClassicMessage.parse(text(ClassicMessage.refusal(reason, "A1")));
    assertThat(message).isEqualTo(new ClassicMessage(Words.of(reason), List.of("A1"), null, null));
    assertThat(Words.reason(message.event())).contains(reason);
  }

  @Test
  void startState_parsedAgain_isTheSame() throws Exception {
    StartState state = new StartState(List.of("A1", "ü"), List.of("B1"), List.of("C1", "C2"));
    assertThat(ClassicMessage.parse(text(ClassicMessage.startState(state))))
        .isEqualTo(new ClassicMessage("startstate", List.of(), state, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalid", "unauthorized"})
  void sentence_parsedAgain_isTheSame(String event) throws Exception {
    String sentence = "No \"action\", \\ and \u0007 \ud83d\ude00.";
    assertThat(ClassicMessage.parse(text(ClassicMessage.text(event, sentence))))
        .isEqualTo(new ClassicMessage(event, List.of(), null, sentence));
  }

  @Test
  void busy_parsedAgain_namesTheSeat() throws Exception {
    assertThat(ClassicMessage.parse(text(ClassicMessage.text(ClassicMessage.BUSY, "A1"))))
        .isEqualTo(new ClassicMessage("busy", List.of("A1"), null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\"", "[\"x\"]", "7", "null", "{\"locked\":[]}", "[]"})
  void parse_unknownEvent_isReadWhateverItsData(String data) throws Exception {
    assertThat(ClassicMessage.parse("{\"event\":\"tomorrow\",\"data\":" + data + "}").event())
        .isEqualTo("tomorrow");
    assertThat(ClassicMessage.parse("{\"event\":\"tomorrow\"}").event()).isEqualTo("tomorrow");
  }

  @Test
  void parse_unknownFields_areIgnored() throws Exception {
    assertThat(ClassicMessage.parse("{\"x\":{},\"data\":\"A1\",\"event\":\"paid\",\"seq\":7}"))
        .isEqualTo(new ClassicMessage("paid", List.of("A1"), null, null));
    assertThat(
            ClassicMessage.parse(
                "{\"event\":\"startstate\",\"data\":"
                    + "{\"x\":7,\"paid\":[],\"locked\":[\"A\"],\"reserved\":[]}}"))
        .isEqualTo(
            new ClassicMessage(
                "startstate", List.of(), new StartState(List.of("A"), List.of(), List.of()), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                     | The field event is missing.",
        "{\"data\":\"A1\"}                      | The field event is missing.",
        "{\"event\":7,\"data\":\"A1\"}          | The field event is not a string.",
        "{\"event\":\"locked\",\"data\":\"A\",\"data\":\"B\"} | A field comes twice: data.",
        "[]                                     | The message is not a JSON object.",
        "{\"event\":\"deleted\",\"data\":[\"A\",7]} | The field data is not a string.",
        "{\"event\":\"startstate\",\"data\":{\"locked\":7}} | The field locked is not an array.",
        "{\"event\":\"startstate\",\"data\":{\"paid\":[{}]}} | The field paid is not a string.",
      })
  void parse_fault_isNamed(String text, String sentence) {
    assertFault(text, sentence);
  }

  @Test
  void parse_listTwiceInStartState_isAFault() {
    assertFault(
        "{\"event\":\"startstate\",\"data\":{\"locked\":[],\"locked\":[\"A\"]}}",
        "A field comes twice: locked.");
  }

  @Test
  void parse_dataOfAnotherKindThanTheEventHas_isAFault() {
    List<String> strings = new ArrayList<>(List.of("invalid", "unauthorized", "busy"));
    for (EventType type : EventType.values()) {
      if (type != EventType.DELETED) {
        strings.add(Words.of(type));
      }
    }
    for (Reason reason : Reason.values()) {
      strings.add(Words.of(reason));
    }
    for (String event : strings) {
      for (String data : List.of("7", "null", "[\"A1\"]", "{\"locked\":[]}")) {
        assertFault(
            "{\"event\":\"" + event + "\",\"data\":" + data + "}",
            "The event " + event + " has not the data it must have.");
      }
      assertFault(
          "{\"event\":\"" + event + "\"}",
          "The event " + event + " has not the data it must have.");
    }
    for (String data : List.of("7", "null", "\"A1\"", "{\"locked\":[]}")) {
      assertFault(
          "{\"event\":\"deleted\",\"data\":" + data + "}",
          "The event deleted has not the data it must have.");
    }
    for (String data : List.of("7", "null", "\"A1\"", "[\"A1\"]")) {
      assertFault(
          "{\"event\":\"startstate\",\"data\":" + data + "}",
          "The event startstate has not the data it must have.");
    }
  }

  @Test
  void constructor_copiesWhatCouldChange() {
    List<String> seats = new ArrayList<>(List.of("A1"));
    ClassicMessage message = new ClassicMessage("deleted", seats, null, null);
    StartState state = new StartState(seats, seats, seats);
    seats.set(0, "B1");
    assertThat(message.seats()).containsExactly("A1");
    assertThat(state.locked()).containsExactly("A1");
    assertThat(state.reserved()).containsExactly("A1");
    assertThat(state.paid()).containsExactly("A1");
  }
}
