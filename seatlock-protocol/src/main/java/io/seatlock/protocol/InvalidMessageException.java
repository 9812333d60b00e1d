package io.seatlock.protocol;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message that breaks the protocol; its text is a sentence that names the fault and may be shown
 * to the sender. Sending the same message again cannot help.
 */
public final class InvalidMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable RequestId requestId;

  /** With the sentence that names the fault. */
  public InvalidMessageException(String message) {
    super(message);
    this.requestId = null;
  }

  /** With the sentence that names the fault, and the id of the request if it could be read. */
  public InvalidMessageException(String message, @Nullable RequestId requestId, Throwable cause) {
    super(message, cause);
    this.requestId = requestId;
  }

  /** With the sentence that names the fault, and what found it. */
  public InvalidMessageException(String message, Throwable cause) {
    super(message, cause);
    this.requestId = null;
  }

  /** The id of the request, if it has one that could be read. */
  public Optional<RequestId> requestId() {
    return Optional.ofNullable(requestId);
  }
}
