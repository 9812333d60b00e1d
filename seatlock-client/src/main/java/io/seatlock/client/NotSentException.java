package io.seatlock.client;

/**
 * The call was not sent because the client is not online, or because too many calls wait for their
 * answers. It did not happen: calling again, with a client that is online, is safe.
 */
public final class NotSentException extends SeatLockException {

  private static final long serialVersionUID = 1L;

  NotSentException(String message) {
    super(message, null);
  }
}
