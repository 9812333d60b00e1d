package io.seatlock.faults;

import io.seatlock.testsupport.TcpProxy;
import io.seatlock.testsupport.TcpProxy.Direction;
import io.seatlock.testsupport.TcpProxy.Rule;
import io.seatlock.testsupport.TcpProxy.Then;
import io.seatlock.testsupport.TcpProxy.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to a database that can be cut: at once, or in the middle of a commit. Safe for use by many
 * threads.
 */
public final class Proxy implements AutoCloseable {

  /** How PostgreSQL says that something is committed; how it is asked to differs. */
  private static final String COMMITTED = "COMMIT\0";

  private static final int SOME_REQUESTS = 6;

  private final TcpProxy<Rule> proxy;
  private final Random random;
  private final AtomicInteger requestsToPass = new AtomicInteger(-1);
  private final AtomicInteger answersToCut = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();

  /**
   * Opens a way to a port of this machine.
   *
   * @param seed from which follows where it cuts
   */
  public Proxy(int target, long seed) {
    this.random = new Random(seed);
    this.proxy = new TcpProxy<>(target, () -> this::decide);
  }

  /** Where it is entered. */
  public int port() {
    return proxy.port();
  }

  /** Cuts the connection when the next commit is done and before that is heard. */
  public void cutNextAnswer() {
    answersToCut.set(1);
  }

  /** Cuts the connection in the middle of one of the next requests. */
  public void cutSomeRequest() {
    requestsToPass.set(random.nextInt(SOME_REQUESTS));
  }

  /** How often it has cut one of these. */
  public int cuts() {
    return cuts.get();
  }

  /** Cuts all connections and lets nobody in. */
  public void refuse() {
    proxy.refuse();
  }

  /** Lets nothing through, and tells nobody. */
  public void freeze() {
    proxy.freeze();
  }

  /** Ends what {@link #refuse} or {@link #freeze} began. */
  public void admit() {
    proxy.admit();
    proxy.thaw();
  }

  private Verdict decide(Direction direction, byte[] bytes, int count) {
    if (direction == Direction.TO_SERVER) {
      return requestsToPass.getAndDecrement() == 0 ? cutAfter(count / 2) : Verdict.pass(count);
    }
    boolean cut = isCommitted(bytes, count) && answersToCut.getAndSet(0) > 0;
    return cut ? cutAfter(0) : Verdict.pass(count);
  }

  private Verdict cutAfter(int count) {
    cuts.incrementAndGet();
    return new Verdict(count, Then.RESET);
  }

  private static boolean isCommitted(byte[] bytes, int count) {
    return new String(bytes, 0, count, StandardCharsets.ISO_8859_1).contains(COMMITTED);
  }

  @Override
  public void close() {
    proxy.close();
  }
}
