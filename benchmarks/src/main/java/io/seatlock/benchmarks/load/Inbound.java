package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends on one connection: the answer to the handshake, then frames. Counts messages
 * by walking from one frame header to the next; payloads are shown only to those who want them.
 * Belongs to one thread.
 */
final class Inbound {
  /*
   * Many connections share one large buffer. Frames are looked at in place; the bytes of a frame
   * that has not come as a whole are kept aside and put in front of what comes next, so nothing
   * here is ever in the middle of a frame.
   */

  private static final int FIN = 0x80;
  private static final int RESERVED = 0x70;
  private static final int OPCODE = 0x0f;
  private static final int CONTROL = 0x08;
  private static final int FIN_TEXT = FIN | 0x1;
  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final byte[] END_OF_RESPONSE = {'\r', '\n', '\r', '\n'};

  /** Told what comes. The bytes are valid during the call only; the position must be left alone. */
  interface Listener {
    /** The server's answer to the handshake, its status line and headers. */
    void onResponse(String response) throws IOException;

    /** A text message, if they are wanted. */
    void onMessage(ByteBuffer in, int at, int length) throws IOException;

    /** A ping, a pong or a close frame. */
    void onControl(int opcode, ByteBuffer in, int at, int length) throws IOException;
  }

  private byte @Nullable [] rest;
  private boolean responded;
  private boolean messagesWanted = true;
  private long messages;
  private long payloadBytes;

  /** The text messages that have come as a whole. */
  long messages() {
    return messages;
  }

  /** The bytes of all these messages, without frame headers. */
  long payloadBytes() {
    return payloadBytes;
  }

  /** Whether the listener is to see text messages, or they are counted only. */
  void wantMessages(boolean wanted) {
    messagesWanted = wanted;
  }

  /**
   * Reads once.
   *
   * @return how many bytes came; -1 at the end
   * @throws IOException also if the server breaks the protocol
   */
  int read(ReadableByteChannel channel, ByteBuffer buffer, Listener listener) throws IOException {
    buffer.clear();
    if (rest != null) {
      buffer.put(rest);
      rest = null;
    }
    if (!buffer.hasRemaining()) {
      throw new IOException("a message does not fit into " + buffer.capacity() + " bytes");
    }
    int count = channel.read(buffer);
    buffer.flip();
    if (!responded) {
      readResponse(buffer, listener);
    }
    if (responded) {
      walk(buffer, listener);
    }
    if (buffer.hasRemaining()) {
      rest = new byte[buffer.remaining()];
      buffer.get(rest);
    }
    return count;
  }

  private void readResponse(ByteBuffer in, Listener listener) throws IOException {
    for (int end = in.position() + END_OF_RESPONSE.length; end <= in.limit(); end++) {
      if (endsResponse(in, end)) {
        byte[] response = new byte[end - in.position()];
        in.get(response);
        responded = true;
        listener.onResponse(new String(response, StandardCharsets.ISO_8859_1));
        return;
      }
    }
  }

  private static boolean endsResponse(ByteBuffer in, int end) {
    for (int i = 0; i < END_OF_RESPONSE.length; i++) {
      if (in.get(end - END_OF_RESPONSE.length + i) != END_OF_RESPONSE[i]) {
        return false;
      }
    }
    return true;
  }

  /** The hot loop: long, and all in local variables, since millions of frames a second pass it. */
  private void walk(ByteBuffer in, Listener listener) throws IOException {
    int limit = in.limit();
    int at = in.position();
    while (limit - at >= 2) {
      int first = in.get(at) & 0xff;
      int length = in.get(at + 1);
      int header = 2;
      if (length < 0) {
        throw new IOException("the server masks its frames");
      }
      if (length == 126) {
        header = 4;
        if (limit - at < header) {
          break;
        }
        length = in.getShort(at + 2) & 0xffff;
      } else if (length == 127) {
        header = 10;
        if (limit - at < header) {
          break;
        }
        length = checkedLength(in.getLong(at + 2));
      }
      if (limit - at - header < length) {
        break;
      }
      if (first == FIN_TEXT) {
        messages++;
        payloadBytes += length;
        if (messagesWanted) {
          listener.onMessage(in, at + header, length);
        }
      } else {
        control(first, in, at + header, length, listener);
      }
      at += header + length;
    }
    in.position(at);
  }

  private static void control(int first, ByteBuffer in, int at, int length, Listener listener)
      throws IOException {
    int opcode = first & OPCODE;
    if ((first & FIN) == 0 || (first & RESERVED) != 0 || (opcode & CONTROL) == 0) {
      throw new IOException("an unexpected frame begins with " + Integer.toHexString(first));
    }
    listener.onControl(opcode, in, at, length);
  }

  private static int checkedLength(long length) throws IOException {
    if (length < 0 || length > Integer.MAX_VALUE - 16) {
      throw new IOException("a frame of " + length + " bytes");
    }
    return (int) length;
  }

  /** Puts a masked frame, as a client must send it. The position of the buffer moves on. */
  static void putMasked(ByteBuffer out, int opcode, byte[] payload, int mask) {
    out.put((byte) (FIN | opcode));
    if (payload.length < 126) {
      out.put((byte) (MASKED | payload.length));
    } else if (payload.length <= 0xffff) {
      out.put((byte) (MASKED | 126)).putShort((short) payload.length);
    } else {
      out.put((byte) (MASKED | LENGTH)).putLong(payload.length);
    }
    out.putInt(mask);
    for (int i = 0; i < payload.length; i++) {
      out.put((byte) (payload[i] ^ (mask >>> (24 - (i & 3) * 8))));
    }
  }
}
