package io.seatlock.jdbc.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Puts a checksum of four bytes behind the commands of a row, and takes it off again. It also
 * covers the show, the place and the time, so that a row says by itself whether it is what was
 * written there. Not safe for use by many threads.
 */
public final class RowChecksum {

  private static final int LENGTH = Integer.BYTES;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer where = ByteBuffer.allocate(3 * Long.BYTES);

  byte[] append(long show, long first, long at, byte[] commands) {
    int length = commands.length;
    byte[] sealed = Arrays.copyOf(commands, length + LENGTH);
    ByteBuffer.wrap(sealed).putInt(length, checksum(show, first, at, commands, length));
    return sealed;
  }

  /** The commands without their checksum, or null if the checksum is broken. */
  byte @Nullable [] strip(long show, long first, long at, byte[] sealed) {
    int length = sealed.length - LENGTH;
    return length >= 0
            && ByteBuffer.wrap(sealed).getInt(length) == checksum(show, first, at, sealed, length)
        ? Arrays.copyOf(sealed, length)
        : null;
  }

  private int checksum(long show, long first, long at, byte[] commands, int length) {
    crc.reset();
    crc.update(where.clear().putLong(show).putLong(first).putLong(at).flip());
    crc.update(commands, 0, length);
    return (int) crc.getValue();
  }
}
