package io.seatlock.jdbc;

import io.seatlock.testsupport.TcpProxy;
import io.seatlock.testsupport.TcpProxy.Direction;
import io.seatlock.testsupport.TcpProxy.Rule;
import io.seatlock.testsupport.TcpProxy.Then;
import io.seatlock.testsupport.TcpProxy.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a database that a test can cut, after so many bytes too, or freeze. */
public final class Proxy implements AutoCloseable {

  private final TcpProxy<Rule> proxy;
  private final AtomicLong toServer = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong toClient = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong next = new AtomicLong(Long.MAX_VALUE);
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile String lastRequest;
  private volatile boolean silent;

  public Proxy(int target) {
    proxy = new TcpProxy<>(target, () -> this::decide);
  }

  public int port() {
    return proxy.port();
  }

  /**
   * Cuts every connection when so many more bytes have passed in this direction, and again after so
   * many more.
   */
  public void cutAfter(Direction direction, long bytes, long again) {
    cuts.set(0);
    next.set(again);
    budget(direction).set(bytes);
  }

  /** Forgets {@link #cutAfter}; returns how often it has cut. */
  public int cuts(Direction direction) {
    budget(direction).set(Long.MAX_VALUE);
    return cuts.get();
  }

  /** Keeps back every answer after a request in which this stands, until {@link #cut}. */
  public void silenceAfter(String request) {
    lastRequest = request;
  }

  public void cut() {
    lastRequest = null;
    silent = false;
    proxy.reset();
  }

  /** Lets nothing through, without telling anybody. */
  public void freeze() {
    proxy.freeze();
  }

  public void thaw() {
    proxy.thaw();
  }

  /** Cuts everything and lets nobody in. */
  public void refuse() {
    proxy.refuse();
    cut();
  }

  public void admit() {
    proxy.admit();
  }

  private Verdict decide(Direction direction, byte[] bytes, int count) {
    if (direction == Direction.TO_SERVER && isLastRequest(bytes, count)) {
      silent = true;
    } else if (direction == Direction.TO_CLIENT && silent) {
      return Verdict.pass(0);
    }
    long before = budget(direction).getAndAdd(-count);
    if (before >= count) {
      return Verdict.pass(count);
    }
    budget(direction).set(next.getAndSet(Long.MAX_VALUE));
    cuts.incrementAndGet();
    return new Verdict((int) Math.max(0, before), Then.RESET_ALL);
  }

  private boolean isLastRequest(byte[] bytes, int count) {
    String request = lastRequest;
    return request != null
        && new String(bytes, 0, count, StandardCharsets.ISO_8859_1).contains(request);
  }

  private AtomicLong budget(Direction direction) {
    return direction == Direction.TO_SERVER ? toServer : toClient;
  }

  @Override
  public void close() {
    proxy.close();
  }
}
