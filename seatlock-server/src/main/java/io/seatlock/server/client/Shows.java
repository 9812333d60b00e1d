package io.seatlock.server.client;

import io.seatlock.core.SeatLock;
import io.seatlock.core.Show;
import java.util.HashMap;
import java.util.Map;

/**
 * The shows that have clients. Any client can name a new show, so empty shows without clients are
 * forgotten. Safe for use by many threads.
 */
public final class Shows {

  private final SeatLock seatLock;
  private final Map<String, Integer> clients = new HashMap<>();

  public Shows(SeatLock seatLock) {
    this.seatLock = seatLock;
  }

  /** Returns the show of this name to a client, which must {@link #leave} it later. */
  public synchronized Show enter(String name) {
    clients.merge(name, 1, Integer::sum);
    return seatLock.show(name);
  }

  /** As {@link SeatLock#newConnection}. */
  public String newConnection() {
    return seatLock.newConnection();
  }

  /** Ends one client's use of a show. */
  public synchronized void leave(Show show) {
    clients.computeIfPresent(show.name(), (name, count) -> count == 1 ? null : count - 1);
  }

  /** Forgets the empty shows without clients. */
  public synchronized void sweep() {
    seatLock.forgetEmptyShows(clients::containsKey);
  }
}
