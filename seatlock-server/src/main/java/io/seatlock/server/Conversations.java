package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.LockQuotas;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.classic.ClassicConversation;
import io.seatlock.server.classic.ClassicDialect;
import io.seatlock.server.client.ClientPolicy;
import io.seatlock.server.client.ClientRights;
import io.seatlock.server.client.Shows;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import io.seatlock.server.v2.V2Conversation;
import io.seatlock.server.v2.V2Dialect;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.java_websocket.framing.CloseFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins a conversation in the dialect that the client speaks. */
final class Conversations implements Conversation.Factory {

  private static final Logger LOG = LoggerFactory.getLogger(Conversations.class);

  private static final String BEARER = "Bearer ";

  private final Shows shows;
  private final Feeds classicFeeds;
  private final Feeds v2Feeds;
  private final LockQuotas quotas = new LockQuotas();
  private final ClientPolicy policy;

  Conversations(SeatLock seatLock, ServerSettings settings) {
    this.shows = new Shows(seatLock);
    this.policy = settings.clientPolicy();
    this.classicFeeds = new Feeds(new ClassicDialect(), settings.retainBytes(), Duration.ZERO);
    // As long as a session may be resumed, what it missed is kept.
    this.v2Feeds = new Feeds(new V2Dialect(), settings.retainBytes(), settings.shows().grace());
  }

  /** Does the housekeeping, every few seconds. */
  void care() {
    try {
      v2Feeds.sweep();
      shows.sweep();
      if (policy.access().reload()) {
        LOG.info("the access keys have changed");
      }
    } catch (IOException e) {
      LOG.error("the access keys cannot be renewed, the old ones stay: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the server's housekeeping failed", e);
    }
  }

  /** A v2 client sends its key later, in its hello. */
  @Override
  public boolean accepts(Conversation.UpgradeRequest request) {
    return ShowPath.show(request.path()).isPresent()
        && (request.protocol().equals(V2Conversation.PROTOCOL)
            || !policy.access().required()
            || grant(request).isPresent());
  }

  @Override
  public List<String> protocols() {
    return List.of(V2Conversation.PROTOCOL);
  }

  @Override
  public Conversation begin(Connection connection, Conversation.UpgradeRequest request) {
    String show = ShowPath.show(request.path()).orElseThrow();
    if (request.protocol().equals(V2Conversation.PROTOCOL)) {
      ClientRights rights = new ClientRights(connection, shows, show, quotas, policy);
      return new V2Conversation(connection, v2Feeds, rights, policy);
    }
    Optional<AccessKeys.Grant> grant = grant(request);
    if (grant.isEmpty() && policy.access().required()) {
      connection.close(CloseFrame.POLICY_VALIDATION, "the key was revoked");
      return Conversation.over();
    }
    ClientRights rights = new ClientRights(connection, shows, show, quotas, policy);
    grant.ifPresent(rights::identify);
    return ClassicConversation.begin(connection, classicFeeds, rights, policy);
  }

  private Optional<AccessKeys.Grant> grant(Conversation.UpgradeRequest request) {
    String header = request.authorization();
    return header.startsWith(BEARER)
        ? policy.access().find(header.substring(BEARER.length()).strip())
        : Optional.empty();
  }
}
