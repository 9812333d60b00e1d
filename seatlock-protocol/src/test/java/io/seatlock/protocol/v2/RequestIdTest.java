package io.seatlock.protocol.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {

  private static RequestId read(String json) throws InvalidMessageException {
    return Request.parse("{\"action\":\"ping\",\"id\":" + json + "}").id();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "7",
        "-7",
        "999999999999999999",
        "-999999999999999999",
        "\"\"",
        "\"7\"",
        "\"order 17\"",
        "\"座席\"",
        "\"😀\"",
        "\"a\\\"b\\\\c\"",
        "\"<&'>\""
      })
  void read_wellFormed_isKeptAsItCame(String json) throws InvalidMessageException {
    assertThat(read(json).json()).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"\\u0041\" | \"A\"",
        "\"\\/\"     | \"/\"",
        "\"\\u0022\" | \"\\\"\"",
        "\"\\ud83d\\ude00\" | \"😀\""
      })
  void read_otherSpellingOfTheSameText_isTheSameId(String json, String canonical)
      throws InvalidMessageException {
    assertThat(read(json)).isEqualTo(read(canonical)).isEqualTo(new RequestId(canonical));
  }

  @Test
  void read_numberAndItsDigits_areTwoIds() throws InvalidMessageException {
    assertThat(read("7")).isEqualTo(RequestId.of(7)).isNotEqualTo(read("\"7\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0",
        "1.5",
        "1e3",
        "-0",
        "1000000000000000000",
        "-1000000000000000000",
        "1E400",
        "true",
        "null",
        "[]",
        "{}",
        "[7]",
        "{\"id\":7}"
      })
  void read_anythingElse_isRefused(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            InvalidMessageException.class, e -> assertThat(e.requestId()).isEmpty())
        .hasMessageStartingWith("The field id is neither an integer");
  }

  /** Half a surrogate pair has no UTF-8: the answer could not carry it. */
  @Test
  void read_halfASurrogatePair_isRefused() {
    for (String half : List.of("\\ud83d", "\\ude00\\ud83d", "\ud83d", "a\ude00")) {
      assertThatThrownBy(() -> read("\"" + half + "\""))
          .isInstanceOf(InvalidMessageException.class);
    }
  }

  @Test
  void read_text_hasAtMost64Characters() throws InvalidMessageException {
    assertThat(read("\"" + "😀".repeat(64) + "\"").json()).hasSize(130);
    assertThatThrownBy(() -> read("\"" + "x".repeat(65) + "\""))
        .isInstanceOf(InvalidMessageException.class);
    assertThatThrownBy(() -> read("\"" + "😀".repeat(65) + "\""))
        .isInstanceOf(InvalidMessageException.class);
  }
}
