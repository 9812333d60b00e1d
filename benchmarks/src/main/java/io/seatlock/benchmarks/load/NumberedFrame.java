package io.seatlock.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A text message as a masked frame that is sent again and again, each time with another number in
 * the place of {@link #FIRST}, if that stands in it. Belongs to one thread.
 */
final class NumberedFrame {

  /** The number that is replaced. There are as many others of the same length as anyone needs. */
  static final long FIRST = 100_000_000_000L;

  private static final String DIGITS = Long.toString(FIRST);
  private static final int MASK = 0x5ea710c4;

  private final byte[] frame;
  private final int payloadAt;
  private final int numberAt;

  NumberedFrame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(payload.length + 14);
    Inbound.putMasked(buffer, Client.TEXT, payload, MASK);
    frame = new byte[buffer.position()];
    buffer.flip().get(frame);
    payloadAt = frame.length - payload.length;
    numberAt = text.indexOf(DIGITS);
  }

  /** The frame with this number, until it is asked for the next one. */
  byte[] with(long number) {
    long rest = number;
    for (int i = numberAt + DIGITS.length() - 1; numberAt >= 0 && i >= numberAt; i--) {
      frame[payloadAt + i] = (byte) (('0' + rest % 10) ^ (MASK >>> (24 - (i & 3) * 8)));
      rest /= 10;
    }
    return frame;
  }
}
