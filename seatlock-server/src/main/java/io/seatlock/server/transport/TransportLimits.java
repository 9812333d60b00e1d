package io.seatlock.server.transport;

import java.time.Duration;

/**
 * How much connections may use before they are refused, slowed down or closed.
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
  public static final TransportLimits DEFAULT = builder().build();

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException naming the first one that is not positive
   */
  public TransportLimits {
    requirePositive("the number of connections", maxConnections);
    requirePositive("the number of connections from one address", maxPerAddress);
    requirePositive("the number of unopened connections", maxUnopened);
    requirePositive("the length of a request", maxHandshakeBytes);
    requirePositive("the time for a handshake", handshakeTimeout.toMillis());
    requirePositive("the length of a message", maxMessageBytes);
    requirePositive("the number of messages a second", maxMessagesPerSecond);
    requirePositive("the time that a client may not read", maxBlocked.toMillis());
    requirePositive("the time after which a client is pinged", pingAfter.toMillis());
    requirePositive("the time that a client may be silent", maxSilence.toMillis());
  }

  /** Begins limits that are {@link #DEFAULT} where nothing else is set. */
  public static Builder builder() {
    return new Builder();
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }

  /** Limits in the making. Each method returns the builder itself. For one thread. */
  public static final class Builder {

    private int maxConnections = 100_000;
    private int maxPerAddress = 20_000;
    private int maxUnopened = 5_000;
    private int maxHandshakeBytes = 8 * 1024;
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private int maxMessageBytes = 16 * 1024;
    private int maxMessagesPerSecond = 100_000;
    private Duration maxBlocked = Duration.ofSeconds(30);
    private Duration pingAfter = Duration.ofSeconds(20);
    private Duration maxSilence = Duration.ofSeconds(60);

    private Builder() {}

    /** Sets how many connections there may be; further ones are closed as they come. */
    public Builder maxConnections(int count) {
      this.maxConnections = count;
      return this;
    }

    /** Sets how many connections there may be from one address. */
    public Builder maxPerAddress(int count) {
      this.maxPerAddress = count;
      return this;
    }

    /** Sets how many connections may be open as sockets but not yet as WebSockets. */
    public Builder maxUnopened(int count) {
      this.maxUnopened = count;
      return this;
    }

    /** Sets the length of a request. */
    public Builder maxHandshakeBytes(int bytes) {
      this.maxHandshakeBytes = bytes;
      return this;
    }

    /** Sets how long a connection may take to open. */
    public Builder handshakeTimeout(Duration duration) {
      this.handshakeTimeout = duration;
      return this;
    }

    /** Sets the length of a message. */
    public Builder maxMessageBytes(int bytes) {
      this.maxMessageBytes = bytes;
      return this;
    }

    /** Sets how many messages of one connection are read in a second. */
    public Builder maxMessagesPerSecond(int count) {
      this.maxMessagesPerSecond = count;
      return this;
    }

    /** Sets how long a client may leave unread what was sent to it. */
    public Builder maxBlocked(Duration duration) {
      this.maxBlocked = duration;
      return this;
    }

    /** Sets how long a client may be silent before it is asked whether it is there. */
    public Builder pingAfter(Duration duration) {
      this.pingAfter = duration;
      return this;
    }

    /** Sets how long a client may be silent altogether. */
    public Builder maxSilence(Duration duration) {
      this.maxSilence = duration;
      return this;
    }

    /**
     * The limits.
     *
     * @throws IllegalArgumentException naming the first one that is not positive
     */
    public TransportLimits build() {
      return new TransportLimits(
          maxConnections,
          maxPerAddress,
          maxUnopened,
          maxHandshakeBytes,
          handshakeTimeout,
          maxMessageBytes,
          maxMessagesPerSecond,
          maxBlocked,
          pingAfter,
          maxSilence);
    }
  }
}
