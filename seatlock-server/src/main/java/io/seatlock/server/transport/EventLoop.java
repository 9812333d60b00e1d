package io.seatlock.server.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.protocols.IProtocol;
import org.java_websocket.protocols.Protocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with its own listening socket and the connections that came through it. Each round
 * reads from every socket that has bytes, then writes all answers and events: the more happens in a
 * round, the more goes into each write. Requests of one client beyond the room for its answers wait
 * for the next round, so that other clients get their turn.
 *
 * <p>The library's own server is not used, only its protocol: {@code WebSocketImpl} for the
 * handshake, the frames and the closing. RATIONALE.md says why.
 */
public final class EventLoop {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int ACCEPTS_A_ROUND = 64;
  private static final long SWEEP_NANOS = 1_000_000_000L;
  private static final long CLOSE_NANOS = 3_000_000_000L;

  private final TransportLimits limits;
  private final Admission admission;
  private final @Nullable TlsCertificate tls;
  private final ServerSocketChannel listener;
  private final Selector selector;
  private final SelectionKey acceptKey;
  private final LibraryCallbacks callbacks;
  private final List<Draft> drafts;
  private final Thread thread;
  private final Consumer<Throwable> onFailure;

  private final ByteBuffer readBuffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Set<Connection> connections = new HashSet<>();
  private final Queue<Flushable> flushRequests = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private List<Connection> toHear = new ArrayList<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean closing;
  private volatile boolean ended;
  private long closeDeadline;
  private long sweptAt = System.nanoTime();

  /**
   * Takes over a listening socket. Nothing is accepted before {@link #start}.
   *
   * @param tls the certificate if connections are encrypted, otherwise null
   * @param onFailure called once if the loop ends by itself, when its clients are no longer served
   */
  EventLoop(
      String name,
      ServerSocketChannel listener,
      TransportLimits limits,
      Admission admission,
      OriginPolicy origins,
      @Nullable TlsCertificate tls,
      Conversation.Factory conversations,
      Consumer<Throwable> onFailure)
      throws IOException {
    this.limits = limits;
    this.admission = admission;
    this.tls = tls;
    this.onFailure = onFailure;
    this.callbacks = new LibraryCallbacks(conversations, origins, connections::remove);
    List<IProtocol> protocols = new ArrayList<>();
    conversations.protocols().forEach(protocol -> protocols.add(new Protocol(protocol)));
    protocols.add(new Protocol(""));
    this.drafts = List.of(new StrictDraft(protocols, limits.maxMessageBytes()));
    this.listener = listener;
    listener.configureBlocking(false);
    this.selector = Selector.open();
    this.acceptKey = listener.register(selector, SelectionKey.OP_ACCEPT);
    this.thread = new Thread(this::run, name);
  }

  /** Starts to accept and to serve. */
  void start() {
    thread.start();
  }

  /** Has every connection closed with 1001, then ends. */
  void stop() {
    closing = true;
    if (thread.getState() == Thread.State.NEW) {
      closeQuietly();
      return;
    }
    selector.wakeup();
  }

  /** Waits for the end; a loop that never started ends here. */
  void awaitEnd() throws InterruptedException {
    if (thread.getState() == Thread.State.NEW) {
      closeQuietly();
    }
    thread.join();
  }

  /** Memory for anything that is done within one call on this loop. */
  ByteBuffer scratch() {
    return scratch;
  }

  void flushSoon(Flushable flushable) {
    flushRequests.add(flushable);
    if (Thread.currentThread() != thread) {
      wakeUp();
    }
  }

  /** Passes on, in the next round, the messages that the connection has read but not passed on. */
  void hearInNextRound(Connection connection) {
    toHear.add(connection);
  }

