package io.seatlock.core;

import java.time.Duration;
import java.util.Objects;

/**
 * The rules of a show, fixed when it is opened.
 *
 * @param timeLimit how long a holder may keep its locks, counted from the first one; cut to
 *     milliseconds
 * @param maxTime the absolute limit of all extensions, counted from the same lock; at least the
 *     time limit
 * @param maxLocks how many seats one holder may have locked at once
 */
public record ShowSettings(Duration timeLimit, Duration maxTime, int maxLocks) {

  private static final Duration LONGEST = Duration.ofDays(3650);

  /** Ten minutes, at most thirty with extensions, and up to 100 locks a holder. */
  public static final ShowSettings DEFAULT =
      new ShowSettings(Duration.ofMinutes(10), Duration.ofMinutes(30), 100);

  /**
   * Checks the rules.
   *
   * @throws IllegalArgumentException if a limit is not positive, longer than 3650 days, or if the
   *     absolute limit is shorter than the time limit
   */
  public ShowSettings {
    timeLimit = check("timeLimit", timeLimit);
    maxTime = check("maxTime", maxTime);
    if (maxTime.compareTo(timeLimit) < 0) {
      throw new IllegalArgumentException(
          "maxTime " + maxTime + " is shorter than timeLimit " + timeLimit);
    }
    if (maxLocks < 1) {
      throw new IllegalArgumentException("maxLocks must be at least 1, not " + maxLocks);
    }
  }

  /** These settings with a time limit; the absolute limit becomes three times as long. */
  public ShowSettings withTimeLimit(Duration timeLimit) {
    return new ShowSettings(timeLimit, timeLimit.multipliedBy(3), maxLocks);
  }

  /** These settings with an absolute limit of all extensions. */
  public ShowSettings withMaxTime(Duration maxTime) {
    return new ShowSettings(timeLimit, maxTime, maxLocks);
  }

  /** These settings with a limit of locks for each holder. */
  public ShowSettings withMaxLocks(int maxLocks) {
    return new ShowSettings(timeLimit, maxTime, maxLocks);
  }

  private static Duration check(String what, Duration value) {
    Objects.requireNonNull(value, what);
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          what + " must be from 1 ms to " + LONGEST.toDays() + " days, not " + value);
    }
    return Duration.ofMillis(value.toMillis());
  }
}
