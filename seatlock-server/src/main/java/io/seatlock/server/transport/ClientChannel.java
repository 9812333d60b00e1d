package io.seatlock.server.transport;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** The bytes of one client, in the clear on this side. For its event loop alone. */
interface ClientChannel extends ByteChannel {

  /**
   * Sends what the channel itself still holds back, such as encrypted bytes that the socket did not
   * take. Returns whether nothing is left of it.
   */
  boolean flush() throws IOException;
}
