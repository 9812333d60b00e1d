package io.seatlock.server.options;

import io.seatlock.core.ShowSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The rules of each show. */
public final class ShowOptions extends OptionGroup {

  @Option(
      names = "--time-limit",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_TIME_LIMIT:-10m}",
      converter = DurationConverter.class,
      description = "How long a client may keep its locks, such as 90s, 10m or 1h.")
  private Duration timeLimit = Duration.ZERO;

  @Option(
      names = "--max-time",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_MAX_TIME}",
      converter = DurationConverter.class,
      description = "How long with all extensions; three times the time limit if not given.")
  private @Nullable Duration maxTime;

  @Option(
      names = "--max-locks",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_LOCKS:-100}",
      description = "How many seats one client may have locked at once.")
  private int maxLocks;

  @Option(
      names = "--grace",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_GRACE:-30s}",
      converter = DurationConverter.class,
      description = "How long a session without connection waits to be resumed (v2).")
  private Duration grace = Duration.ZERO;

  @Option(
      names = "--warn-before",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_WARN_BEFORE:-60s}",
      converter = DurationConverter.class,
      description = "How long before its time limit a client is warned (v2); 0s for never.")
  private Duration warnBefore = Duration.ZERO;

  /**
   * The rules.
   *
   * @throws IllegalArgumentException if one of them makes no sense
   */
  public ShowSettings settings() {
    ShowSettings settings =
        ShowSettings.DEFAULT
            .withTimeLimit(timeLimit)
            .withMaxLocks(maxLocks)
            .withGrace(grace)
            .withWarnBefore(warnBefore);
    return maxTime == null ? settings : settings.withMaxTime(maxTime);
  }
}
