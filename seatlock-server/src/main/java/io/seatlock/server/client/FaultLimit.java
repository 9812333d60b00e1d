package io.seatlock.server.client;

import io.seatlock.server.transport.Connection;
import org.java_websocket.framing.CloseFrame;

/** Closes a connection that sends too many invalid messages in a row. For its event loop. */
public final class FaultLimit {

  private final Connection connection;
  private final int maxInARow;
  private int inARow;

  /** With no fault yet. */
  public FaultLimit(Connection connection, ClientPolicy policy) {
    this.connection = connection;
    this.maxInARow = policy.maxInvalidInARow();
  }

  /** A message was valid. */
  public void reset() {
    inARow = 0;
  }

  /** A message was invalid, and is answered. */
  public void countFault() {
    if (++inARow >= maxInARow) {
      connection.close(CloseFrame.POLICY_VALIDATION, "too many invalid messages");
    }
  }
}
