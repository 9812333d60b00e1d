package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShowSettingsTest {

  @Test
  void new_limitsThatMakeNoSense_throws() {
    Duration second = Duration.ofSeconds(1);
    assertRefused(Duration.ZERO, second, 1);
    assertRefused(Duration.ofMillis(-1), second, 1);
    assertRefused(Duration.ofNanos(999_999), second, 1);
    assertRefused(second, second.minusMillis(1), 1);
    assertRefused(second, Duration.ofDays(3651), 1);
    assertRefused(second, second, 0);
    assertRefused(second, second, -1);
  }

  private static void assertRefused(Duration timeLimit, Duration maxTime, int maxLocks) {
    assertThatThrownBy(() -> new ShowSettings(timeLimit, maxTime, maxLocks))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void new_limitsAtTheEdge_areKept() {
    Duration longest = Duration.ofDays(3650);
    assertThat(new ShowSettings(Duration.ofMillis(1), Duration.ofMillis(1), 1).maxLocks())
        .isEqualTo(1);
    assertThat(new ShowSettings(longest, longest, Integer.MAX_VALUE).maxTime()).isEqualTo(longest);
    assertThat(new ShowSettings(Duration.ofNanos(1_999_999), longest, 1).timeLimit())
        .isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void with_changesOneRule() {
    ShowSettings settings = ShowSettings.DEFAULT.withTimeLimit(Duration.ofMinutes(2));
    assertThat(settings)
        .isEqualTo(new ShowSettings(Duration.ofMinutes(2), Duration.ofMinutes(6), 100))
        .isEqualTo(settings.withMaxLocks(4).withMaxLocks(100));
    assertThat(settings.withMaxTime(Duration.ofMinutes(3)).maxTime())
        .isEqualTo(Duration.ofMinutes(3));
  }
}
