package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import io.seatlock.server.transport.EventLoop;
import io.seatlock.server.transport.TransportLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A server in the test's own process, on free ports. Two kinds: the whole one as it is started from
 * the command line, and one put together here, whose seats can be reached without a client and
 * whose limits are the test's.
 */
final class TestServer implements AutoCloseable {

  static final String SECRET = "s3cret";

  private final AtomicReference<Throwable> failure;
  private final InetSocketAddress address;
  private final SeatLock seatLock;
  private final AutoCloseable running;

  private TestServer(
      AtomicReference<Throwable> failure,
      InetSocketAddress address,
      SeatLock seatLock,
      AutoCloseable running) {
    this.failure = failure;
    this.address = address;
    this.seatLock = seatLock;
    this.running = running;
  }

  static InetSocketAddress freePort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** The whole server. */
  static TestServer whole(ShowSettings settings, AuthorizationString authorization)
      throws IOException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    SeatLockServer server =
        new SeatLockServer(freePort(), freePort(), settings, authorization, failure::set);
    return new TestServer(failure, server.address(), null, server);
  }

  /** The whole server, usual settings, with {@link #SECRET}. */
  static TestServer whole() throws IOException {
    return whole(ShowSettings.DEFAULT, AuthorizationString.of(SECRET));
  }

  /** Limits that are reached soon; otherwise the usual ones. */
  static TransportLimits shortLimits() {
    TransportLimits usual = TransportLimits.DEFAULT;
    return new TransportLimits(
        usual.maxMessageBytes(),
        usual.maxHandshakeBytes(),
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        Duration.ofSeconds(3));
  }

  /** One event loop with classic conversations over seats that the test can reach. */
  static TestServer open(TransportLimits limits, long retainBytes) throws IOException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    SeatLock seatLock = SeatLock.create();
    Feeds feeds = new Feeds(seatLock, new ClassicDialect(), retainBytes);
    EventLoop loop =
        new EventLoop(
            "test-clients",
            freePort(),
            false,
            limits,
            new Classic(feeds, AuthorizationString.of(SECRET)),
            failure::set);
    loop.start();
    return new TestServer(
        failure,
        loop.address(),
        seatLock,
        () -> {
          loop.close();
          seatLock.close();
        });
  }

  InetSocketAddress address() {
    return address;
  }

  /** The seats; only of a server put together here. */
  SeatLock seatLock() {
    return seatLock;
  }

  /** Stops the server, which must not have stopped before. */
  @Override
  public void close() {
    try {
      running.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    if (failure.get() != null) {
      throw new AssertionError("the server could not go on", failure.get());
    }
  }

  private static final class Classic implements Conversation.Factory {
    private final AtomicInteger holders = new AtomicInteger();
    private final Feeds feeds;
    private final AuthorizationString authorization;

    Classic(Feeds feeds, AuthorizationString authorization) {
      this.feeds = feeds;
      this.authorization = authorization;
    }

    @Override
    public boolean accepts(String path) {
      return ShowPath.show(path).isPresent();
    }

    @Override
    public Conversation begin(Connection connection, String path) {
      String holder = "holder-" + holders.incrementAndGet();
      return ClassicConversation.begin(
          connection, feeds, ShowPath.show(path).orElseThrow(), holder, authorization);
    }
  }
}
