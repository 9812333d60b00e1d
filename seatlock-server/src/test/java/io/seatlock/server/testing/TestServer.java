package io.seatlock.server.testing;

import io.seatlock.core.SeatLock;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.transport.OriginPolicy;
import io.seatlock.server.transport.TransportLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A server in the test's own process, on free ports. */
public final class TestServer implements AutoCloseable {

  public static final String SECRET = "s3cret";

  private static final long RETAIN_BYTES = 4 * 1024 * 1024;

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final SeatLockServer server;

  private TestServer(
      ShowSettings shows,
      AuthorizationString authorization,
      TransportLimits limits,
      long retainBytes)
      throws IOException {
    this(usual(shows, authorization, limits, retainBytes));
  }

  private TestServer(ServerSettings settings) throws IOException {
    server = new SeatLockServer(settings, failure::set);
  }

  private static ServerSettings usual(
      ShowSettings shows,
      AuthorizationString authorization,
      TransportLimits limits,
      long retainBytes) {
    ServerSettings usual = settings(freePort(), freePort());
    return new ServerSettings(
        usual.address(),
        usual.adminAddress(),
        usual.selectors(),
        shows,
        authorization,
        usual.maxInvalidInARow(),
        retainBytes,
        limits,
        usual.origins(),
        usual.tls());
  }

  /** A server with these settings. */
  public static TestServer of(ServerSettings settings) throws IOException {
    return new TestServer(settings);
  }

  /** The usual settings, without a secret. */
  public static ServerSettings settings(InetSocketAddress address, InetSocketAddress adminAddress) {
    return new ServerSettings(
        address,
        adminAddress,
        1,
        ShowSettings.DEFAULT,
        AuthorizationString.none(),
        10,
        RETAIN_BYTES,
        TransportLimits.DEFAULT,
        OriginPolicy.ANY,
        null);
  }

  public static InetSocketAddress freePort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A server with these rules. */
  public static TestServer whole(ShowSettings shows, AuthorizationString authorization)
      throws IOException {
    return new TestServer(shows, authorization, TransportLimits.DEFAULT, RETAIN_BYTES);
  }

  /** The usual rules, with {@link #SECRET}. */
  public static TestServer whole() throws IOException {
    return whole(ShowSettings.DEFAULT, AuthorizationString.of(SECRET));
  }

  /** Limits that are reached soon; otherwise the usual ones. */
  public static TransportLimits shortLimits() {
    TransportLimits usual = TransportLimits.DEFAULT;
    return new TransportLimits(
        usual.maxConnections(),
        usual.maxPerAddress(),
        usual.maxUnopened(),
        usual.maxHandshakeBytes(),
        Duration.ofMillis(300),
        usual.maxMessageBytes(),
        usual.maxMessagesPerSecond(),
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        Duration.ofSeconds(3));
  }

  /** The usual limits but for how long a client may leave everything unread. */
  public static TransportLimits maxBlocked(Duration maxBlocked) {
    return limits(TransportLimits.DEFAULT.maxMessagesPerSecond(), maxBlocked);
  }

  /** The usual limits but for how many messages are read in a second. */
  public static TransportLimits maxMessagesPerSecond(int count) {
    return limits(count, TransportLimits.DEFAULT.maxBlocked());
  }

  private static TransportLimits limits(int maxMessagesPerSecond, Duration maxBlocked) {
    TransportLimits usual = TransportLimits.DEFAULT;
    return new TransportLimits(
        usual.maxConnections(),
        usual.maxPerAddress(),
        usual.maxUnopened(),
        usual.maxHandshakeBytes(),
        usual.handshakeTimeout(),
        usual.maxMessageBytes(),
        maxMessagesPerSecond,
        maxBlocked,
        usual.pingAfter(),
        usual.maxSilence());
  }

  /** A server with these limits. */
  public static TestServer open(TransportLimits limits, long retainBytes) throws IOException {
    return new TestServer(
        ShowSettings.DEFAULT, AuthorizationString.of(SECRET), limits, retainBytes);
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
