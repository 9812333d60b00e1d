package io.seatlock.client;

/**
 * The server did not understand the call; the message is what it said. Nothing happened, and the
 * same call again cannot help: client and server do not speak the same protocol.
 */
public final class InvalidRequestException extends SeatLockException {

  private static final long serialVersionUID = 1L;

  InvalidRequestException(String message) {
    super(message, null);
  }
}