  private void wakeUp() {
    if (woken.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  /**
   * Runs a task soon on this loop, before it writes; at once if called on this loop, or if the loop
   * has ended.
   */
  void execute(Runnable task) {
    if (Thread.currentThread() == thread) {
      run(task);
      return;
    }
    tasks.add(task);
    if (ended) {
      runTasks();
    } else {
      wakeUp();
    }
  }

  private void runTasks() {
    Runnable next;
    while ((next = tasks.poll()) != null) {
      run(next);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.error("a task of an event loop failed", e);
    }
  }

  private void run() {
    try {
      while (!closing || !connections.isEmpty()) {
        round();
      }
    } catch (Throwable e) {
      LOG.error("an event loop ended", e);
      onFailure.accept(e);
    } finally {
      closeQuietly();
    }
  }

  private void round() throws IOException {
    woken.set(false);
    if (flushRequests.isEmpty() && tasks.isEmpty() && toHear.isEmpty()) {
      selector.select(TimeUnit.NANOSECONDS.toMillis(SWEEP_NANOS));
    } else {
      selector.selectNow();
    }
    if (closing && closeDeadline == 0) {
      beginClosing();
    }
    Set<SelectionKey> ready = selector.selectedKeys();
    for (SelectionKey key : ready) {
      if (key == acceptKey) {
        accept();
      } else {
        serve(key);
      }
    }
    ready.clear();
    hear();
    runTasks();
    Flushable next;
    while ((next = flushRequests.poll()) != null) {
      flush(next);
    }
    long now = System.nanoTime();
    if (now - sweptAt >= SWEEP_NANOS) {
      sweptAt = now;
      sweep(now);
    }
  }

  private void accept() {
    try {
      for (int i = 0; i < ACCEPTS_A_ROUND; i++) {
        SocketChannel socket = listener.accept();
        if (socket == null) {
          return;
        }
        admit(socket);
      }
    } catch (IOException e) {
      // Out of file descriptors, most likely: those who wait are accepted when some are free.
      LOG.warn("cannot accept connections for a moment: {}", e.getMessage());
      acceptKey.interestOps(0);
    }
  }

  private void admit(SocketChannel socket) throws IOException {
    if (!admission.enter()) {
      socket.close();
      return;
    }
    try {
      socket.configureBlocking(false);
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      InetAddress remoteAddress = ((InetSocketAddress) socket.getRemoteAddress()).getAddress();
      ClientChannel channel =
          tls == null ? new PlainChannel(socket) : new TlsChannel(socket, tls.newEngine());
      WebSocketImpl webSocket = new WebSocketImpl(callbacks, drafts);
      SelectionKey key = socket.register(selector, SelectionKey.OP_READ);
      webSocket.setSelectionKey(key);
      webSocket.setChannel(channel);
      Connection connection =
          new Connection(this, limits, admission, channel, remoteAddress, key, webSocket);
      webSocket.setAttachment(connection);
      key.attach(connection);
      connections.add(connection);
    } catch (IOException | RuntimeException e) {
      admission.opened();
      admission.leave();
      socket.close();
      LOG.debug("a connection was gone before it was served", e);
    }
  }

  private void serve(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (key.isValid() && key.isReadable()) {
        connection.read(readBuffer);
      }
      if (key.isValid() && key.isWritable()) {
        connection.writable();
      }
    } catch (IOException e) {
      connection.abort(String.valueOf(e.getMessage()));
    } catch (Throwable e) {
      LOG.error("serving a connection failed", e);
      connection.abort("internal error");
    }
  }

  private void hear() {
    if (toHear.isEmpty()) {
      return;
    }
    List<Connection> now = toHear;
    toHear = new ArrayList<>();
    for (Connection connection : now) {
      try {
        connection.hearOn();
      } catch (Throwable e) {
        LOG.error("serving a connection failed", e);
        connection.abort("internal error");
      }
    }
  }

  private static void flush(Flushable flushable) {
    try {
      flushable.flushAsRequested();
    } catch (Throwable e) {
      LOG.error("writing to connections failed", e);
    }
  }

  private void sweep(long now) {
    if (!closing && acceptKey.isValid()) {
      acceptKey.interestOps(SelectionKey.OP_ACCEPT);
    }
    boolean late = closing && now - closeDeadline > 0;
    for (Connection connection : new ArrayList<>(connections)) {
      if (late) {
        connection.abort("the server ends");
      } else {
        connection.sweep(now);
      }
    }
  }

  private void beginClosing() throws IOException {
    closeDeadline = System.nanoTime() + CLOSE_NANOS;
    listener.close();
    for (Connection connection : new ArrayList<>(connections)) {
      connection.goAway();
    }
  }

  private void closeQuietly() {
    ended = true;
    runTasks();
    for (Connection connection : new ArrayList<>(connections)) {
      connection.abort("the server ends");
    }
    try {
      listener.close();
      selector.close();
    } catch (IOException e) {
      LOG.warn("closing an event loop failed", e);
    }
  }
}
