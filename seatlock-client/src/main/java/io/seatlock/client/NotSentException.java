package io.seatlock.client;

/**
 * The call was not sent: the client is closed, or suspended and told not to wait, or too many calls
 * wait for their answers. It did not happen: calling again is safe.
 */
public final class NotSentException extends SeatLockException {

  private static final long serialVersionUID = 1L;

  NotSentException(String message) {
    super(message, null);
  }
}
