package io.seatlock.server.transport;

import java.time.Duration;

/**
 * What connections may take before they are refused, slowed down or closed.
 *
 * @param maxConnections how many there may be; further ones are closed as they come
 * @param maxPerAddress how many there may be from one address
 * @param maxUnopened how many may be open as sockets but not yet as WebSockets
 * @param maxHandshakeBytes the length of a request
 * @param handshakeTimeout how long a connection may take to open
 * @param maxMessageBytes the length of a message; a longer one is answered with close 1009
 * @param maxMessagesPerSecond how many messages of one connection are read in a second; the others
 *     wait in its socket
 * @param maxBlocked how long a client may leave what was sent to it unread, once the socket's
 *     buffers are full
 * @param pingAfter how long a client may be silent before it is asked whether it is there
 * @param maxSilence how long it may be silent altogether, or say nothing that begins a conversation
 */
public record TransportLimits(
    int maxConnections,
    int maxPerAddress,
    int maxUnopened,
    int maxHandshakeBytes,
    Duration handshakeTimeout,
    int maxMessageBytes,
    int maxMessagesPerSecond,
    Duration maxBlocked,
    Duration pingAfter,
    Duration maxSilence) {

  /** The limits that fit nearly everywhere. */
  public static final TransportLimits DEFAULT =
      new TransportLimits(
          100_000,
          20_000,
          5_000,
          8 * 1024,
          Duration.ofSeconds(10),
          16 * 1024,
          100_000,
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60));

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException naming the first one that is not positive
   */
  public TransportLimits {
    positive("the number of connections", maxConnections);
    positive("the number of connections from one address", maxPerAddress);
    positive("the number of unopened connections", maxUnopened);
    positive("the length of a request", maxHandshakeBytes);
    positive("the time for a handshake", handshakeTimeout.toMillis());
    positive("the length of a message", maxMessageBytes);
    positive("the number of messages a second", maxMessagesPerSecond);
    positive("the time that a client may not read", maxBlocked.toMillis());
    positive("the time after which a client is pinged", pingAfter.toMillis());
    positive("the time that a client may be silent", maxSilence.toMillis());
  }

  private static void positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }
}
