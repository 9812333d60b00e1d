package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.core.Show;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.LockQuotas;
import io.seatlock.server.access.Role;
import io.seatlock.server.transport.Connection;
import java.util.List;
import org.java_websocket.framing.CloseFrame;

/**
 * Who is on a connection: in which show, what it may do, and how much. For the connection's event
 * loop, except where something else is said.
 */
final class Guest {

  private final Connection connection;
  private final Shows shows;
  private final Show show;
  private final LockQuotas quotas;
  private final ServerSettings settings;

  private Role role = Role.KIOSK;
  private LockQuotas.Quota quota;
  private Runnable forget = () -> {};

  /** Somebody without a key, who counts by its address. */
  Guest(
      Connection connection, Shows shows, String show, LockQuotas quotas, ServerSettings settings) {
    this.connection = connection;
    this.shows = shows;
    this.show = shows.enter(show);
    this.quotas = quotas;
    this.settings = settings;
    this.quota =
        new LockQuotas.Quota(
            "address " + connection.client().getHostAddress(),
            settings.maxLocksPerAddress(),
            settings.maxLocksPerSecondPerAddress());
    quotas.follow(this.show);
  }

  /** It has shown a key. When that is revoked, the connection is closed. */
  void identify(AccessKeys.Grant grant) {
    forget.run();
    role = grant.role();
    quota =
        new LockQuotas.Quota("key " + grant.name(), grant.maxLocks(), grant.maxLocksPerSecond());
    forget =
        settings
            .access()
            .watch(
                grant,
                () -> connection.closeSoon(CloseFrame.POLICY_VALIDATION, "the key was revoked"));
  }

  /** A name for its connection, as {@link SeatLock#newConnection}. */
  String newConnection() {
    return shows.newConnection();
  }

  /** The show it is in. */
  Show show() {
    return show;
  }

  /** The last that is heard of it. */
  void left() {
    forget.run();
    shows.leave(show);
  }

  boolean may(Role what) {
    return role.includes(what);
  }

  Role role() {
    return role;
  }

  /** As {@link LockQuotas#tryLock}; the end of the attempt is told to {@link #tried}. */
  LockQuotas.Verdict tryLock(String holder, int seats) {
    return quotas.tryLock(quota, holder, seats);
  }

  /** As {@link LockQuotas#tried}, by any thread. */
  void tried(String holder, int seats) {
    quotas.tried(quota, holder, seats);
  }

  /** As {@link LockQuotas#resumed}, for its session: in the show's order. */
  void resumed(List<String> locks) {
    quotas.resumed(quota, show, locks);
  }
}
