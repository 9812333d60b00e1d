package io.seatlock.protocol;

/**
 * A message that breaks the protocol; its text is a sentence that names the fault and may be shown
 * to the sender. Sending the same message again cannot help.
 */
public final class InvalidMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  /** With the sentence that names the fault. */
  public InvalidMessageException(String message) {
    super(message);
  }

  /** With the sentence that names the fault, and what found it. */
  public InvalidMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}
