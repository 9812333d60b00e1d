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
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * A running server: seats in memory, clients over WebSocket, operators over HTTP. Started by its
 * constructor, stopped by {@link #close}.
 */
public final class SeatLockServer implements AutoCloseable {

  private static final long RETAIN_BYTES = 4 * 1024 * 1024;
  private static final int HOLDER_ID_BYTES = 10;

  private final SeatLock seatLock;
  private final EventLoop loop;
  private final AdminServer admin;

  /**
   * Binds both addresses and starts to serve.
   *
   * @param onFailure told once if the server cannot go on
   * @throws IOException if an address cannot be bound; nothing is left running then
   */
  public SeatLockServer(
      InetSocketAddress address,
      InetSocketAddress adminAddress,
      ShowSettings settings,
      AuthorizationString authorization,
      Consumer<Throwable> onFailure)
      throws IOException {
    seatLock = SeatLock.create(settings);
    Feeds feeds = new Feeds(seatLock, new ClassicDialect(), RETAIN_BYTES);
    loop =
        new EventLoop(
            "seatlock-clients",
            address,
            false,
            TransportLimits.DEFAULT,
            new Conversations(feeds, authorization),
            onFailure);
    try {
      admin = new AdminServer(adminAddress);
    } catch (IOException | RuntimeException e) {
      loop.close();
      seatLock.close();
      throw e;
    }
    loop.start();
    admin.start();
  }

  /** Where clients connect. */
  public InetSocketAddress address() throws IOException {
    return loop.address();
  }

  /** Where operators ask. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** Tells every client that the server goes away, and stops. */
  @Override
  public void close() {
    admin.close();
    loop.close();
    seatLock.close();
  }

  /** Begins a conversation in the dialect that the client speaks. */
  private static final class Conversations implements Conversation.Factory {

    private final SecureRandom random = new SecureRandom();
    private final Feeds feeds;
    private final AuthorizationString authorization;

    Conversations(Feeds feeds, AuthorizationString authorization) {
      this.feeds = feeds;
      this.authorization = authorization;
    }

    @Override
    public boolean accepts(String path) {
      return ShowPath.show(path).isPresent();
    }

    @Override
    public Conversation begin(Connection connection, String path) {
      String show = ShowPath.show(path).orElseThrow();
      byte[] holder = new byte[HOLDER_ID_BYTES];
      random.nextBytes(holder);
      return ClassicConversation.begin(
          connection, feeds, show, HexFormat.of().formatHex(holder), authorization);
    }
  }
}
