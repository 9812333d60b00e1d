package io.seatlock.server.client;

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
public final class ClientRights {

  private final Connection connection;
  private final Shows shows;
  private final Show show;
  private final LockQuotas quotas;
  private final ClientPolicy policy;

  private Role role = Role.KIOSK;
  private LockQuotas.Quota quota;
  private Runnable stopWatchingKey = () -> {};

  /** Somebody without a key, who counts by its address. */
  public ClientRights(
      Connection connection, Shows shows, String show, LockQuotas quotas, ClientPolicy policy) {
    this.connection = connection;
    this.shows = shows;
    this.show = shows.enter(show);
    this.quotas = quotas;
    this.policy = policy;
    this.quota =
        new LockQuotas.Quota(
            "address " + connection.clientAddress().getHostAddress(),
            policy.maxLocksPerAddress(),
            policy.maxLocksPerSecondPerAddress());
    quotas.follow(this.show);
  }

  /** It has shown a key. When that is revoked, the connection is closed. */
  public void identify(AccessKeys.Grant grant) {
    stopWatchingKey.run();
    role = grant.role();
    quota =
        new LockQuotas.Quota("key " + grant.name(), grant.maxLocks(), grant.maxLocksPerSecond());
    stopWatchingKey =
        policy
            .access()
            .watch(
                grant,
                () -> connection.closeSoon(CloseFrame.POLICY_VALIDATION, "the key was revoked"));
  }

  /** A name for its connection, as {@link SeatLock#newConnection}. */
  public String newConnection() {
    return shows.newConnection();
  }

  /** The show it is in. */
  public Show show() {
    return show;
  }

  /** The last that is heard of it. */
  public void leave() {
    stopWatchingKey.run();
    shows.leave(show);
  }

  public boolean may(Role what) {
    return role.includes(what);
  }

  public Role role() {
    return role;
  }

  /** As {@link LockQuotas#tryLock}; the end of the attempt is told to {@link #lockTried}. */
  public LockQuotas.Verdict tryLock(String holder, int seats) {
    return quotas.tryLock(quota, holder, seats);
  }

  /** As {@link LockQuotas#tried}, by any thread. */
  public void lockTried(String holder, int seats) {
    quotas.tried(quota, holder, seats);
  }

  /** As {@link LockQuotas#resumed}, for its session: in the show's order. */
  public void resumed(List<String> locks) {
    quotas.resumed(quota, show, locks);
  }
}
