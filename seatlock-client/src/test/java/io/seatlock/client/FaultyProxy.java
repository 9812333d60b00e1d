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

/**
 * A line between a client and a server that fails where a test wants it to: after so many bytes in
 * one direction it breaks, or swallows all that follows. Faults at random come from a seed.
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

  private final ServerSocket listener;
  private final int target;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
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

  /** Makes the lines of now fail once, after this many more bytes this way. */
  void failAfter(Way way, int bytes, Fault fault) {
    lines.forEach(line -> line.failAfter(way, bytes, fault));
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
    private Socket server;
    private Fault fault;
    private Way way;
    private int left;
    private boolean swallowsUp;
    private boolean swallowsDown;
    private Random random;

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
      Random plan = chaos;
      if (plan != null) {
        synchronized (plan) {
          random = new Random(plan.nextLong());
          Fault kind = plan.nextInt(8) == 0 ? Fault.SWALLOW : Fault.values()[plan.nextInt(2)];
          failAfter(Way.values()[plan.nextInt(2)], plan.nextInt(chaosBytes), kind);
        }
      }
      start("proxy-up", () -> pump(Way.UP, client, server));
      start("proxy-down", () -> pump(Way.DOWN, server, client));
    }

    synchronized void failAfter(Way way, int bytes, Fault fault) {
      this.way = way;
      this.left = bytes;
      this.fault = fault;
    }

    private void pump(Way own, Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int count;
        while ((count = in.read(buffer)) >= 0) {
          delay();
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
      if (!swallows(own == Way.UP ? Way.DOWN : Way.UP)) {
        close();
      }
    }

    private void delay() {
      int millis;
      synchronized (this) {
        millis = random == null || random.nextInt(10) > 0 ? 0 : random.nextInt(20);
      }
      if (millis > 0) {
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /** How many of these bytes go through. */
    private synchronized int pass(Way own, int count) {
      if (swallows(own)) {
        return 0;
      }
      if (fault == null || way != own) {
        return count;
      }
      int passed = Math.min(left, count);
      left -= passed;
      return passed;
    }

    private synchronized boolean swallows(Way own) {
      return own == Way.UP ? swallowsUp : swallowsDown;
    }

    private synchronized void breakIf(Way own) throws IOException {
      if (fault == null || way != own) {
        return;
      }
      switch (fault) {
        case CUT -> close();
        case RESET -> {
          client.setSoLinger(true, 0);
          server.setSoLinger(true, 0);
          close();
        }
        case SWALLOW -> {
          swallowsUp |= own == Way.UP;
          swallowsDown |= own == Way.DOWN;
        }
      }
      fault = null;
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
}
