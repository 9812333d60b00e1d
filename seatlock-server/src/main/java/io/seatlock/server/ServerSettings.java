package io.seatlock.server;

import io.seatlock.core.CommandLog;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.client.ClientPolicy;
import io.seatlock.server.transport.OriginPolicy;
import io.seatlock.server.transport.TlsCertificate;
import io.seatlock.server.transport.TransportLimits;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with.
 *
 * @param address where clients connect; port 0 takes a free one
 * @param adminAddress where operators ask; port 0 takes a free one
 * @param selectors how many threads serve clients
 * @param shows the rules of shows that are opened on first use
 * @param log where commands are kept, closed with the server; null to keep everything in memory
 * @param access who may come in and what they may do
 * @param maxInvalidInARow how many invalid messages in a row close a connection
 * @param retainBytes how far a client may be behind in a show, in bytes of its encoded events
 * @param maxLocksPerAddress how many seats the clients of one address without keys may have locked
 * @param maxLocksPerSecondPerAddress how many seats they may lock in a second
 * @param limits what connections may take
 * @param origins whose requests are taken
 * @param tls the certificate if connections are encrypted, otherwise null
 */
public record ServerSettings(
    InetSocketAddress address,
    InetSocketAddress adminAddress,
    int selectors,
    ShowSettings shows,
    @Nullable CommandLog log,
    AccessKeys access,
    int maxInvalidInARow,
    long retainBytes,
    int maxLocksPerAddress,
    int maxLocksPerSecondPerAddress,
    TransportLimits limits,
    OriginPolicy origins,
    @Nullable TlsCertificate tls) {

  /** Settings without a log, without access keys and without limits for addresses. */
  public ServerSettings(
      InetSocketAddress address,
      InetSocketAddress adminAddress,
      int selectors,
      ShowSettings shows,
      AuthorizationString authorization,
      int maxInvalidInARow,
      long retainBytes,
      TransportLimits limits,
      OriginPolicy origins,
      @Nullable TlsCertificate tls) {
    this(
        address,
        adminAddress,
        selectors,
        shows,
        null,
        AccessKeys.of(authorization),
        maxInvalidInARow,
        retainBytes,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        limits,
        origins,
        tls);
  }

  /** What holds for every client. */
  ClientPolicy clientPolicy() {
    return new ClientPolicy(
        access, maxInvalidInARow, maxLocksPerAddress, maxLocksPerSecondPerAddress);
  }
}
