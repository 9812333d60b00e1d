package io.seatlock.protocol.v2;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatMap;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages of the v2 dialect, pinned byte for byte. */
class EncoderTest {

  private static final RequestId ID = new RequestId("\"seven\"");
  private static final SeatMap MAP =
      new SeatMap(
          17,
          List.of("A1", "A2"),
          List.of("B1"),
          List.of("座1"),
          List.of(),
          Map.of("h1", List.of("A2", "A1")));

  private static void assertJson(byte[] message, String expected) {
    String text = new String(message, StandardCharsets.UTF_8);
    assertThat(text).isEqualTo(expected);
    assertThat(JsonParser.parseString(text).isJsonObject()).isTrue();
  }

  @Test
  void welcome_newSession_hasNoTimeLeft() {
    assertJson(
        Encoder.welcome(
            RequestId.of(1),
            "h1.secret",
            "h1",
            "main",
            17,
            false,
            List.of(),
            0,
            ShowSettings.DEFAULT,
            "kiosk"),
        "{\"event\":\"welcome\",\"id\":1,\"session\":\"h1.secret\",\"holder\":\"h1\","
            + "\"show\":\"main\",\"seq\":17,\"resumed\":false,\"locks\":[],"
            + "\"limits\":{\"maxLocks\":100,\"timeLimitMillis\":600000,"
            + "\"maxTimeMillis\":1800000,\"graceMillis\":30000},\"role\":\"kiosk\"}");
  }

  @Test
  void welcome_sessionWithLocks_tellsHowLongTheyLast() {
    assertThat(
            new String(
                Encoder.welcome(
                    ID,
                    "h1.secret",
                    "h1",
                    "main",
                    17,
                    true,
                    List.of("A1"),
                    5_000,
                    ShowSettings.DEFAULT,
                    "backend"),
                StandardCharsets.UTF_8))
        .contains("\"resumed\":true,\"locks\":[\"A1\"],\"expiresInMillis\":5000,\"limits\"");
  }

  @ParameterizedTest
  @CsvSource({
    "LOCKED, locked",
    "UNLOCKED, unlocked",
    "UNLOCKED_FOR_YOU, unlockedForYou",
    "DELETED, deleted",
    "RESERVED, reserved",
    "UNRESERVED, unreserved",
    "PAID, paid",
    "UNPAID, unpaid",
    "BLOCKED, blocked",
    "UNBLOCKED, unblocked"
  })
  void change_withAndWithoutId(EventType type, String word) {
    assertJson(
        Encoder.change(type, null, 17, List.of("A1", "座2")),
        "{\"event\":\"" + word + "\",\"seq\":17,\"seats\":[\"A1\",\"座2\"]}");
    assertJson(
        Encoder.change(type, ID, 17, List.of("A1")),
        "{\"event\":\"" + word + "\",\"id\":\"seven\",\"seq\":17,\"seats\":[\"A1\"]}");
  }

  @Test
  void answersOfAHolder() {
    assertJson(
        Encoder.lockedForYou(ID, 17, List.of("A1"), 600_000),
        "{\"event\":\"lockedForYou\",\"id\":\"seven\",\"seq\":17,\"seats\":[\"A1\"],"
            + "\"expiresInMillis\":600000}");
    assertJson(
        Encoder.extended(ID, 600_000),
        "{\"event\":\"extended\",\"id\":\"seven\",\"expiresInMillis\":600000}");
    assertJson(
        Encoder.expiring(60_000, List.of("A1")),
        "{\"event\":\"expiring\",\"expiresInMillis\":60000,\"seats\":[\"A1\"]}");
    assertJson(Encoder.plain("pong", ID), "{\"event\":\"pong\",\"id\":\"seven\"}");
    assertJson(Encoder.goingAway(1_234), "{\"event\":\"goingAway\",\"retryAfterMillis\":1234}");
  }

  @Test
  void refused_namesEachSeatInOrder() {
    Map<String, Reason> seats = new LinkedHashMap<>();
    seats.put("B1", Reason.ALREADY_LOCKED);
    seats.put("A1", Reason.NOT_YOURS);
    assertJson(
        Encoder.refused(ID, Reason.ALREADY_LOCKED, seats),
        "{\"event\":\"refused\",\"id\":\"seven\",\"reason\":\"alreadyLocked\","
            + "\"seats\":{\"B1\":\"alreadyLocked\",\"A1\":\"notYours\"}}");
    assertJson(
        Encoder.refused(ID, Reason.NOTHING_LOCKED, Map.of()),
        "{\"event\":\"refused\",\"id\":\"seven\",\"reason\":\"nothingLocked\",\"seats\":{}}");
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID, invalid",
    "UNAUTHORIZED, unauthorized",
    "FORBIDDEN, forbidden",
    "ID_REUSED, idReused",
    "BUSY, busy",
    "TOO_LARGE, tooLarge"
  })
  void error_hasItsCodeAndTheIdIfThereIsOne(Encoder.ErrorCode code, String word) {
    assertJson(
        Encoder.error(null, code, "No \"x\"."),
        "{\"event\":\"error\",\"code\":\"" + word + "\",\"message\":\"No \\\"x\\\".\"}");
    assertThat(new String(Encoder.error(ID, code, "No."), StandardCharsets.UTF_8))
        .startsWith("{\"event\":\"error\",\"id\":\"seven\",\"code\":\"" + word + "\"");
  }

  @Test
  void startState_inOnePieceOrTwo_isTheSame() {
    String expected =
        "{\"event\":\"startstate\",\"id\":\"seven\",\"seq\":17,\"locked\":[\"A1\",\"A2\"],"
            + "\"reserved\":[\"B1\"],\"paid\":[\"座1\"],\"blocked\":[],\"yours\":[\"A2\",\"A1\"]}";
    assertJson(Encoder.startState(MAP, ID, "h1"), expected);
    String begin = new String(Encoder.startStateBegin(MAP, null), StandardCharsets.UTF_8);
    String end = new String(Encoder.startStateEnd(List.of("A2", "A1")), StandardCharsets.UTF_8);
    assertThat(begin + end).isEqualTo(expected.replace("\"id\":\"seven\",", ""));
    byte[] withId = Encoder.startStateEnd(List.of("A2", "A1"), ID.json());
    assertThat(begin + new String(withId, StandardCharsets.UTF_8))
        .isEqualTo(begin + end.replace("}", ",\"id\":\"seven\"}"));
  }

  @Test
  void startState_ofSomebodyWithoutLocks_hasNoneOfItsOwn() {
    assertThat(new String(Encoder.startState(MAP, ID, "h2"), StandardCharsets.UTF_8))
        .endsWith("\"yours\":[]}");
  }
}
