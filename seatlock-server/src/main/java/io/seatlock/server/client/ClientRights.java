package io.seatlock.server.client;

import io.seatlock.core.SeatLock;
import io.seatlock.core.Show;
import io.seatlock.protocol.Role;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.LockQuotas;
import io.seatlock.server.transport.Connection;
import java.util.List;
import org.java_websocket.framing.CloseFrame;

/**
 * The show that a client is in, what it may do there, and how much it may lock. For the
 * connection's event loop, except where another thread is named.
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

  /** Enters a show as a client without a key, whose locks count for its address. */
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

  /** Gives the client the rights of its key. When the key is revoked, the connection is closed. */
  public void identify(AccessKeys.Grant grant) {
    stopWatchingKey.run();
    role = grant.role();
    quota =
        new LockQuotas.Quota("key " + grant.name(), grant.maxLocks(), grant.maxLocksPerSecond());
    stopWatchingKey =
        policy
            .access()
            .onRevoked(
                grant,
                () -> connection.closeSoon(CloseFrame.POLICY_VALIDATION, "the key was revoked"));
  }

  /** A new name for the connection, as {@link SeatLock#newConnection}. */
  public String newConnection() {
    return shows.newConnection();
  }

  /** The show that the client is in. */
  public Show show() {
    return show;
  }

  /** Leaves the show and forgets the key. Called once and last. */
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

  /** As {@link LockQuotas#tryLock}; {@link #endLockAttempt} must follow. */
  public LockQuotas.Verdict tryLock(String holder, int seats) {
    return quotas.tryLock(quota, holder, seats);
  }

  /** As {@link LockQuotas#endAttempt}, by any thread. */
  public void endLockAttempt(String holder, int seats) {
    quotas.endAttempt(quota, holder, seats);
  }

  /** As {@link LockQuotas#countResumed}: called in the show's order. */
  public void countResumed(List<String> locks) {
    quotas.countResumed(quota, show, locks);
  }
}
