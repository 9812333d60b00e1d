package io.seatlock.core;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A log holds something other than what was written to it; the message says what and where. Trying
 * again does not help: restore a copy.
 */
public final class DamagedLogException extends IOException {

  private static final long serialVersionUID = 1;

  /** Damage without a cause. */
  public DamagedLogException(String message) {
    super(message);
  }

  /** Damage that showed as another exception. */
  public DamagedLogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
