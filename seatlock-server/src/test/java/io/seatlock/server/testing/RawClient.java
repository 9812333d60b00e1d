package io.seatlock.server.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A client made of a socket and bytes, for what no library would send. */
public final class RawClient implements AutoCloseable {

  public static final int TEXT = 1;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  /** How {@link #closeCode} tells that the socket ended without a close frame. */
  public static final int NO_CLOSE_FRAME = -1;

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  /** A frame of the server. */
  public record Frame(int opcode, byte[] payload) {
    public String text() {
      return new String(payload, UTF_8);
    }
  }

  private RawClient(InetSocketAddress address, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("127.0.0.1", address.getPort()));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
  }

  /** A socket, nothing sent. */
  public static RawClient connect(InetSocketAddress address) throws IOException {
    return new RawClient(address, 0);
  }

  /** An open WebSocket. */
  public static RawClient open(InetSocketAddress address, String path) throws IOException {
    return open(address, path, 0);
  }

  /** An open WebSocket whose client has little room for what it does not read. */
  public static RawClient open(InetSocketAddress address, String path, int receiveBuffer)
      throws IOException {
    RawClient client = new RawClient(address, receiveBuffer);
    client.write(request(path));
    assertThat(client.head()).startsWith("HTTP/1.1 101 ");
    return client;
  }

  /** An open WebSocket in the v2 dialect. */
  public static RawClient openV2(InetSocketAddress address, String path) throws IOException {
    RawClient client = new RawClient(address, 0);
    String header = "\r\nSec-WebSocket-Protocol: seatlock.v2\r\n\r\n";
    client.write(request(path).replace("\r\n\r\n", header));
    assertThat(client.head()).startsWith("HTTP/1.1 101 ");
    return client;
  }

  /** A right request. */
  public static String request(String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }

  /** The bytes of a frame with an all-zero mask, or with none. */
  public static byte[] frame(int opcode, boolean last, boolean masked, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((last ? 0x80 : 0) | opcode);
    int mask = masked ? 0x80 : 0;
    if (payload.length < 126) {
      frame.write(mask | payload.length);
    } else {
      frame.write(mask | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    if (masked) {
      frame.writeBytes(new byte[4]);
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  public static byte[] text(String text) {
    return frame(TEXT, true, true, text.getBytes(UTF_8));
  }

  public RawClient write(String bytes) throws IOException {
    return write(bytes.getBytes(ISO_8859_1));
  }

  public RawClient write(byte[] bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  /** Writes what the server may not want to have. */
  public RawClient writeUnlessEnded(byte[] bytes) throws IOException {
    try {
      out.write(bytes);
    } catch (SocketException e) {
      // It has ended the socket already.
    }
    return this;
  }

  public RawClient send(String text) throws IOException {
    return write(text(text));
  }

  /** The head of an answer over HTTP, or what came of it before the end. */
  public String head() throws IOException {
    StringBuilder head = new StringBuilder();
    try {
      while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
        int c = in.read();
        if (c < 0) {
          break;
        }
        head.append((char) c);
      }
    } catch (SocketException e) {
      head.append("(reset)");
    }
    return head.toString();
  }

  /** The next frame. */
  public Frame read() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(in.readLong());
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    if ((first & 0xf0) != 0x80) {
      throw new AssertionError("not a whole message: " + first);
    }
    return new Frame(first & 0xf, payload);
  }

  /** The next text. */
  public String next() throws IOException {
    Frame frame = read();
    assertThat(frame.opcode()).isEqualTo(TEXT);
    return frame.text();
  }

  /** Passes over messages until the server closes, and tells with which code. */
  public int closeCode() throws IOException {
    try {
      while (true) {
        Frame frame = read();
        if (frame.opcode() == CLOSE) {
          return ByteBuffer.wrap(frame.payload()).getShort();
        }
      }
    } catch (EOFException | SocketException e) {
      return NO_CLOSE_FRAME;
    }
  }

  /** Whether the server has ended the socket, waited for; what comes before is passed over. */
  public boolean ended() throws IOException {
    try {
      while (in.read() >= 0) {
        // Not of interest.
      }
    } catch (SocketException e) {
      return true;
    }
    return true;
  }

  /** Vanishes: the server's next read fails. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
