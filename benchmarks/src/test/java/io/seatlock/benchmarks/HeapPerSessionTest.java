package io.seatlock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeapPerSessionTest {

  private static final Pattern FIGURES =
      Pattern.compile("with a session ([0-9,]+) more|to be resumed: ([0-9,]+) bytes");

  @Test
  void measure_idleSessions_takeLessThanThreeKibibytesEach() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    HeapPerSession.measure(1_000, new PrintStream(out, true, StandardCharsets.UTF_8));

    List<Long> figures =
        FIGURES
            .matcher(out.toString(StandardCharsets.UTF_8))
            .results()
            .map(HeapPerSessionTest::number)
            .toList();
    assertThat(figures).as("%s", out).hasSize(2).allMatch(bytes -> bytes > 100 && bytes < 3 * 1024);
  }

  private static long number(MatchResult found) {
    String digits = found.group(1) == null ? found.group(2) : found.group(1);
    return Long.parseLong(digits.replace(",", ""));
  }
}
