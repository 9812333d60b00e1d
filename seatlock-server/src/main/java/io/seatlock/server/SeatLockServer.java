package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.LockQuotas;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import io.seatlock.server.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.java_websocket.framing.CloseFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: seats in memory or in a log, clients over WebSocket, operators over HTTP.
 * Started by its constructor, stopped by {@link #close}.
 */
public final class SeatLockServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SeatLockServer.class);

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
    Delivery delivery = new Delivery();
    seatLock = open(settings, delivery, onFailure);
    try {
      admin = new AdminServer(settings.adminAddress(), seatLock::trouble);
    } catch (IOException e) {
      seatLock.close();
      throw e;
    }
    Conversations conversations = new Conversations(seatLock, settings);
    try {
      transport =
          new Transport(
              settings.address(),
              settings.selectors(),
              settings.limits(),
              settings.clients(),
              settings.tls(),
              conversations,
              conversations::care,
              onFailure);
    } catch (IOException | RuntimeException e) {
      admin.close();
      seatLock.close();
      throw e;
    }
    delivery.to = transport;
    admin.start();
  }

  /**
   * Tells what a log has decided: on an event loop, where messages are written once for all that is
   * told, so that the log's thread can go on with the next commands. What listens never blocks.
   */
  private static final class Delivery implements Executor {
    private volatile Executor to = Runnable::run;

    @Override
    public void execute(Runnable task) {
      to.execute(task);
    }
  }

  private static SeatLock open(
      ServerSettings settings, Executor delivery, Consumer<Throwable> onFailure)
      throws IOException {
    if (settings.log() == null) {
      return SeatLock.create(settings.shows());
    }
    return SeatLock.builder()
        .settings(settings.shows())
        .log(settings.log())
        .deliverOn(delivery)
        .onFailure(onFailure)
        .open();
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

    private static final String BEARER = "Bearer ";

    private final Shows shows;
    private final Feeds classicFeeds;
    private final Feeds v2Feeds;
    private final LockQuotas quotas = new LockQuotas();
    private final ServerSettings settings;

    Conversations(SeatLock seatLock, ServerSettings settings) {
      this.shows = new Shows(seatLock);
      this.settings = settings;
      this.classicFeeds = new Feeds(new ClassicDialect(), settings.retainBytes(), Duration.ZERO);
      // As long as a session may be resumed, what it missed is kept.
      this.v2Feeds = new Feeds(new V2Dialect(), settings.retainBytes(), settings.shows().grace());
    }

    /** What has to be done every few seconds. */
    void care() {
      try {
        v2Feeds.sweep();
        shows.sweep();
        if (settings.access().reload()) {
          LOG.info("the access keys have changed");
        }
      } catch (IOException e) {
        LOG.error("the access keys cannot be renewed, the old ones stay: {}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("the server's housekeeping failed", e);
      }
    }

    /** A client of v2 gives its key later, in its hello. */
    @Override
    public boolean accepts(Conversation.Request request) {
      return ShowPath.show(request.path()).isPresent()
          && (request.protocol().equals(V2Conversation.PROTOCOL)
              || !settings.access().required()
              || grant(request).isPresent());
    }

    @Override
    public List<String> protocols() {
      return List.of(V2Conversation.PROTOCOL);
    }

    @Override
    public Conversation begin(Connection connection, Conversation.Request request) {
      String show = ShowPath.show(request.path()).orElseThrow();
      if (request.protocol().equals(V2Conversation.PROTOCOL)) {
        Guest guest = new Guest(connection, shows, show, quotas, settings);
        return new V2Conversation(connection, v2Feeds, guest, settings);
      }
      Optional<AccessKeys.Grant> grant = grant(request);
      if (grant.isEmpty() && settings.access().required()) {
        connection.close(CloseFrame.POLICY_VALIDATION, "the key was revoked");
        return Conversation.over();
      }
      Guest guest = new Guest(connection, shows, show, quotas, settings);
      grant.ifPresent(guest::identify);
      return ClassicConversation.begin(connection, classicFeeds, guest, settings);
    }

    private Optional<AccessKeys.Grant> grant(Conversation.Request request) {
      String header = request.authorization();
      return header.startsWith(BEARER)
          ? settings.access().find(header.substring(BEARER.length()).strip())
          : Optional.empty();
    }
  }
}
