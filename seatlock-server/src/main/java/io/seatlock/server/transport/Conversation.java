package io.seatlock.server.transport;

import java.util.List;

/**
 * Handles the messages of one open connection. Called by the connection's event loop: must not
 * block, since every other connection of the loop waits meanwhile.
 */
public interface Conversation {

  /**
   * Whether it can take a message now. If not, messages wait in order and nothing more is read;
   * call {@link Connection#requestFlush} when it can.
   */
  default boolean isReady() {
    return true;
  }

  /**
   * Whether the client has introduced itself, if it has to. A connection whose client never does is
   * closed after a while.
   */
  default boolean hasBegun() {
    return true;
  }

  /** Handles a text message. */
  void onText(String text);

  /** Handles a binary message. */
  void onBinary();

  /** Closes the connection, because the server ends. */
  void onGoingAway();

  /**
   * Whether a client that can never catch up can go on from a fresh state; otherwise its connection
   * is closed with 1013.
   */
  default boolean canStartAnew() {
    return false;
  }

  /** Sends a fresh state to a client that could never catch up and reads again. */
  default void startAnew() {
    throw new UnsupportedOperationException("this conversation cannot start anew");
  }

  /** Cleans up after the connection, however it ended. Called once and last. */
  void onClosed();

  /** A conversation that ignores every message. */
  static Conversation over() {
    return new Conversation() {
      @Override
      public void onText(String text) {}

      @Override
      public void onBinary() {}

      @Override
      public void onGoingAway() {}

      @Override
      public void onClosed() {}
    };
  }

  /**
   * What a client asked for when it connected.
   *
   * @param path the path and query of the request
   * @param protocol the subprotocol that was agreed on; empty if the client offered no known one
   * @param authorization the Authorization header; empty if there was none
   */
  record UpgradeRequest(String path, String protocol, String authorization) {

    /** Leaves the key out. */
    @Override
    public String toString() {
      return "UpgradeRequest[path=" + path + ", protocol=" + protocol + "]";
    }
  }

  /** Begins conversations. Called by several event loops. */
  interface Factory {

    /** Whether to accept a request. Must have no side effects. */
    boolean accepts(UpgradeRequest request);

    /**
     * Begins the conversation of a connection that is just open.
     *
     * @param request its request, which {@link #accepts} has accepted
     */
    Conversation begin(Connection connection, UpgradeRequest request);

    /** The known subprotocols. A client may also go without one. */
    List<String> protocols();
  }
}
