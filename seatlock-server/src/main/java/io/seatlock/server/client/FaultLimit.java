package io.seatlock.server.client;

import io.seatlock.server.transport.Connection;
import org.java_websocket.framing.CloseFrame;

/** Closes a connection that sends too many invalid messages in a row. For its event loop. */
public final class FaultLimit {

  private final Connection connection;
  private final int maxInARow;
  private int inARow;

  /** Creates it without any fault. */
  public FaultLimit(Connection connection, ClientPolicy policy) {
    this.connection = connection;
    this.maxInARow = policy.maxInvalidInARow();
  }

  /** Counts a valid message: faults are no longer in a row. */
  public void reset() {
    inARow = 0;
  }

  /** Counts an invalid message, after it is answered. */
  public void countFault() {
    if (++inARow >= maxInARow) {
      connection.close(CloseFrame.POLICY_VALIDATION, "too many invalid messages");
    }
  }
}
