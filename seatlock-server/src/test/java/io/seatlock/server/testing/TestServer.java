package io.seatlock.server.testing;

import io.seatlock.core.SeatLock;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.transport.TransportLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A server in the test's own process, on free ports. */
public final class TestServer implements AutoCloseable {

  public static final String SECRET = "s3cret";

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final SeatLockServer server;

  private TestServer(ServerSettings settings) throws IOException {
    server = new SeatLockServer(settings, failure::set);
  }

  /** A server with these settings. */
  public static TestServer start(ServerSettings settings) throws IOException {
    return new TestServer(settings);
  }

  /** The usual settings, without a secret. */
  public static ServerSettings settings(InetSocketAddress address, InetSocketAddress adminAddress) {
    return ServerSettings.builder(address).adminAddress(adminAddress).build();
  }

  public static InetSocketAddress freePort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A server with these rules. */
  public static TestServer start(ShowSettings shows, AuthorizationString authorization)
      throws IOException {
    return new TestServer(
        ServerSettings.builder(freePort())
            .shows(shows)
            .access(AccessKeys.of(authorization))
            .build());
  }

  /** The usual rules, with {@link #SECRET}. */
  public static TestServer start() throws IOException {
    return start(ShowSettings.DEFAULT, AuthorizationString.of(SECRET));
  }

  /** Limits that are reached soon; otherwise the usual ones. */
  public static TransportLimits shortLimits() {
    return TransportLimits.builder()
        .handshakeTimeout(Duration.ofMillis(300))
        .maxBlocked(Duration.ofMillis(300))
        .pingAfter(Duration.ofMillis(300))
        .maxSilence(Duration.ofSeconds(3))
        .build();
  }

  /** The usual limits but for how long a client may leave everything unread. */
  public static TransportLimits maxBlocked(Duration maxBlocked) {
    return TransportLimits.builder().maxBlocked(maxBlocked).build();
  }

  /** The usual limits but for how many messages are read in a second. */
  public static TransportLimits maxMessagesPerSecond(int count) {
    return TransportLimits.builder().maxMessagesPerSecond(count).build();
  }

  /** A server with these limits. */
  public static TestServer start(TransportLimits limits, long retainBytes) throws IOException {
    return new TestServer(
        ServerSettings.builder(freePort())
            .authorizationString(SECRET)
            .limits(limits)
            .retainBytes(retainBytes)
            .build());
  }

  public InetSocketAddress address() {
    return server.address();
  }

  /** The seats, to be reached without a client. */
  public SeatLock seatLock() {
    return server.seatLock();
  }

  /** Stops the server, which must not have stopped before. */
  @Override
  public void close() {
    server.close();
    if (failure.get() != null) {
      throw new AssertionError("the server could not go on", failure.get());
    }
  }
}
