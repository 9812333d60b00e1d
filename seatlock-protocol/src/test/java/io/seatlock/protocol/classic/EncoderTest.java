package io.seatlock.protocol.classic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.protocol.WireNames;
import io.seatlock.protocol.classic.Encoder.StartState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderTest {

  private static String text(byte[] message) {
    return new String(message, UTF_8);
  }

  private static JsonObject json(byte[] message) {
    return JsonParser.parseString(text(message)).getAsJsonObject();
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
    assertThat(text(Encoder.event(type, "A1")))
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
    assertThat(text(Encoder.refusal(reason, "A1")))
        .isEqualTo("{\"event\":\"" + word + "\",\"data\":\"A1\"}");
  }

  @Test
  void deleted_isAnArrayOfSeats() {
    assertThat(text(Encoder.deleted(List.of("A1", "ü"))))
        .isEqualTo("{\"event\":\"deleted\",\"data\":[\"A1\",\"ü\"]}");
  }

  @Test
  void startState_hasItsThreeArrays() {
    StartState state = new StartState(List.of("A1", "A2"), List.of("B1"), List.of());
    assertThat(text(Encoder.startState(state)))
        .isEqualTo(
            "{\"event\":\"startstate\",\"data\":"
                + "{\"locked\":[\"A1\",\"A2\"],\"reserved\":[\"B1\"],\"paid\":[]}}");
  }

  @Test
  void text_isEscaped() {
    assertThat(text(Encoder.text(Encoder.INVALID, "a \"b\" \\ \n <c>")))
        .isEqualTo("{\"event\":\"invalid\",\"data\":\"a \\\"b\\\" \\\\ \\n <c>\"}");
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void event_parsed_isTheWordAndTheSeat(EventType type) {
    String seat = "Süd-\ud835\udfd9.~_:";
    JsonObject message = json(Encoder.event(type, seat));
    assertThat(message.keySet()).containsExactly("event", "data");
    assertThat(WireNames.eventType(message.get("event").getAsString())).contains(type);
    assertThat(message.get("data").getAsString()).isEqualTo(seat);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void refusal_parsed_isTheWordAndTheSeat(Reason reason) {
    JsonObject message = json(Encoder.refusal(reason, "A1"));
    assertThat(message.keySet()).containsExactly("event", "data");
    assertThat(WireNames.reason(message.get("event").getAsString())).contains(reason);
    assertThat(message.get("data").getAsString()).isEqualTo("A1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalid", "unauthorized", "busy"})
  void text_parsed_isTheSame(String event) {
    String sentence = "No \"action\", \\ and \u0007 \ud83d\ude00.";
    JsonObject message = json(Encoder.text(event, sentence));
    assertThat(message.get("event").getAsString()).isEqualTo(event);
    assertThat(message.get("data").getAsString()).isEqualTo(sentence);
  }

  @Test
  void startState_copiesWhatCouldChange() {
    List<String> seats = new ArrayList<>(List.of("A1"));
    StartState state = new StartState(seats, seats, seats);
    seats.set(0, "B1");
    assertThat(state.locked()).containsExactly("A1");
    assertThat(state.reserved()).containsExactly("A1");
    assertThat(state.paid()).containsExactly("A1");
  }
}
