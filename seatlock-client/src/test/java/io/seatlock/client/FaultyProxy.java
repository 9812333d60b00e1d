package io.seatlock.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A line between a client and a server that fails where a test wants it to: after so many bytes in
 * one direction it breaks, or swallows all that follows. Faults at random come from a seed: what
 * each direction of each line does after how many bytes is the same with the same seed, whatever
 * the pieces are in which the bytes come. What is said on the lines depends on timing, too.
 */
final class FaultyProxy implements AutoCloseable {

  /** Which way bytes go. */
  enum Way {
    /** From the client to the server. */
    UP,
    /** From the server to the client. */
    DOWN
  }

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

  private final ServerSocket listener;
  private final int target;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  private final AtomicInteger faults = new AtomicInteger();
  private volatile Consumer<Line> plan = NO_PLAN;
  private volatile boolean blackHole;
  private volatile Random chaos;
  private volatile int chaosBytes;

  FaultyProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("proxy-accept", this::accept);
  }

  URI uri() {
    return RealServer.uri(listener.getLocalPort());
  }

  /**
   * Makes one line fail, after this many more bytes this way: that of now or, if the client gives
   * it up before, a later one.
   */
  void failAfter(Way way, int bytes, Fault fault) {
    plan = line -> line.failAfter(way, bytes, fault);
    lines.forEach(plan);
  }

  /** Breaks the lines of now, and makes a later one fail after this many bytes this way. */
  void cutAndFailAfter(Way way, int bytes, Fault fault) {
    plan = line -> line.failAfter(way, bytes, fault);
    cut();
  }

  /** No line is to fail any more. */
  void heal() {
    plan = NO_PLAN;
    lines.forEach(Line::heal);
  }

  /** How many faults there were. */
  int faults() {
    return faults.get();
  }

  /** From now on new connections are accepted and never answered. */
  void blackHole(boolean on) {
    blackHole = on;
  }

  /** From now on each new line fails, early or late, of delays too; null makes an end of it. */
  void chaos(Random random, int withinBytes) {
    chaosBytes = withinBytes;
    chaos = random;
  }

  /** Breaks all lines now. */
  void cut() {
    lines.forEach(Line::close);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        Line line = new Line(client);
        lines.add(line);
        if (listener.isClosed()) {
          line.close();
        }
        if (!blackHole) {
          line.open();
        }
      } catch (IOException e) {
        // Closed, or the server is not there: the client finds its connection closed.
      }
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection of a client, and the one to the server that belongs to it. */
  private final class Line {
    private final Socket client;
    private final Direction up = new Direction();
    private final Direction down = new Direction();
    private Socket server;

    Line(Socket client) {
      this.client = client;
    }

    void open() throws IOException {
      try {
        server = new Socket(InetAddress.getLoopbackAddress(), target);
        server.setTcpNoDelay(true);
      } catch (IOException e) {
        close();
        throw e;
      }
      Random random = chaos;
      if (random != null) { // Used by this thread alone.
        up.delays = new Random(random.nextLong());
        down.delays = new Random(random.nextLong());
        Fault kind = random.nextInt(8) == 0 ? Fault.SWALLOW : Fault.values()[random.nextInt(2)];
        failAfter(Way.values()[random.nextInt(2)], random.nextInt(chaosBytes), kind);
      }
      plan.accept(this);
      start("proxy-up", () -> pump(up, client, server));
      start("proxy-down", () -> pump(down, server, client));
    }

    synchronized void failAfter(Way way, int bytes, Fault fault) {
      Direction direction = way == Way.UP ? up : down;
      direction.fault = fault;
      direction.left = bytes;
    }

    synchronized void heal() {
      up.fault = null;
      down.fault = null;
    }

    private void pump(Direction own, Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int count;
        while ((count = in.read(buffer)) >= 0) {
          own.delay(count);
          int passed = pass(own, count);
          out.write(buffer, 0, passed);
          out.flush();
          if (passed < count) {
            breakIf(own);
          }
        }
      } catch (IOException e) {
        // One of the two is gone; so is the other.
      }
      if (!swallows(own == up ? down : up)) {
        close();
      }
    }

    /** How many of these bytes go through. */
    private synchronized int pass(Direction own, int count) {
      if (own.swallows) {
        return 0;
      }
      if (own.fault == null) {
        return count;
      }
      int passed = Math.min(own.left, count);
      own.left -= passed;
      return passed;
    }

    private synchronized boolean swallows(Direction direction) {
      return direction.swallows;
    }

    private synchronized void breakIf(Direction own) throws IOException {
      if (own.fault == null) {
        return;
      }
      plan = NO_PLAN;
      faults.incrementAndGet();
      switch (own.fault) {
        case CUT -> close();
        case RESET -> {
          client.setSoLinger(true, 0);
          server.setSoLinger(true, 0);
          close();
        }
        case SWALLOW -> own.swallows = true;
      }
      own.fault = null;
    }

    void close() {
      lines.remove(this);
      try {
        client.close();
        if (server != null) {
          server.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What is to happen to the bytes of a line that go one way. */
  private static final class Direction {
    private Fault fault;
    private int left;
    private boolean swallows;
    private Random delays;
    private int bytesToDelay;

    /** Sleeps if one of these bytes is one that is delayed. By one thread. */
    void delay(int count) {
      if (delays == null) {
        return;
      }
      bytesToDelay -= count;
      while (bytesToDelay < 0) {
        bytesToDelay += delays.nextInt(BYTES_TO_A_DELAY);
        try {
          Thread.sleep(delays.nextInt(LONGEST_DELAY_MILLIS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
