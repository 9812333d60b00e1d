package io.seatlock.server.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** The messages that wait for one connection. Called by the connection's event loop alone. */
public interface Outgoing {

  /**
   * Writes what waits, whole frames only, as far as the channel takes it.
   *
   * @param scratch memory of the calling event loop, free for the duration of the call
   * @throws IOException if the channel does
   */
  State writeTo(WritableByteChannel channel, ByteBuffer scratch) throws IOException;

  /**
   * Whether the client is so far behind that it can never catch up. If so, forgets the messages for
   * everyone that it could still have received, except the rest of one that has been begun.
   */
  boolean checkLost();

  /** How many bytes wait for this connection alone. */
  int ownBytes();

  /** How a write ended. */
  enum State {
    /** Everything has been written. */
    EMPTY,
    /** The channel takes no more now; perhaps part of a frame has been written. */
    BLOCKED,
    /** The client can never catch up; what had been begun is written. Returned once. */
    LOST
  }
}
