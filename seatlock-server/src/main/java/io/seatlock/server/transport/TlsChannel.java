package io.seatlock.server.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A client's bytes inside TLS. The handshake goes on by itself while the event loop reads and
 * flushes; until it is done, nothing is read and nothing written is taken.
 */
final class TlsChannel implements ClientChannel {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel socket;
  private final SSLEngine engine;

  // Both in the state to be read from: what has come and is not decrypted, what is not sent.
  private final ByteBuffer incoming;
  private final ByteBuffer outgoing;
  private boolean ended;

  TlsChannel(SocketChannel socket, SSLEngine engine) throws SSLException {
    this.socket = socket;
    this.engine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    incoming = ByteBuffer.allocate(packet).flip();
    outgoing = ByteBuffer.allocate(packet).flip();
    engine.beginHandshake();
  }

  /**
   * Decrypts what has come.
   *
   * @param into with room for at least what a socket read and one more record can hold, twice the
   *     size of a TLS record: then nothing that is complete stays behind
   */
  @Override
  public int read(ByteBuffer into) throws IOException {
    if (ended) {
      return -1;
    }
    int before = into.position();
    incoming.compact();
    int count = socket.read(incoming);
    incoming.flip();
    boolean more = true;
    while (more && !ended) {
      more = unwrap(into);
    }
    int decrypted = into.position() - before;
    return decrypted == 0 && (count < 0 || ended) ? -1 : decrypted;
  }

  /** Takes one step of reading; returns whether another one is worth trying. */
  private boolean unwrap(ByteBuffer into) throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        runTasks();
        return true;
      }
      case NEED_WRAP -> {
        return flush() && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP;
      }
      case FINISHED, NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {
        if (!incoming.hasRemaining()) {
          return false;
        }
        SSLEngineResult result = engine.unwrap(incoming, into);
        switch (result.getStatus()) {
          case OK -> {
            return true;
          }
          case CLOSED -> ended = true;
          case BUFFER_UNDERFLOW -> {}
          case BUFFER_OVERFLOW -> throw new SSLException("a record does not fit the buffer");
        }
        return false;
      }
    }
    throw new AssertionError("a status the JDK does not have");
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int before = from.position();
    if (handshakeIsDone()) {
      while (from.hasRemaining() && flush() && wrap(from)) {
        // One record at a time.
      }
      flush();
    }
    return from.position() - before;
  }

  @Override
  public boolean flush() throws IOException {
    do {
      if (outgoing.hasRemaining()) {
        socket.write(outgoing);
      }
      if (outgoing.hasRemaining()) {
        return false;
      }
    } while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && wrap(NOTHING));
    return true;
  }

  /** Encrypts one record into the empty outgoing buffer; returns whether there is one. */
  private boolean wrap(ByteBuffer from) throws SSLException {
    if (outgoing.hasRemaining()) {
      return false;
    }
    outgoing.clear();
    try {
      SSLEngineResult result = engine.wrap(from, outgoing);
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        runTasks();
      }
      return result.bytesProduced() > 0;
    } finally {
      outgoing.flip();
    }
  }

  private boolean handshakeIsDone() {
    HandshakeStatus status = engine.getHandshakeStatus();
    return status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED;
  }

  private void runTasks() {
    Runnable task;
    while ((task = engine.getDelegatedTask()) != null) {
      task.run();
    }
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  /** Says goodbye if the socket takes it at once, then closes. */
  @Override
  public void close() throws IOException {
    if (!socket.isOpen()) {
      return;
    }
    try {
      engine.closeOutbound();
      if (flush() && wrap(NOTHING)) {
        flush();
      }
    } finally {
      socket.close();
    }
  }
}
