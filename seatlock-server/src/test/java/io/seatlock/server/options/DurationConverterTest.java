package io.seatlock.server.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "90s, PT90S",
    "10m, PT10M",
    "1h, PT1H",
    "90d, PT2160H",
    "007s, PT7S"
  })
  void convert_numberAndUnit_isRead(String text, Duration expected) {
    assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "10",
        "10 s",
        " 10s",
        "10S",
        "1.5s",
        "-1s",
        "+1s",
        "1w",
        "1m30s",
        "10000000000s",
        "PT10S",
        "\u0661s"
      })
  void convert_anythingElse_isNot(String text) {
    assertThatThrownBy(() -> new DurationConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is not a duration such as 90s, 10m or 1h");
  }
}
