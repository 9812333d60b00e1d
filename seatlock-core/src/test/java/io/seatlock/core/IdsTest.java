package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdsTest {

  /** A letter outside the first plane: two chars, one character. */
  private static final String GOTHIC_AHSA = "\ud800\udf30";

  static Stream<String> wellFormed() {
    return Stream.of(
        "A",
        "0",
        ".:_~-",
        "hamlet-2026-12-01",
        "azAZ09",
        "\u00e4\u00f6\u00df",
        "\u5ea7\u5e2d",
        "\u041c\u0435\u0441\u0442\u043e",
        "\u0645\u0642\u0639\u062f",
        "\u0661\u0662",
        GOTHIC_AHSA,
        "A" + GOTHIC_AHSA + "1",
        "x".repeat(64),
        "\u5ea7".repeat(64),
        GOTHIC_AHSA.repeat(64));
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void check_lettersDigitsAndAFewSigns_isTheId(String id) {
    assertThat(Ids.check("seat id", id)).isSameAs(id);
  }

  static Stream<String> illFormed() {
    return Stream.of(
        "x".repeat(65),
        "\u5ea7".repeat(65),
        GOTHIC_AHSA.repeat(65),
        GOTHIC_AHSA.repeat(64) + "x",
        " ",
        "A 1",
        "A1 ",
        " A1",
        "A1\n",
        "\u0000",
        "A\u00a01",
        "A\u200b1",
        "A\u202e1",
        "A\ufeff",
        "\ud800",
        "\udf30",
        "A\ud800",
        "\ud800A",
        "\udf30\ud800",
        "\ud83d\ude00",
        "e\u0301",
        "\u00bd",
        "\u20ac",
        "\u007f",
        "\u0080");
  }

  @ParameterizedTest
  @MethodSource("illFormed")
  void check_anythingElse_throwsAndNamesWhatItIs(String id) {
    assertThatThrownBy(() -> Ids.check("seat id", id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("seat id ");
  }

  @Test
  void check_everyAsciiCharacter_isAllowedExactlyIfTheContractNamesIt() {
    String allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + ".:_~-";
    for (char c = 0; c < 0x80; c++) {
      String id = "A" + c;
      if (allowed.indexOf(c) >= 0) {
        assertThat(Ids.check("seat id", id)).isEqualTo(id);
      } else {
        assertThatThrownBy(() -> Ids.check("seat id", id))
            .as("U+%04X", (int) c)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("U+%04X at position 1", (int) c);
      }
    }
  }

  @Test
  void check_emptyOrNull_throws() {
    assertThatThrownBy(() -> Ids.check("show name", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("show name is empty");
    assertThatThrownBy(() -> Ids.check("show name", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("show name");
  }
}
