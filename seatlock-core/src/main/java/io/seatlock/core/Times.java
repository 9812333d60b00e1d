package io.seatlock.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Moments that may be missing, as milliseconds since the epoch and back. */
final class Times {

  private Times() {}

  static @Nullable Long millis(@Nullable Instant instant) {
    return instant == null ? null : (Long) instant.toEpochMilli();
  }

  static @Nullable Instant instant(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
