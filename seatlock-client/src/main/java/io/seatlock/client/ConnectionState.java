package io.seatlock.client;

/**
 * What a client's connection is at one moment. It goes from {@code CONNECTING} to {@code ONLINE}
 * and back there from every {@code SUSPENDED}, through {@code LOST} if the session has ended
 * meanwhile, until it is {@code CLOSED}.
 */
public enum ConnectionState {
  /** On the way for the first time: the server has not yet sent the state of the show. */
  CONNECTING,
  /** Calls are sent and the mirror is live. */
  ONLINE,
  /**
   * There is no connection and the client is making the next one, for as long as that takes: also
   * when the server does not take its key any more, which may be given back. The session and its
   * locks may live on; the mirror stands still.
   */
  SUSPENDED,
  /**
   * The session has ended while the client was suspended: its locks are released, and of calls that
   * were under way it is not known whether they happened. The client goes {@code ONLINE} with a new
   * session next.
   */
  LOST,
  /**
   * Closed by the program, never connected, or the session was taken over by another connection.
   * Nothing changes any more.
   */
  CLOSED
}
