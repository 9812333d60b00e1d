package io.seatlock.server.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.framing.PongFrame;
import org.jspecify.annotations.Nullable;

/**
 * One client's socket and its WebSocket. All methods are for its event loop alone, except {@link
 * #requestFlush}, {@link #closeSoon} and {@link #doSoon}.
 *
 * <p>A client that sends faster than it reads its answers has to wait: nothing more is read from
 * it, and messages that have been read already, at most a buffer full, reach its conversation
 * later.
 *
 * <p>Two sources write to the socket: the library, with handshakes, pongs and close frames in its
 * own queue, and the {@link Outgoing} messages. They take turns at the borders of frames.
 */
public final class Connection extends Flushable {

  private static final int MAX_OWN_BYTES = 256 * 1024;
  private static final int MAX_PINGS_PER_SECOND = 100;
  private static final int MAX_QUEUED_FRAMES = 1000;
  private static final long CLOSE_NANOS = 5_000_000_000L;

  private final TransportLimits limits;
  private final Admission admission;
  private final ClientChannel channel;
  private final InetAddress remoteAddress;
  private final SelectionKey key;
  private final WebSocketImpl webSocket;
  private final long acceptedAt;

  /** Messages that have come when there was no room for their answers. */
  private final Deque<Runnable> unheard = new ArrayDeque<>(1);

  private @Nullable Conversation conversation;
  private @Nullable Outgoing outgoing;
  private @Nullable InetAddress address;
  private int handshakeBytes;
  private int messagesThisSecond;
  private int pingsThisSecond;
  private boolean midFrame;
  private boolean blocked;
  private boolean hearsSoon;
  private boolean gone;
  private int interest = SelectionKey.OP_READ;
  private long blockedSince;
  private long heardAt;
  private long pingedAt;
  private long closingSince;

  Connection(
      EventLoop loop,
      TransportLimits limits,
      Admission admission,
      ClientChannel channel,
      InetAddress remoteAddress,
      SelectionKey key,
      WebSocketImpl webSocket) {
    super(loop);
    this.limits = limits;
    this.admission = admission;
    this.channel = channel;
    this.remoteAddress = remoteAddress;
    this.key = key;
    this.webSocket = webSocket;
    this.acceptedAt = System.nanoTime();
    this.heardAt = acceptedAt;
  }

  /** Sets where the connection's messages come from. */
  public void setOutgoing(Outgoing outgoing) {
    this.outgoing = outgoing;
  }

  /** Writes what waits and a close frame, then closes. Messages that arrive later are ignored. */
  public void close(int code, String reason) {
    flush();
    webSocket.close(code, reason);
  }

  /** As {@link #close}, for any thread: done soon, on the event loop. */
  public void closeSoon(int code, String reason) {
    doSoon(() -> close(code, reason));
  }

  /** For any thread: runs a task soon, on the event loop. */
  public void doSoon(Runnable task) {
    new Flushable(loop()) {
      @Override
      protected void flush() {
        task.run();
      }
    }.requestFlush();
  }

  /** Sends a message ahead of {@link Outgoing} ones, before those have begun. */
  public void sendNow(byte[] text) {
    if (webSocket.isOpen()) {
      webSocket.send(new String(text, StandardCharsets.UTF_8));
    }
  }

  /** The client's address; behind a trusted proxy, the address of the proxy's client. */
  public InetAddress clientAddress() {
    return address == null ? remoteAddress : address;
  }

  // --- called by the event loop

  void read(ByteBuffer in) throws IOException {
    in.clear();
    int count = channel.read(in);
    if (count < 0) {
      webSocket.eot();
      return;
    }
    if (count == 0) {
      // With TLS, what came may have been a step of the handshake, with an answer to it.
      requestFlush();
      return;
    }
    heardAt = System.nanoTime();
    if (conversation == null) {
      handshakeBytes += count;
      if (handshakeBytes > limits.maxHandshakeBytes()) {
        abort("the request is too long");
        return;
      }
    }
    webSocket.decode(in.flip());
    if (!gone && !channel.flush()) {
      blocked = true;
    }
    updateInterest();
  }

  void writable() {
    // The client has read something: the time of what it does not read starts again.
    blocked = false;
    blockedSince = 0;
    flush();
  }

  /** The address at the other end of the socket. */
  InetAddress remoteAddress() {
    return remoteAddress;
  }

  /** Takes one of the places of its client's address. */
  boolean enter(InetAddress client) {
    if (admission.enter(client)) {
      address = client;
      return true;
    }
    return false;
  }

  /** The handshake is done. */
  void opened(Conversation conversation) {
    this.conversation = conversation;
    admission.opened();
  }

  void received(String text) {
    if (mustWait()) {
      unheard.add(() -> hear(text));
    } else {
      hear(text);
    }
  }

  void receivedBinary() {
    if (mustWait()) {
      unheard.add(this::hearBinary);
    } else {
      hearBinary();
    }
  }

  private boolean mustWait() {
    return !unheard.isEmpty() || !hasRoom();
  }

  private void hear(String text) {
    Conversation current = conversation;
    if (current != null && webSocket.isOpen()) {
      messagesThisSecond++;
      current.onText(text);
    }
  }

  private void hearBinary() {
    Conversation current = conversation;
    if (current != null && webSocket.isOpen()) {
      messagesThisSecond++;
      current.onBinary();
    }
  }

