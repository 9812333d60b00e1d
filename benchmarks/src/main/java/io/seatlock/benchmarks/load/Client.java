package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One connection of the load generator. It is open when the state of the show has come. Belongs to
 * the generator's thread.
 */
abstract class Client implements Inbound.Listener {

  static final int TEXT = 0x1;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;
  private static final int MASK = 0x5ea710c4;
  private static final String HELLO = "{\"action\":\"hello\",\"id\":0}";

  private enum Phase {
    CONNECTING,
    OPENING,
    OPEN,
    CLOSED
  }

  private final String name;
  private final Dialect dialect;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final Inbound inbound = new Inbound();
  private final Message message = new Message();
  private ByteBuffer out = ByteBuffer.allocate(256);
  private Phase phase = Phase.CONNECTING;
  private String whyClosed = "";
  private long startMessages;
  private long startBytes;
  private boolean reading = true;

  /**
   * Begins to connect.
   *
   * @param receiveBuffer bytes that the system keeps for it while it does not read; 0 leaves that
   *     to the system
   */
  Client(
      String name, Selector selector, InetSocketAddress address, Dialect dialect, int receiveBuffer)
      throws IOException {
    this.name = name;
    this.dialect = dialect;
    channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (receiveBuffer > 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
      }
      channel.connect(address);
      key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** A message after it has opened. */
  abstract void onMessage(Message message) throws IOException;

  /** Whether each message is to be looked at. */
  abstract boolean looksAtMessages();

  final String name() {
    return name;
  }

  final boolean isOpen() {
    return phase == Phase.OPEN;
  }

  final boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /** Why it was closed; empty if it was not, or not by the server. */
  final String whyClosed() {
    return whyClosed;
  }

  /** The messages since it opened. */
  final long messages() {
    return phase == Phase.CONNECTING || phase == Phase.OPENING
        ? 0
        : inbound.messages() - startMessages;
  }

  /** The bytes of the messages since it opened. */
  final long messageBytes() {
    return inbound.payloadBytes() - startBytes;
  }

  /** Whether it reads what comes. */
  final boolean isReading() {
    return reading;
  }

  /** Stops to read what comes, or goes on. */
  final void read(boolean on) {
    reading = on;
    updateInterest();
  }

  /** Puts a text message for the next {@link #flush}. */
  final void put(byte[] frame) {
    ensureRoom(frame.length);
    out.put(frame);
  }

  /** What it says first, in a dialect where clients begin. */
  String hello() {
    return HELLO;
  }

  /**
   * A message before it has opened.
   *
   * @param text the same
   * @return whether it is open now
   * @throws IOException if this is not how a connection begins
   */
  boolean begins(Message message, String text) throws IOException {
    if (message.kind() == Message.Kind.WELCOME && inbound.messages() == 1) {
      return false;
    }
    if (message.kind() != Message.Kind.START_STATE) {
      throw new IOException("the first message is not the state");
    }
    return true;
  }

  /** Writes what was put, as far as the socket takes it. */
  final void flush() throws IOException {
    if (out.position() == 0) {
      return;
    }
    channel.write(out.flip());
    boolean all = !out.hasRemaining();
    out.compact();
    if (!all || (key.interestOps() & SelectionKey.OP_WRITE) != 0) {
      updateInterest();
    }
  }

  /** The socket can do something. */
  final void ready(ByteBuffer buffer) {
    try {
      if (key.isConnectable()) {
        channel.finishConnect();
        phase = Phase.OPENING;
        put(dialect.handshake());
        updateInterest();
        flush();
        return;
      }
      if (key.isReadable() && inbound.read(channel, buffer, this) < 0) {
        closed("the connection ended");
      }
      if (phase != Phase.CLOSED) {
        flush();
      }
    } catch (IOException e) {
      closed(String.valueOf(e.getMessage()));
    }
  }

  /** Closes the socket at once. */
  final void close() {
    closed("");
  }

  @Override
  public final void onResponse(String response) throws IOException {
    if (!response.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("refused: " + response.lines().findFirst().orElse(""));
    }
    if (dialect == Dialect.V2) {
      put(new NumberedFrame(hello()).with(NumberedFrame.FIRST));
    }
  }

  @Override
  public final void onMessage(ByteBuffer in, int at, int length) throws IOException {
    message.parse(in, at, length);
    if (phase == Phase.OPEN) {
      onMessage(message);
      return;
    }
    byte[] text = new byte[length];
    in.get(at, text);
    if (begins(message, new String(text, StandardCharsets.UTF_8))) {
      phase = Phase.OPEN;
      startMessages = inbound.messages();
      startBytes = inbound.payloadBytes();
      inbound.wantMessages(looksAtMessages());
    }
  }

  @Override
  public final void onControl(int opcode, ByteBuffer in, int at, int length) throws IOException {
    if (opcode == PING) {
      byte[] payload = new byte[length];
      in.get(at, payload);
      ensureRoom(length + 14);
      Inbound.putMasked(out, PONG, payload, MASK);
    } else if (opcode == CLOSE) {
      throw new IOException("closed with " + (length < 2 ? "no code" : in.getShort(at)));
    }
  }

  private void closed(String why) {
    if (phase != Phase.CLOSED) {
      phase = Phase.CLOSED;
      whyClosed = why;
      try {
        channel.close();
      } catch (IOException e) {
        whyClosed = why + "; closing failed: " + e.getMessage();
      }
    }
  }

  private void updateInterest() {
    if (key.isValid()) {
      key.interestOps(
          (reading ? SelectionKey.OP_READ : 0) | (out.position() > 0 ? SelectionKey.OP_WRITE : 0));
    }
  }

  private void ensureRoom(int bytes) {
    if (out.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate((out.position() + bytes) * 2);
      out = larger.put(out.flip());
    }
  }
}
