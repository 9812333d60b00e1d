package io.seatlock.server.broadcast;

import java.nio.ByteBuffer;
import java.util.List;

/** Text frames as a server sends them: whole messages, never masked (RFC 6455, section 5.2). */
public final class Frames {

  private static final byte FINAL_TEXT = (byte) 0x81;
  private static final int LONGEST_IN_7_BITS = 125;
  private static final int LENGTH_IN_16_BITS = 126;
  private static final int LENGTH_IN_64_BITS = 127;

  private Frames() {}

  /** The size of a frame of this payload, in bytes. */
  static int textSize(byte[] payload) {
    return textSize(payload.length);
  }

  private static int textSize(int length) {
    int header = length <= LONGEST_IN_7_BITS ? 2 : length <= 0xffff ? 4 : 10;
    return header + length;
  }

  /** The size of frames of these payloads together, in bytes. */
  static int textSize(List<byte[]> payloads) {
    int size = 0;
    for (byte[] payload : payloads) {
      size += textSize(payload);
    }
    return size;
  }

  static void putText(ByteBuffer out, byte[] payload) {
    putHeader(out, payload.length);
    out.put(payload);
  }

  private static void putHeader(ByteBuffer out, int length) {
    out.put(FINAL_TEXT);
    if (length <= LONGEST_IN_7_BITS) {
      out.put((byte) length);
    } else if (length <= 0xffff) {
      out.put((byte) LENGTH_IN_16_BITS).putShort((short) length);
    } else {
      out.put((byte) LENGTH_IN_64_BITS).putLong(length);
    }
  }

  /** The header of a text frame with a payload of this length. */
  public static ByteBuffer textHeader(int length) {
    ByteBuffer header = ByteBuffer.allocate(textSize(length) - length);
    putHeader(header, length);
    return header.flip();
  }

  /** Frames of these payloads, ready to be read and shared. */
  public static ByteBuffer texts(List<byte[]> payloads) {
    ByteBuffer frames = ByteBuffer.allocate(textSize(payloads));
    payloads.forEach(payload -> putText(frames, payload));
    return frames.flip();
  }
}
