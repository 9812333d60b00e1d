package io.seatlock.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server that a test can cut, after so many bytes too, or freeze. */
public final class Proxy implements AutoCloseable {

  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicLong toServer = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong toClient = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong next = new AtomicLong(Long.MAX_VALUE);
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean frozen;
  private volatile boolean refusing;
  private volatile String lastRequest;
  private volatile boolean silent;

  public Proxy(int target) throws IOException {
    this.target = target;
    start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
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
    List<Socket> all = List.copyOf(sockets);
    sockets.removeAll(all);
    for (Socket socket : all) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException e) {
        // It is closed.
      }
    }
  }

  /** Lets nothing through, without telling anybody. */
  public void freeze() {
    frozen = true;
  }

  public void thaw() {
    frozen = false;
  }

  /** Cuts everything and lets nobody in. */
  public void refuse() {
    refusing = true;
    cut();
  }

  public void admit() {
    refusing = false;
  }

  private AtomicLong budget(Direction direction) {
    return direction == Direction.TO_SERVER ? toServer : toClient;
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        start(() -> pump(client, server, Direction.TO_SERVER));
        start(() -> pump(server, client, Direction.TO_CLIENT));
      } catch (IOException e) {
        // The listener is closed, or the server is not there.
      }
    }
  }

  private void pump(Socket from, Socket to, Direction direction) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        while (frozen) {
          Thread.sleep(5);
        }
        if (direction == Direction.TO_SERVER && isLastRequest(buffer, count)) {
          silent = true;
        } else if (direction == Direction.TO_CLIENT && silent) {
          continue;
        }
        long before = budget(direction).getAndAdd(-count);
        if (before < count) {
          out.write(buffer, 0, (int) Math.max(0, before));
          out.flush();
          budget(direction).set(next.getAndSet(Long.MAX_VALUE));
          cuts.incrementAndGet();
          cut();
          return;
        }
        out.write(buffer, 0, count);
        out.flush();
      }
    } catch (IOException e) {
      // One of the two has gone, and so does the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isLastRequest(byte[] bytes, int count) {
    String request = lastRequest;
    return request != null
        && new String(bytes, 0, count, StandardCharsets.ISO_8859_1).contains(request);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
