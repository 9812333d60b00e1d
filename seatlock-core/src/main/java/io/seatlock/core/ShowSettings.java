package io.seatlock.core;

import java.time.Duration;
import java.util.Objects;

/**
 * The rules of a show. They change with {@link Command.ChangeSettings}.
 *
 * @param timeLimit how long a holder may keep its locks, counted from the first one; cut to
 *     milliseconds
 * @param maxTime the absolute limit of all extensions, counted from the same lock; at least the
 *     time limit
 * @param maxLocks how many seats one holder may have locked at once
 * @param grace how long a session that lost its connection waits to be resumed
 * @param warnBefore how long before the end of its time limit a holder is warned, once; zero, or
 *     not less than the time limit, for never
 */
public record ShowSettings(
    Duration timeLimit, Duration maxTime, int maxLocks, Duration grace, Duration warnBefore) {

  private static final Duration LONGEST = Duration.ofDays(3650);

  /**
   * Ten minutes, at most thirty with extensions, up to 100 locks a holder, 30 seconds to resume a
   * session, and no warnings.
   */
  public static final ShowSettings DEFAULT =
      new ShowSettings(
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          100,
          Duration.ofSeconds(30),
          Duration.ZERO);

  /** Rules with the default grace and no warnings. */
  public ShowSettings(Duration timeLimit, Duration maxTime, int maxLocks) {
    this(timeLimit, maxTime, maxLocks, Duration.ofSeconds(30), Duration.ZERO);
  }

  /**
   * Checks the rules.
   *
   * @throws IllegalArgumentException if a limit is not positive, longer than 3650 days, or if the
   *     absolute limit is shorter than the time limit
   */
  public ShowSettings {
    timeLimit = check("timeLimit", timeLimit);
    maxTime = check("maxTime", maxTime);
    grace = check("grace", grace);
    warnBefore = warnBefore.isZero() ? warnBefore : check("warnBefore", warnBefore);
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
    return new ShowSettings(timeLimit, timeLimit.multipliedBy(3), maxLocks, grace, warnBefore);
  }

  /** These settings with an absolute limit of all extensions. */
  public ShowSettings withMaxTime(Duration maxTime) {
    return new ShowSettings(timeLimit, maxTime, maxLocks, grace, warnBefore);
  }

  /** These settings with a time to resume sessions in. */
  public ShowSettings withGrace(Duration grace) {
    return new ShowSettings(timeLimit, maxTime, maxLocks, grace, warnBefore);
  }

  /** These settings with a warning before the end of each time limit. */
  public ShowSettings withWarnBefore(Duration warnBefore) {
    return new ShowSettings(timeLimit, maxTime, maxLocks, grace, warnBefore);
  }

  /** These settings with a limit of locks for each holder. */
  public ShowSettings withMaxLocks(int maxLocks) {
    return new ShowSettings(timeLimit, maxTime, maxLocks, grace, warnBefore);
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
