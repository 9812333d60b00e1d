package io.seatlock.server.transport;

import java.util.List;

/**
 * What happens on one connection once it is open. Called by the connection's event loop: must not
 * block, since every other connection of the loop waits meanwhile.
 */
public interface Conversation {

  /**
   * Whether it can be told of a message now. One that cannot is told later, in order, and nothing
   * more is read meanwhile; when it can, {@link Connection#requestFlush} has it asked again.
   */
  default boolean isReady() {
    return true;
  }

  /**
   * Whether the client has said who it is, if it has to. One that never does is closed after a
   * while.
   */
  default boolean hasBegun() {
    return true;
  }

  /** A text message has come. */
  void onText(String text);

  /** A binary message has come. */
  void onBinary();

  /** The server ends: closes the connection. */
  void onGoingAway();

  /**
   * Whether a client that is so far behind that it can never catch up can go on from a fresh state;
   * otherwise its connection is closed with 1013.
   */
  default boolean canStartAnew() {
    return false;
  }

  /** The client can never catch up, and its socket takes bytes again: tell it a fresh state. */
  default void startAnew() {
    throw new UnsupportedOperationException("this conversation cannot start anew");
  }

  /** The connection is gone, for whatever reason. Called once and last. */
  void onClosed();

  /** A conversation that was over before it began: what comes is not heard. */
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
   * @param protocol the subprotocol that was agreed on; empty if the client offered none that is
   *     known
   * @param authorization the Authorization header; empty if there was none
   */
  record UpgradeRequest(String path, String protocol, String authorization) {

    /** Does not show the key. */
    @Override
    public String toString() {
      return "UpgradeRequest[path=" + path + ", protocol=" + protocol + "]";
    }
  }

  /** Begins conversations. Called by several event loops. */
  interface Factory {

    /** Whether a request is taken. Must have no side effects. */
    boolean accepts(UpgradeRequest request);

    /**
     * Begins the conversation of a connection that is just open.
     *
     * @param request its request, which {@link #accepts} has accepted
     */
    Conversation begin(Connection connection, UpgradeRequest request);

    /** The subprotocols that may be agreed on, besides none. */
    List<String> protocols();
  }
}
