package io.seatlock.server.transport;

/**
 * What happens on one connection once it is open. Called by the connection's event loop: must not
 * block, since every other connection of the loop waits meanwhile.
 */
public interface Conversation {

  /** A text message has come. */
  void onText(String text);

  /** A binary message has come. */
  void onBinary();

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
     */
    Conversation begin(Connection connection, String path);
  }
}
