package io.seatlock.client;

import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong with a client or a call, as opposed to an {@link Outcome}: a taken seat
 * is an outcome. In all cases that the subclasses stand for, nothing was changed at the server.
 */
public abstract sealed class SeatLockException extends RuntimeException
    permits ConnectFailedException, NotSentException {

  private static final long serialVersionUID = 1L;

  SeatLockException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
