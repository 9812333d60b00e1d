package io.seatlock.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one WebSocket connection. {@link #abort} ends it at any moment, whatever it waits
 * for, and however it ends, its last act is to notify its owner, once.
 */
final class Connection extends WebSocketClient {
  /*
   * The library connects, reads and calls back on one thread, and writes on a second one what it
   * says by itself. Texts are not given to that one but written by the calling thread, since
   * waking another one takes longer than writing. All ways to end lead through the first: it is the one
   * that tells the owner. The library has no deadline of its own for connecting, for the handshake
   * or for closing; closing the socket under it makes each of them return, so this class keeps a
   * hand on the plain socket, which is also below TLS. To have both it connects the socket itself,
   * and shakes hands by TLS, when the library asks for one.
   * Its timer for lost connections is off: it counts in whole seconds and takes a third thread.
   */

  private static final String PROTOCOL = "seatlock.v2";

  /** A longer message ends the connection: the state of a show of a million seats fits in. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private static final long LAST_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final Logger LOG = Logger.getLogger("io.seatlock.client");

  private final Owner owner;
  private final String threadName;
  private final @Nullable SSLContext sslContext;
  private final Queue<ByteBuffer> unwritten = new ArrayDeque<>();
  private boolean writing;
  private volatile @Nullable Thread reader;
  private volatile @Nullable Socket plainSocket;
  private volatile @Nullable String aborted;
  private volatile @Nullable Exception error;
  private volatile @Nullable String closed;
  private volatile boolean opened;
  private volatile int code = -1;

  /** Who uses the connection. Is called by the reading thread alone and must not block. */
  interface Owner {
    /** A text message came. */
    void messageReceived(Connection from, String message);

    /** It is open: messages can be sent. */
    void connectionOpened(Connection from);

    /**
     * It is over, whether it ever was open or not.
     *
     * @param code the code of the closing handshake, or a negative number if there was none
     */
    void connectionEnded(Connection from, int code, String why, @Nullable Throwable cause);
  }

  /**
   * Nothing happens yet.
   *
   * @param sslContext what {@code wss} is spoken with; null for the default of the Java runtime
   */
  Connection(URI uri, @Nullable SSLContext sslContext, String threadName, Owner owner) {
    super(uri, draft());
    this.owner = owner;
    this.threadName = threadName;
    this.sslContext = sslContext;
    setConnectionLostTimeout(0);
    setTcpNoDelay(true);
    setDaemon(true);
    setSocketFactory(new Sockets());
  }

  private static Draft_6455 draft() {
    return new Draft_6455(List.of(), List.of(new Protocol(PROTOCOL)), MAX_MESSAGE_BYTES);
  }

  /** Ends the connection at once, without a word to the server. The first reason given counts. */
  void abort(String why) {
    synchronized (this) {
      if (aborted == null) {
        aborted = why;
      }
    }
    closeSocket();
  }

  // --- messages to the server

  /** Adds a text message for the next {@link #writeMessages}, in the order of adding. */
  void addMessage(String text) {
    Draft draft = getConnection().getDraft(); // Not getDraft(), which has not shaken hands.
    synchronized (unwritten) {
      for (Framedata frame : draft.createFrames(text, true)) {
        unwritten.add(draft.createBinaryFrame(frame));
      }
    }
  }

  /**
   * Writes what was added, unless another thread is about it already. Blocks while the server does
   * not read; closing the socket ends that.
   */
  void writeMessages() {
    ByteBuffer next;
    synchronized (unwritten) {
      if (writing) {
        return;
      }
      writing = true;
      next = nextUnwritten();
    }
    while (next != null) {
      try {
        // One call for one frame: the library's writing thread has frames of its own, such as
        // pongs.
        getSocket().getOutputStream().write(next.array(), next.arrayOffset(), next.limit());
      } catch (IOException e) {
        LOG.log(Level.FINE, "A message met the end of the connection.", e);
        closeSocket();
      }
      synchronized (unwritten) {
        next = nextUnwritten();
      }
    }
  }

  private @Nullable ByteBuffer nextUnwritten() {
    ByteBuffer next = unwritten.poll();
    writing = next != null;
    return next;
  }

  // --- the end

  /** Closes the socket if there is one: a thread that reads from it or writes to it returns. */
  void closeSocket() {
    Socket socket = plainSocket;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.log(Level.FINE, "Closing a socket failed.", e);
      }
    }
  }

  /** Whether the caller is on the reading thread, which must not wait for its own end. */
  boolean isOnReadingThread() {
    return Thread.currentThread() == reader;
  }

  @Override
  public void run() {
    reader = Thread.currentThread();
    Thread.currentThread().setName(threadName);
    try {
      super.run();
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "The connection ends because of an error.", e);
      closed = e.toString();
    } finally {
      endConnection();
    }
  }

  private void endConnection() {
    try {
      // Does nothing if it is closed already; after an error it is what ends the writing thread.
      closeConnection(CloseFrame.ABNORMAL_CLOSE, "");
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "Closing after an error failed.", e);
    }
    letWriterFinish();
    String why = aborted != null ? aborted : closed;
    owner.connectionEnded(
        this, aborted != null ? -1 : code, why == null ? "the connection broke" : why, error);
  }

  /**
   * The library's writing thread closes the socket when it has written what is left, such as the
   * answer to a close. It notifies nobody, and it waits without end for a server that does not
   * read.
   */
  private void letWriterFinish() {
    Socket socket = plainSocket;
    long start = System.nanoTime();
    while (opened
        && socket != null
        && !socket.isClosed()
        && System.nanoTime() - start < LAST_WRITE_NANOS
        && !Thread.interrupted()) {
      LockSupport.parkNanos(CHECK_NANOS);
    }
    closeSocket();
  }

  /** The socket for the library: connected, and encrypted if it is to be. */
  private Socket connected() throws IOException {
    Socket plain = new Socket(Proxy.NO_PROXY);
    plainSocket = plain;
    plain.setTcpNoDelay(true);
    boolean isTls = "wss".equals(getURI().getScheme());
    String host = getURI().getHost();
    int port = getURI().getPort() >= 0 ? getURI().getPort() : isTls ? 443 : 80;
    InetAddress address = InetAddress.getByName(host);
    if (aborted != null) {
      throw new IOException("given up: " + aborted);
    }
    plain.connect(new InetSocketAddress(address, port));
    return isTls ? encrypted(plain, host, port) : plain;
  }

  /** Once the server has shown a certificate that is trusted and is for this host. */
  private Socket encrypted(Socket plain, String host, int port) throws IOException {
    SocketFactory factory =
        sslContext == null ? SSLSocketFactory.getDefault() : sslContext.getSocketFactory();
    SSLSocket socket =
        (SSLSocket) ((SSLSocketFactory) factory).createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    onSetSSLParameters(parameters);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** The certificate has to be for the host that was asked for. */
  @Override
  protected void onSetSSLParameters(SSLParameters parameters) {
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
  }

  /** Asked once, on the reading thread. */
  private final class Sockets extends SocketFactory {
    @Override
    public Socket createSocket() throws IOException {
      return connected();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException("nobody asks so");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException("nobody asks so");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException("nobody asks so");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("nobody asks so");
    }
  }

  @Override
  public void onMessage(String message) {
    try {
      owner.messageReceived(this, message);
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "A message was skipped because reading it failed.", e);
    }
  }

  @Override
  public void onMessage(ByteBuffer bytes) {
    LOG.log(Level.FINE, "Skipped a binary message.");
  }

  @Override
  public void onOpen(ServerHandshake handshake) {
    opened = true;
    owner.connectionOpened(this);
  }

  @Override
  public void onClose(int code, String reason, boolean remote) {
    // The thread holds the library's lock here: note it, and tell the owner at the end of run().
    if (closed == null) {
      this.code = code;
      closed = describe(code, reason == null ? "" : reason, remote);
    }
  }

  @Override
  public void onError(Exception e) {
    if (error == null) {
      error = e;
    }
  }

  private String describe(int code, String reason, boolean remote) {
    String detail = reason.isEmpty() ? "" : ": " + LogText.oneLine(reason);
    if (code > 0 && code != CloseFrame.ABNORMAL_CLOSE) {
      return (remote ? "the server closed with " : "closed with ") + code + detail;
    }
    Exception e = error;
    if (e instanceof SSLException ssl) {
      return describe(ssl);
    }
    return "the connection broke" + (e == null ? detail : ": " + e);
  }

  private static String describe(SSLException e) {
    String what = "TLS failed";
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
      if (root instanceof CertificateException) {
        what = "the server's certificate is not trusted";
      }
    }
    return what + ": " + LogText.oneLine(String.valueOf(root.getMessage()));
  }
}
