package io.seatlock.client;

import io.seatlock.testsupport.TcpProxy;
import io.seatlock.testsupport.TcpProxy.Direction;
import io.seatlock.testsupport.TcpProxy.Rule;
import io.seatlock.testsupport.TcpProxy.Then;
import io.seatlock.testsupport.TcpProxy.Verdict;
import java.net.URI;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A way between a client and a server that fails where a test wants it to: after so many bytes in
 * one direction it breaks, or swallows all that follows. Faults at random come from a seed: what
 * each direction of each line does after how many bytes is the same with the same seed, whatever
 * the pieces are in which the bytes come. What is said on the lines depends on timing, too.
 */
final class FaultyProxy implements AutoCloseable {

  /** What happens then. */
  enum Fault {
    /** Both sockets are closed. */
    CUT,
    /** Both sockets are closed so that what is under way is lost. */
    RESET,
    /** Nothing that goes this way arrives any more, and nobody is told. */
    SWALLOW
  }

  private static final int BYTES_TO_A_DELAY = 2000;
  private static final int LONGEST_DELAY_MILLIS = 20;

  private static final Consumer<Line> NO_PLAN = line -> {};

  private final TcpProxy<Line> proxy;
  private final AtomicInteger faults = new AtomicInteger();
  private volatile Consumer<Line> plan = NO_PLAN;
  private volatile Random chaos;
  private volatile int chaosBytes;

  FaultyProxy(int target) {
    proxy = new TcpProxy<>(target, Line::new);
  }

  URI uri() {
    return RealServer.uri(proxy.port());
  }

  /**
   * Makes one line fail, after this many more bytes this way: that of now or, if the client gives
   * it up before, a later one.
   */
  void failAfter(Direction way, int bytes, Fault fault) {
    plan = line -> line.failAfter(way, bytes, fault);
    proxy.rules().forEach(plan);
  }

  /** Breaks the lines of now, and makes a later one fail after this many bytes this way. */
  void cutAndFailAfter(Direction way, int bytes, Fault fault) {
    plan = line -> line.failAfter(way, bytes, fault);
    cut();
  }

  /** No line is to fail any more. */
  void heal() {
    plan = NO_PLAN;
    proxy.rules().forEach(Line::heal);
  }

  /** How many faults there were. */
  int faults() {
    return faults.get();
  }

  /** From now on new connections are accepted and never answered. */
  void blackHole(boolean on) {
    if (on) {
      proxy.ignore();
    } else {
      proxy.admit();
    }
  }

  /** From now on each new line fails, early or late, of delays too; null makes an end of it. */
  void chaos(Random random, int withinBytes) {
    chaosBytes = withinBytes;
    chaos = random;
  }

  /** Breaks all lines now. */
  void cut() {
    proxy.disconnect();
  }

  @Override
  public void close() {
    proxy.close();
  }

  /** What is to happen to one connection of a client. */
  private final class Line implements Rule {
    private final Course toServer = new Course();
    private final Course toClient = new Course();

    @Override
    public void opened() {
      Random random = chaos;
      if (random != null) { // Used by this thread alone.
        toServer.delays = new Random(random.nextLong());
        toClient.delays = new Random(random.nextLong());
        Fault kind = random.nextInt(8) == 0 ? Fault.SWALLOW : Fault.values()[random.nextInt(2)];
        failAfter(Direction.values()[random.nextInt(2)], random.nextInt(chaosBytes), kind);
      }
      plan.accept(this);
    }

    synchronized void failAfter(Direction way, int bytes, Fault fault) {
      Course course = course(way);
      course.fault = fault;
      course.left = bytes;
    }

    synchronized void heal() {
      toServer.fault = null;
      toClient.fault = null;
    }

    @Override
    public Verdict decide(Direction way, byte[] bytes, int count) throws InterruptedException {
      course(way).delay(count);
      return decide(course(way), count);
    }

    private synchronized Verdict decide(Course course, int count) {
      if (course.swallows) {
        return Verdict.pass(0);
      }
      if (course.fault == null) {
        return Verdict.pass(count);
      }
      if (course.left >= count) {
        course.left -= count;
        return Verdict.pass(count);
      }
      Fault fault = course.fault;
      course.fault = null;
      course.swallows = fault == Fault.SWALLOW;
      plan = NO_PLAN;
      faults.incrementAndGet();
      return new Verdict(
          course.left,
          switch (fault) {
            case CUT -> Then.CLOSE;
            case RESET -> Then.RESET;
            case SWALLOW -> Then.GO_ON;
          });
    }

    @Override
    public synchronized boolean closesAtEndOf(Direction way) {
      return !course(way.opposite()).swallows;
    }

    private Course course(Direction way) {
      return way == Direction.TO_SERVER ? toServer : toClient;
    }
  }

  /** What is to happen to the bytes of a line that go one way. */
  private static final class Course {
    private Fault fault;
    private int left;
    private boolean swallows;
    private Random delays;
    private int bytesToDelay;

    /** Sleeps if one of these bytes is one that is delayed. By one thread. */
    void delay(int count) throws InterruptedException {
      if (delays == null) {
        return;
      }
      bytesToDelay -= count;
      while (bytesToDelay < 0) {
        bytesToDelay += delays.nextInt(BYTES_TO_A_DELAY);
        Thread.sleep(delays.nextInt(LONGEST_DELAY_MILLIS));
      }
    }
  }
}
