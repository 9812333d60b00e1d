package io.seatlock.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to a database that can be cut: at once, or in the middle of a commit. Safe for use by many
 * threads.
 */
public final class Proxy implements AutoCloseable {

  /** How PostgreSQL says that something is committed; how it is asked to differs. */
  private static final String COMMITTED = "COMMIT\0";

  private static final int SOME_REQUESTS = 6;

  private final ServerSocket listener;
  private final int target;
  private final Random random;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger requestsToPass = new AtomicInteger(-1);
  private final AtomicInteger answersToCut = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean closedToAll;
  private volatile boolean frozen;

  /**
   * Opens a way to a port of this machine.
   *
   * @param seed from which follows where it cuts
   */
  public Proxy(int target, long seed) throws IOException {
    this.target = target;
    this.random = new Random(seed);
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run("proxy", this::accept);
  }

  /** Where it is entered. */
  public int port() {
    return listener.getLocalPort();
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
    closedToAll = true;
    cut();
  }

  /** Lets nothing through, and tells nobody. */
  public void freeze() {
    frozen = true;
  }

  /** Ends what {@link #refuse} or {@link #freeze} began. */
  public void admit() {
    closedToAll = false;
    frozen = false;
  }

  private void cut() {
    for (Socket socket : sockets) {
      closeHard(socket);
    }
    sockets.clear();
  }

  private static void closeHard(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  private static void run(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (closedToAll) {
          closeHard(client);
        } else {
          connect(client);
        }
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void connect(Socket client) {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      sockets.add(client);
      sockets.add(server);
      run("proxy-to-server", () -> pump(client, server, true));
      run("proxy-to-client", () -> pump(server, client, false));
    } catch (IOException e) {
      closeHard(client);
    }
  }

  private void pump(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        while (frozen) {
          Thread.sleep(5);
        }
        if (toServer && requestsToPass.getAndDecrement() == 0) {
          out.write(buffer, 0, count / 2);
          out.flush();
          cuts.incrementAndGet();
          break;
        }
        if (!toServer && isCommitted(buffer, count) && answersToCut.getAndSet(0) > 0) {
          cuts.incrementAndGet();
          break;
        }
        out.write(buffer, 0, count);
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone, and so is the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeHard(from);
    closeHard(to);
    sockets.remove(from);
    sockets.remove(to);
  }

  private static boolean isCommitted(byte[] buffer, int count) {
    return new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(COMMITTED);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