  /** Passes on the messages that had to wait, as far as there is room now. */
  void hearOn() {
    hearsSoon = false;
    heardAt = System.nanoTime();
    while (!unheard.isEmpty() && hasRoom()) {
      unheard.remove().run();
    }
    updateInterest();
  }

  /** Answers a ping, unless there are too many of them. */
  void pinged(PingFrame ping) {
    if (++pingsThisSecond <= MAX_PINGS_PER_SECOND) {
      webSocket.sendFrame(new PongFrame(ping));
    }
  }

  void goAway() {
    Conversation current = conversation;
    if (current != null) {
      current.onGoingAway();
    } else {
      abort("the server ends");
    }
  }

  void closing() {
    if (closingSince == 0) {
      closingSince = System.nanoTime();
    }
  }

  /** The socket is closed. */
  void closed() {
    gone = true;
    admission.leave();
    if (address != null) {
      admission.leave(address);
    }
    unheard.clear();
    Conversation ended = conversation;
    conversation = null;
    if (ended == null) {
      admission.opened();
    } else {
      ended.onClosed();
    }
  }

  /** Closes the socket at once, without a close frame. */
  void abort(String reason) {
    webSocket.closeConnection(CloseFrame.ABNORMAL_CLOSE, reason);
  }

  /** Ends what has taken too long. Called once a second. */
  void sweep(long now) {
    messagesThisSecond = 0;
    pingsThisSecond = 0;
    updateInterest();
    if (closingSince != 0) {
      if (now - closingSince > CLOSE_NANOS) {
        abort("the closing took too long");
      }
    } else if (!webSocket.isOpen()) {
      if (now - acceptedAt > limits.handshakeTimeout().toNanos()) {
        abort("the handshake took too long");
      }
    } else if (blocked && now - blockedSince > limits.maxBlocked().toNanos()) {
      abort("the client does not read");
    } else if (now - heardAt > limits.maxSilence().toNanos()) {
      abort("the client is silent");
    } else if (conversation != null
        && !conversation.hasBegun()
        && now - acceptedAt > limits.maxSilence().toNanos()) {
      close(CloseFrame.POLICY_VALIDATION, "nothing was begun");
    } else if (now - heardAt > limits.pingAfter().toNanos()
        && now - pingedAt > limits.pingAfter().toNanos()) {
      pingedAt = now;
      webSocket.sendPing();
    }
  }

  /** Writes what waits, as far as the socket takes it. */
  public void flushNow() {
    flush();
  }

  @Override
  protected void flush() {
    if (gone) {
      return;
    }
    if (blocked) {
      if (outgoing != null) {
        // A lost client frees what it holds; it can start anew if it reads on in time.
        outgoing.checkLost();
      }
      return;
    }
    try {
      boolean wasBlocked = interest != SelectionKey.OP_READ;
      blocked = !writeAll();
      if (blocked && blockedSince == 0) {
        blockedSince = System.nanoTime();
      } else if (!blocked) {
        blockedSince = 0;
      }
      if (!gone && (blocked || wasBlocked)) {
        updateInterest();
      }
    } catch (IOException e) {
      abort("writing failed: " + e.getMessage());
    }
  }

  /** Returns whether the socket took everything. */
  private boolean writeAll() throws IOException {
    if (!channel.flush() || (midFrame && !writeOutgoing())) {
      return false;
    }
    ByteBuffer next;
    while ((next = webSocket.outQueue.peek()) != null) {
      channel.write(next);
      if (next.hasRemaining()) {
        return false;
      }
      webSocket.outQueue.poll();
    }
    if (!channel.flush()) {
      return false;
    }
    if (webSocket.isFlushAndClose()) {
      webSocket.closeConnection();
      return true;
    }
    return writeOutgoing() && channel.flush();
  }

  private boolean writeOutgoing() throws IOException {
    if (outgoing == null) {
      return true;
    }
    switch (outgoing.writeTo(channel, loop().scratch())) {
      case EMPTY -> midFrame = false;
      case BLOCKED -> midFrame = true;
      case LOST -> {
        midFrame = false;
        Conversation current = conversation;
        if (current != null && current.canStartAnew()) {
          current.startAnew();
          return true;
        }
        outgoing = null;
        webSocket.close(CloseFrame.TRY_AGAIN_LATER, "too slow");
      }
    }
    return !midFrame;
  }

  /** Whether one more message may be heard: the client reads its answers and sends not too many. */
  private boolean hasRoom() {
    Conversation current = conversation;
    return (current == null || current.isReady())
        && messagesThisSecond < limits.maxMessagesPerSecond()
        && webSocket.outQueue.size() <= MAX_QUEUED_FRAMES
        && (outgoing == null || outgoing.ownBytes() <= MAX_OWN_BYTES);
  }

  /** Reads as long as the client reads its answers; waits to be able to write if it does not. */
  private void updateInterest() {
    if (gone) {
      return;
    }
    boolean room = hasRoom();
    if (room && !unheard.isEmpty() && !hearsSoon) {
      hearsSoon = true;
      loop().hearInNextRound(this);
    }
    boolean read = room && unheard.isEmpty() && pingsThisSecond <= MAX_PINGS_PER_SECOND;
    int wanted = (read ? SelectionKey.OP_READ : 0) | (blocked ? SelectionKey.OP_WRITE : 0);
    if (wanted != interest && key.isValid()) {
      interest = wanted;
      key.interestOps(wanted);
    }
  }
}
