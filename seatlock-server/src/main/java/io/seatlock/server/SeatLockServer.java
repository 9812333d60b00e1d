package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import io.seatlock.server.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * A running server: seats in memory, clients over WebSocket, operators over HTTP. Started by its
 * constructor, stopped by {@link #close}.
 */
public final class SeatLockServer implements AutoCloseable {

  private final SeatLock seatLock;
  private final Transport transport;
  private final AdminServer admin;

  /**
   * Binds both addresses and starts to serve.
   *
   * @param onFailure told once if the server cannot go on
   * @throws IOException if an address cannot be bound; nothing is left running then
   */
  public SeatLockServer(ServerSettings settings, Consumer<Throwable> onFailure) throws IOException {
    admin = new AdminServer(settings.adminAddress());
    seatLock = SeatLock.create(settings.shows());
    try {
      transport =
          new Transport(
              settings.address(),
              settings.selectors(),
              settings.limits(),
              settings.clients(),
              settings.tls(),
              new Conversations(seatLock, settings),
              onFailure);
    } catch (IOException | RuntimeException e) {
      admin.close();
      seatLock.close();
      throw e;
    }
    admin.start();
  }

  /** The seats, for a program that runs the server inside itself. */
  public SeatLock seatLock() {
    return seatLock;
  }

  /** Where clients connect. */
  public InetSocketAddress address() {
    return transport.address();
  }

  /** Where operators ask. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** Tells every client that the server goes away, and stops. */
  @Override
  public void close() {
    admin.close();
    transport.close();
    seatLock.close();
  }

  /** Begins a conversation in the dialect that the client speaks. */
  private static final class Conversations implements Conversation.Factory {

    private final SeatLock seatLock;
    private final Feeds classicFeeds;
    private final Feeds v2Feeds;
    private final ServerSettings settings;

    Conversations(SeatLock seatLock, ServerSettings settings) {
      this.seatLock = seatLock;
      this.settings = settings;
      this.classicFeeds = new Feeds(seatLock, new ClassicDialect(), settings.retainBytes());
      this.v2Feeds = new Feeds(seatLock, new V2Dialect(), settings.retainBytes());
    }

    @Override
    public boolean accepts(String path) {
      return ShowPath.show(path).isPresent();
    }

    @Override
    public List<String> protocols() {
      return List.of(V2Conversation.PROTOCOL);
    }

    @Override
    public Conversation begin(Connection connection, String path, String protocol) {
      String show = ShowPath.show(path).orElseThrow();
      return protocol.equals(V2Conversation.PROTOCOL)
          ? new V2Conversation(connection, v2Feeds, seatLock.show(show), settings)
          : ClassicConversation.begin(
              connection, classicFeeds, show, SessionToken.randomId(), settings);
    }
  }
}
