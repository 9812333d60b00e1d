package io.seatlock.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A way to a TCP port of this machine that a test can cut, freeze or close to newcomers. A {@link
 * Rule} of each connection decides which bytes arrive. Safe for use by many threads.
 *
 * @param <R> the rule of each connection
 */
public final class TcpProxy<R extends TcpProxy.Rule> implements AutoCloseable {

  /** Which way bytes go. */
  public enum Direction {
    /** From the client to the server. */
    TO_SERVER,
    /** From the server to the client. */
    TO_CLIENT;

    /** The other way. */
    public Direction opposite() {
      return this == TO_SERVER ? TO_CLIENT : TO_SERVER;
    }
  }

  /** What happens after bytes have passed. */
  public enum Then {
    /** The next bytes come. */
    GO_ON,
    /** Both sockets of the connection are closed. */
    CLOSE,
    /** Both sockets of the connection are closed so that what is under way is lost. */
    RESET,
    /** So are those of all connections. */
    RESET_ALL
  }

  /**
   * What happens to bytes that have come.
   *
   * @param passed how many of them go through, from the first on; the others are lost
   */
  public record Verdict(int passed, Then then) {
    /** This many bytes go through, and the next come. */
    public static Verdict pass(int count) {
      return new Verdict(count, Then.GO_ON);
    }
  }

  /**
   * Decides what happens to the bytes of one connection. Each direction has a thread of its own.
   */
  public interface Rule {
    /** The connection is made, and {@link #rules} has this rule; no byte has come yet. */
    default void opened() {}

    /** Decides about bytes that have come; may wait to delay them. */
    Verdict decide(Direction direction, byte[] bytes, int count) throws InterruptedException;

    /** Whether the connection is closed when the sender of this direction closes it. */
    default boolean closesAtEndOf(Direction direction) {
      return true;
    }
  }

  private enum Newcomers {
    CONNECTED,
    REFUSED,
    IGNORED
  }

  private final ServerSocket listener;
  private final int target;
  private final Supplier<R> newRule;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile Newcomers newcomers = Newcomers.CONNECTED;
  private volatile boolean frozen;

  /**
   * Opens a way to a port of this machine.
   *
   * @param newRule makes the rule of each connection, in the order in which they are made, on one
   *     thread
   */
  public TcpProxy(int target, Supplier<R> newRule) {
    this.target = target;
    this.newRule = newRule;
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("proxy-accept", this::accept);
  }

  /** The port to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The rules of the connections of now. */
  public List<R> rules() {
    return connections.stream().map(c -> c.rule).filter(Objects::nonNull).toList();
  }

  /** Closes all connections so that what is under way is lost. */
  public void reset() {
    connections.forEach(Connection::reset);
  }

  /** Closes all connections. */
  public void disconnect() {
    connections.forEach(Connection::close);
  }

  /** Lets nothing through until {@link #thaw}; nobody hears of it. */
  public void freeze() {
    frozen = true;
  }

  /** Ends {@link #freeze}. */
  public void thaw() {
    frozen = false;
  }

  /** Resets all connections and refuses new ones until {@link #admit}. */
  public void refuse() {
    newcomers = Newcomers.REFUSED;
    reset();
  }

  /** Accepts new connections and never answers them until {@link #admit}. */
  public void ignore() {
    newcomers = Newcomers.IGNORED;
  }

  /** Ends {@link #refuse} and {@link #ignore}. */
  public void admit() {
    newcomers = Newcomers.CONNECTED;
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reset();
  }

  private void awaitThaw() throws InterruptedException {
    while (frozen) {
      Thread.sleep(5);
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
        admit(listener.accept());
      } catch (IOException e) {
        // The listener is closed, or the client has gone already.
      }
    }
  }

  private void admit(Socket client) throws IOException {
    client.setTcpNoDelay(true);
    Connection connection = new Connection(client);
    connections.add(connection);
    Newcomers what = listener.isClosed() ? Newcomers.REFUSED : newcomers;
    switch (what) {
      case CONNECTED -> connection.open();
      case REFUSED -> connection.reset();
      case IGNORED -> {}
    }
  }

  /** The connection of a client, and the one to the server that belongs to it. */
  private final class Connection {
    private final Socket client;
    private volatile @Nullable Socket server;
    private volatile @Nullable R rule;

    Connection(Socket client) {
      this.client = client;
    }

    void open() {
      try {
        Socket toServer = new Socket(InetAddress.getLoopbackAddress(), target);
        toServer.setTcpNoDelay(true);
        server = toServer;
        R own = newRule.get();
        rule = own;
        own.opened();
        run("proxy-to-server", () -> pump(own, Direction.TO_SERVER, client, toServer));
        run("proxy-to-client", () -> pump(own, Direction.TO_CLIENT, toServer, client));
      } catch (IOException e) {
        close(); // The server is not there: nor is the proxy.
      }
    }

    private void pump(R own, Direction direction, Socket from, Socket to) {
      byte[] buffer = new byte[16 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          awaitThaw();
          Verdict verdict = own.decide(direction, buffer, count);
          out.write(buffer, 0, verdict.passed());
          out.flush();
          if (verdict.then() != Then.GO_ON) {
            end(verdict.then());
            break;
          }
        }
      } catch (IOException e) {
        // One of the two is gone; so is the other.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (own.closesAtEndOf(direction)) {
        close();
      }
    }

    private void end(Then then) {
      switch (then) {
        case GO_ON -> {}
        case CLOSE -> close();
        case RESET -> reset();
        case RESET_ALL -> TcpProxy.this.reset();
      }
    }

    void reset() {
      try {
        client.setSoLinger(true, 0);
        Socket toServer = server;
        if (toServer != null) {
          toServer.setSoLinger(true, 0);
        }
      } catch (IOException e) {
        // It is closed already.
      }
      close();
    }

    void close() {
      connections.remove(this);
      try {
        client.close();
        Socket toServer = server;
        if (toServer != null) {
          toServer.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
