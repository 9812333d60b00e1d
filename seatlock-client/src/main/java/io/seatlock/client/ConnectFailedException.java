package io.seatlock.client;

import org.jspecify.annotations.Nullable;

/**
 * The client did not get as far as the state of the show. Connecting again is safe; wait a little
 * longer each time.
 */
public final class ConnectFailedException extends SeatLockException {

  private static final long serialVersionUID = 1L;

  ConnectFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
