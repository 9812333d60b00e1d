package io.seatlock.jdbc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is in the log cannot be what was written; the message says what and where. */
final class DamagedLogException extends IOException {

  private static final long serialVersionUID = 1;

  DamagedLogException(String message) {
    super(message);
  }

  DamagedLogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
