package io.seatlock.jdbc.sqlite;

import io.seatlock.core.DamagedLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The write-ahead log beside a SQLite file, looked at before SQLite does. SQLite takes the first
 * frame that is not whole for the end of the log, and forgets what comes after it.
 */
final class SqliteWal {
  /*
   * The file is a header and then frames, each a page with a header of its own. A checksum runs
   * through them: that of a frame goes on from the one that stands in the frame before. The last
   * frame of a transaction says so. When all pages are in the database, the next transaction begins
   * the file anew, with a header of other salts; frames with the old salts are then left behind it.
   * See https://www.sqlite.org/fileformat2.html#walformat.
   *
   * A transaction is forced to the disk before the next one is written. So a power cut can harm the
   * last one only, though any part of it. A frame that is not whole was whole once if a transaction
   * ends with it or after it, and another one goes on from there: it was damaged.
   *
   * The header is forced before the first frame is written.
   *
   * Damage in the last transaction but one is not always told from a torn tail: if it is in the
   * mark of its end, or in one frame of 64 where a sector ends between that mark and the salts.
   */

  private static final int HEADER = 32;
  private static final int FRAME_HEADER = 24;
  private static final int SALTS = 8;

  /** What a disk writes as a whole, at least. */
  private static final int SECTOR = 512;

  private static final int MAGIC = 0x377f0682;

  private final FileChannel file;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER);
  private ByteOrder order = ByteOrder.BIG_ENDIAN;

  private SqliteWal(FileChannel file) {
    this.file = file;
  }

  /**
   * Requires that whatever is missing in the log of a database was never complete. A program may
   * append to it meanwhile.
   *
   * @throws IOException if it is damaged; the message says where
   */
  static void requireSound(Path database) throws IOException {
    Path wal = database.resolveSibling(database.getFileName() + "-wal");
    long damage = damageIn(wal);
    while (damage >= 0) {
      // It may also have been written just now. Then it is not the same twice.
      long again = damageIn(wal);
      if (again == damage) {
        throw new DamagedLogException(
            wal + " is damaged at byte " + damage + ", before changes that were acknowledged");
      }
      damage = again;
    }
  }

  private static long damageIn(Path wal) throws IOException {
    try (FileChannel file = FileChannel.open(wal, StandardOpenOption.READ)) {
      return new SqliteWal(file).damage();
    } catch (NoSuchFileException e) {
      // Everything is in the database.
      return -1;
    }
  }

  /** Where what is damaged begins; -1 if nothing is. */
  private long damage() throws IOException {
    if (file.size() <= HEADER || !read(header, 0)) {
      return -1;
    }
    order = (header.getInt(0) & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    long sum = checksum(0, header, 0, HEADER - 8);
    if ((header.getInt(0) & ~1) != MAGIC || sum != header.getLong(HEADER - 8)) {
      return 0;
    }
    int size = FRAME_HEADER + header.getInt(8);
    ByteBuffer frame = ByteBuffer.allocate(size);
    long at = HEADER;
    for (; read(frame, at); at += size) {
      sum = checksum(sum, frame);
      if (!isOfThisLog(frame) || sum != storedIn(frame)) {
        return isFollowed(frame, at, sum) ? at : -1;
      }
    }
    return -1;
  }

  /**
   * Whether a transaction that ends with this broken frame or after it was followed by another.
   *
   * @param sum what its checksum would be
   */
  private boolean isFollowed(ByteBuffer broken, long place, long sum) throws IOException {
    boolean ends = isEnd(broken) && isMarkOfThisLog(broken, place, sum);
    long before = storedIn(broken);
    long orElse = sum;
    ByteBuffer frame = ByteBuffer.allocate(broken.capacity());
    for (long at = place + frame.capacity(); read(frame, at); at += frame.capacity()) {
      long stored = storedIn(frame);
      boolean whole =
          isOfThisLog(frame)
              && (stored == checksum(before, frame) || stored == checksum(orElse, frame));
      if (whole && ends) {
        return true;
      }
      ends = whole && isEnd(frame);
      before = stored;
      orElse = stored;
    }
    return false;
  }

  /**
   * Whether the mark of an end in a broken frame is not left from an earlier log. The sum says so,
   * in which salts are not, or the salts, if they were written together with the mark.
   */
  private boolean isMarkOfThisLog(ByteBuffer broken, long place, long sum) {
    return sum == storedIn(broken) || (isOfThisLog(broken) && (place + SALTS) % SECTOR != 0);
  }

  private boolean isOfThisLog(ByteBuffer frame) {
    return frame.getLong(SALTS) == header.getLong(16);
  }

  /** Whether it is the last one of a transaction. */
  private static boolean isEnd(ByteBuffer frame) {
    return frame.getInt(4) != 0;
  }

  private static long storedIn(ByteBuffer frame) {
    return frame.getLong(16);
  }

  /** The checksum of a frame, but for its salts and the checksum itself. */
  private long checksum(long before, ByteBuffer frame) {
    return checksum(checksum(before, frame, 0, 8), frame, FRAME_HEADER, frame.capacity());
  }

  /** Two sums of 32 bits, the first in the upper half. */
  private long checksum(long before, ByteBuffer bytes, int from, int to) {
    ByteBuffer words = bytes.duplicate().order(order);
    int first = (int) (before >>> 32);
    int second = (int) before;
    for (int i = from; i < to; i += 8) {
      first += words.getInt(i) + second;
      second += words.getInt(i + 4) + first;
    }
    return ((long) first << 32) | (second & 0xffff_ffffL);
  }

  /** Fills a buffer from this place on; false if there is not so much. */
  private boolean read(ByteBuffer buffer, long at) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (file.read(buffer, at + buffer.position()) < 0) {
        return false;
      }
    }
    return true;
  }
}
