package io.seatlock.client;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server whose part a test speaks line by line. Not for messages that are longer than 64 KiB. */
final class ScriptedServer implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;
  private static final Pattern ID = Pattern.compile("\"id\":(-?\\d+)");

  private final ServerSocket listener;

  ScriptedServer() {
    try {
      listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      listener.setSoTimeout(PATIENCE_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri() {
    return RealServer.uri(listener.getLocalPort());
  }

  /** The next connection; nothing was said on it. */
  Talk accept() throws IOException {
    Socket socket = listener.accept();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return new Talk(socket);
  }

  /** The next connection, open, with what its client says first. */
  Talk greet() throws IOException {
    Talk talk = accept();
    talk.shakeHands();
    talk.hello = String.valueOf(talk.hear());
    return talk;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  static String idOf(String message) {
    Matcher matcher = ID.matcher(message);
    if (!matcher.find()) {
      throw new IllegalArgumentException(message + " has no id");
    }
    return matcher.group(1);
  }

  /** A connection. One thread may hear while another one says something. */
  static final class Talk implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    String hello = "";

    private Talk(Socket socket) throws IOException {
      this.socket = socket;
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Answers the client's handshake. */
    @SuppressWarnings("deprecation") // The lines of a request are ASCII.
    void shakeHands() throws IOException {
      String key = "";
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        if (line.startsWith("Sec-WebSocket-Key: ")) {
          key = line.substring(line.indexOf(' ') + 1);
        }
        line = in.readLine();
      }
      write(
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(key)
                  + "\r\nSec-WebSocket-Protocol: seatlock.v2\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
    }

    private static String accept(String key) {
      try {
        byte[] text =
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }

    /** The next text of the client; null if it says nothing more. */
    @Nullable String hear() throws IOException {
      try {
        int kind = in.readUnsignedByte() & 0xf;
        int length = in.readUnsignedByte() & 0x7f;
        length = length == 126 ? in.readUnsignedShort() : length;
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
          payload[i] ^= mask[i % 4];
        }
        return kind == 1 ? new String(payload, StandardCharsets.UTF_8) : null;
      } catch (EOFException | SocketException e) {
        return null;
      }
    }

    void say(String text) throws IOException {
      frame(1, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins or resumes the session, with these seats locked. */
    void welcome(long seq, boolean resumed, String... locks) throws IOException {
      say(
          "{\"event\":\"welcome\",\"id\":"
              + idOf(hello)
              + ",\"session\":\"secret\",\"holder\":\"anna\",\"show\":\"hamlet\",\"seq\":"
              + seq
              + ",\"resumed\":"
              + resumed
              + ",\"locks\":["
              + list(locks)
              + "],\"expiresInMillis\":60000,\"role\":\"backend\"}");
    }

    /** The state of a show in which only this client has anything. */
    void startState(@Nullable String id, long seq, String... mine) throws IOException {
      say(
          "{\"event\":\"startstate\","
              + (id == null ? "" : "\"id\":" + id + ",")
              + "\"seq\":"
              + seq
              + ",\"locked\":["
              + list(mine)
              + "],\"reserved\":[],\"paid\":[],\"blocked\":[],\"yours\":["
              + list(mine)
              + "]}");
    }

    private static String list(String... seats) {
      return seats.length == 0 ? "" : "\"" + String.join("\",\"", seats) + "\"";
    }

    void close(int code) throws IOException {
      frame(8, new byte[] {(byte) (code >> 8), (byte) code});
    }

    private void frame(int kind, byte[] payload) throws IOException {
      int length = payload.length;
      int head = length < 126 ? 2 : 4;
      byte[] frame = new byte[head + length];
      frame[0] = (byte) (0x80 | kind);
      frame[1] = (byte) (length < 126 ? length : 126);
      if (head == 4) {
        frame[2] = (byte) (length >> 8);
        frame[3] = (byte) length;
      }
      System.arraycopy(payload, 0, frame, head, length);
      write(frame);
    }

    private void write(byte[] bytes) throws IOException {
      synchronized (out) {
        out.write(bytes);
      }
    }

    /** Breaks it. */
    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
