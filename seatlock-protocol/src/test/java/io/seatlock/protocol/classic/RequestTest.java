package io.seatlock.protocol.classic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.classic.Request.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

  private static void assertFault(String text, String sentence) {
    assertThatThrownBy(() -> Request.parse(text))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "lock, LOCK, false",
    "unlock, UNLOCK, false",
    "reserve, RESERVE, true",
    "unreserve, UNRESERVE, true",
    "pay, PAY, true",
    "unpay, UNPAY, true",
    "revoke, REVOKE, true"
  })
  void parse_everyAction_byItsWord(String word, Action action, boolean privileged)
      throws Exception {
    Request request =
        Request.parse(
            "{\"action\":\"" + word + "\",\"seat\":\"A1\",\"authorizationString\":\"s3cret\"}");
    assertThat(request).isEqualTo(new Request(action, "A1", "s3cret"));
    assertThat(action.privileged()).isEqualTo(privileged);
  }

  @Test
  void actions_areTheSevenOfTheDialect() {
    assertThat(Action.values()).hasSize(7);
  }

  @Test
  void parse_fieldsInAnyOrder_unknownOnesIgnored() throws Exception {
    String text =
        "{\"seat\":\"A1\",\"x\":[{\"action\":\"pay\"}],\"SEAT\":7,\"action\":\"lock\",\"y\":null}";
    assertThat(Request.parse(text)).isEqualTo(new Request(Action.LOCK, "A1", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "null", "true", "{\"a\":1}", "[\"s3cret\"]"})
  void parse_authorizationStringOfAnotherType_countsAsNone(String value) throws Exception {
    String text = "{\"action\":\"pay\",\"authorizationString\":" + value + ",\"seat\":\"A1\"}";
    assertThat(Request.parse(text).authorizationString()).isNull();
  }

  @Test
  void parse_emptySeat_isLeftToTheCore() throws Exception {
    assertThat(Request.parse("{\"action\":\"lock\",\"seat\":\"\"}").seat()).isEmpty();
  }

  @Test
  void parse_hugeSeat_isRead() throws Exception {
    String seat = "A".repeat(1_000_000);
    assertThat(Request.parse("{\"action\":\"lock\",\"seat\":\"" + seat + "\"}").seat())
        .isEqualTo(seat);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                        | The field action is missing.",
        "{\"seat\":\"A1\"}                         | The field action is missing.",
        "{\"Action\":\"lock\",\"seat\":\"A1\"}     | The field action is missing.",
        "{\"action\":\"lock\"}                     | The field seat is missing.",
        "{\"action\":7,\"seat\":\"A1\"}            | The field action is not a string.",
        "{\"action\":null,\"seat\":\"A1\"}         | The field action is not a string.",
        "{\"action\":[\"lock\"],\"seat\":\"A1\"}   | The field action is not a string.",
        "{\"action\":\"lock\",\"seat\":1}          | The field seat is not a string.",
        "{\"action\":\"lock\",\"seat\":null}       | The field seat is not a string.",
        "{\"action\":\"lock\",\"seat\":[\"A1\"]}   | The field seat is not a string.",
        "{\"action\":\"fly\",\"seat\":\"A1\"}      | There is no action fly.",
        "{\"action\":\"LOCK\",\"seat\":\"A1\"}     | There is no action LOCK.",
        "{\"action\":\"lock \",\"seat\":\"A1\"}    | There is no action lock .",
        "{\"action\":\"\",\"seat\":\"A1\"}         | There is no action .",
        "{\"action\":\"block\",\"seat\":\"A1\"}    | There is no action block.",
        "{\"action\":\"lock\",\"action\":\"lock\",\"seat\":\"A1\"} | A field comes twice: action.",
        "{\"action\":\"lock\",\"seat\":\"A1\",\"seat\":\"A2\"}     | A field comes twice: seat.",
        "[\"lock\",\"A1\"]                         | The message is not a JSON object.",
        "lock A1                                   | The message is not JSON."
      })
  void parse_fault_isNamed(String text, String sentence) {
    assertFault(text, sentence);
  }

  @Test
  void parse_authorizationStringTwice_isAFaultThatDoesNotShowIt() {
    assertFault(
        "{\"action\":\"pay\",\"seat\":\"A1\",\"authorizationString\":\"a\","
            + "\"authorizationString\":\"b\"}",
        "A field comes twice: authorizationString.");
  }

  @Test
  void parse_longUnknownAction_isShownShort() {
    assertFault(
        "{\"action\":\"" + "l".repeat(100_000) + "\",\"seat\":\"A1\"}",
        "There is no action " + "l".repeat(40) + "….");
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void toJson_parsedAgain_isTheSame(Action action) throws Exception {
    for (String text :
        new String[] {"A1", "", "Loge 1/\"2\"\\\n", "Sitz-ü", "\ud83d\ude00", "<&>"}) {
      for (String secret : new String[] {null, "", text}) {
        Request request = new Request(action, text, secret);
        assertThat(Request.parse(request.toJson())).isEqualTo(request);
      }
    }
  }

  @Test
  void toJson_isTheMessageAsDocumented() {
    assertThat(new Request(Action.LOCK, "A1", null).toJson())
        .isEqualTo("{\"action\":\"lock\",\"seat\":\"A1\"}");
    assertThat(new Request(Action.UNRESERVE, "A1", "s3cret").toJson())
        .isEqualTo("{\"action\":\"unreserve\",\"seat\":\"A1\",\"authorizationString\":\"s3cret\"}");
  }

  @Test
  void toString_doesNotShowTheSecret() {
    assertThat(new Request(Action.PAY, "A1", "s3cret").toString())
        .contains("PAY", "A1")
        .doesNotContain("s3cret");
  }

  @Test
  void constructor_nulls_areRefusedByName() {
    assertThatThrownBy(() -> new Request(null, "A1", null)).hasMessage("action");
    assertThatThrownBy(() -> new Request(Action.LOCK, null, null)).hasMessage("seat");
  }
}
