package io.seatlock.server.transport;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, all of them and by address, against their limits. Shared by event loops. */
final class Admission {

  private final TransportLimits limits;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger unopened = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  Admission(TransportLimits limits) {
    this.limits = limits;
  }

  /** Takes a place for a new socket, to be given back with {@link #leave}. */
  boolean enter() {
    if (connections.incrementAndGet() > limits.maxConnections()) {
      connections.decrementAndGet();
      return false;
    }
    if (unopened.incrementAndGet() > limits.maxUnopened()) {
      unopened.decrementAndGet();
      connections.decrementAndGet();
      return false;
    }
    return true;
  }

  /** The connection is a WebSocket now, or is leaving without having become one. */
  void opened() {
    unopened.decrementAndGet();
  }

  void leave() {
    connections.decrementAndGet();
  }

  /** Takes one of the address's places, to be given back with {@link #leave(InetAddress)}. */
  boolean enter(InetAddress address) {
    if (byAddress.merge(address, 1, Integer::sum) > limits.maxPerAddress()) {
      leave(address);
      return false;
    }
    return true;
  }

  void leave(InetAddress address) {
    byAddress.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
  }
}
