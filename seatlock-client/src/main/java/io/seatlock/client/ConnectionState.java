package io.seatlock.client;

/**
 * What a client's connection is at one moment. It goes from {@code CONNECTING} to {@code ONLINE},
 * from there perhaps to {@code LOST}, and ends as {@code CLOSED}.
 */
public enum ConnectionState {
  /** On the way: the server has not yet sent the state of the show. */
  CONNECTING,
  /** Calls are sent and the mirror is live. */
  ONLINE,
  /**
   * The connection broke, the server ended it or fell silent. Nothing is sent any more, the mirror
   * stands still and the locks are gone: the server releases them with the connection.
   */
  LOST,
  /** Closed by the program, or never connected. Nothing changes any more. */
  CLOSED
}
