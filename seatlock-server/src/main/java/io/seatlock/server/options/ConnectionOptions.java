package io.seatlock.server.options;

import com.sun.management.UnixOperatingSystemMXBean;
import io.seatlock.server.transport.TransportLimits;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How much connections may use before they are refused, slowed down or closed. */
public final class ConnectionOptions extends OptionGroup {

  @Option(
      names = "--max-connections",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_CONNECTIONS:-0}",
      description = {
        "How many connections are taken; 0 takes as many as open files allow,",
        "at most 100000."
      })
  private int maxConnections;

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_CONNECTIONS_PER_ADDRESS:-20000}",
      description = "How many of them from one address.")
  private int maxPerAddress;

  @Option(
      names = "--max-unopened",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_UNOPENED:-5000}",
      description = "How many of them that have not finished their handshake.")
  private int maxUnopened;

  @Option(
      names = "--max-handshake-bytes",
      paramLabel = "<bytes>",
      defaultValue = "${env:SEATLOCK_MAX_HANDSHAKE_BYTES:-8192}",
      description = "The length of a handshake.")
  private int maxHandshakeBytes;

  @Option(
      names = "--handshake-timeout",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_HANDSHAKE_TIMEOUT:-10s}",
      converter = DurationConverter.class,
      description = "How long a handshake may take.")
  private Duration handshakeTimeout = Duration.ZERO;

  @Option(
      names = "--max-message-bytes",
      paramLabel = "<bytes>",
      defaultValue = "${env:SEATLOCK_MAX_MESSAGE_BYTES:-16384}",
      description = "The length of a client's message.")
  private int maxMessageBytes;

  @Option(
      names = "--max-message-rate",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_MESSAGE_RATE:-100000}",
      description = "How many messages of one connection are read in a second.")
  private int maxMessageRate;

  @Option(
      names = "--max-invalid",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_INVALID:-10}",
      description = "How many invalid messages in a row close a connection.")
  private int maxInvalid;

  @Option(
      names = "--max-unsent-age",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_MAX_UNSENT_AGE:-30s}",
      converter = DurationConverter.class,
      description = "How long a client may leave unread what is sent to it.")
  private Duration maxUnsentAge = Duration.ZERO;

  /**
   * The limits of connections.
   *
   * @throws IllegalArgumentException if one of them is not positive
   */
  public TransportLimits limits() {
    return TransportLimits.builder()
        .maxConnections(maxConnections == 0 ? connectionsThatOpenFilesAllow() : maxConnections)
        .maxPerAddress(maxPerAddress)
        .maxUnopened(maxUnopened)
        .maxHandshakeBytes(maxHandshakeBytes)
        .handshakeTimeout(handshakeTimeout)
        .maxMessageBytes(maxMessageBytes)
        .maxMessagesPerSecond(maxMessageRate)
        .maxBlocked(maxUnsentAge)
        .build();
  }

  /** How many invalid messages in a row close a connection. */
  public int maxInvalidInARow() {
    if (maxInvalid < 1) {
      throw wrongUsage("--max-invalid must be positive, not " + maxInvalid);
    }
    return maxInvalid;
  }

  /** Well below the limit of open files: running out of those must stay the rare case. */
  private static int connectionsThatOpenFilesAllow() {
    int most = TransportLimits.DEFAULT.maxConnections();
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.max(1, Math.min(most, unix.getMaxFileDescriptorCount() * 9 / 10 - 50))
        : most;
  }
}
