package io.seatlock.server.transport;

import java.util.List;

/**
 * What happens on one connection once it is open. Called by the connection's event loop: must not
 * block, since every other connection of the loop waits meanwhile.
 */
public interface Conversation {

  /** A text message has come. */
  void onText(String text);

  /** A binary message has come. */
  void onBinary();

  /** The server ends: closes the connection. */
  void onGoingAway();

  /** The connection is gone, for whatever reason. Called once and last. */
  void onClosed();

  /** Begins conversations. Called by several event loops. */
  interface Factory {

    /** Whether this path leads anywhere. */
    boolean accepts(String path);

    /**
     * Begins the conversation of a connection that is just open.
     *
     * @param path the path of the request, which {@link #accepts} has accepted
     * @param protocol the subprotocol that was agreed on; empty if the client offered none
     */
    Conversation begin(Connection connection, String path, String protocol);

    /** The subprotocols that may be agreed on, besides none. */
    List<String> protocols();
  }
}
