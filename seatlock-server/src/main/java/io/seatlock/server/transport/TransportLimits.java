package io.seatlock.server.transport;

import java.time.Duration;

/**
 * What one connection may take before it is closed.
 *
 * @param maxMessageBytes the length of a message; a longer one is answered with close 1009
 * @param maxHandshakeBytes the bytes of a request before the connection is open
 * @param handshakeTimeout how long a connection may take to open
 * @param maxBlocked how long a client may leave what was sent to it unread, once the socket's
 *     buffers are full
 * @param pingAfter how long a client may be silent before it is asked whether it is there
 * @param maxSilence how long it may be silent altogether
 */
public record TransportLimits(
    int maxMessageBytes,
    int maxHandshakeBytes,
    Duration handshakeTimeout,
    Duration maxBlocked,
    Duration pingAfter,
    Duration maxSilence) {

  /** The limits that fit nearly everywhere. */
  public static final TransportLimits DEFAULT =
      new TransportLimits(
          16 * 1024,
          8 * 1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60));
}
