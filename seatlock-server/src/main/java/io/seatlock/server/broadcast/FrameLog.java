package io.seatlock.server.broadcast;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket frames that everyone in a show is to receive, in order, in immutable chunks of
 * direct memory. One thread at a time appends; any number of threads read at the same time, each
 * through a {@link Cursor} of its own.
 *
 * <p>Positions count bytes since the log began. The oldest chunks are dropped so that about {@code
 * retainBytes} stay; a cursor that still stands in a dropped one has lost its place for good.
 */
final class FrameLog {

  private static final int FIRST_CHUNK = 1 << 12;
  private static final int LARGEST_CHUNK = 1 << 16;

  private final long retainBytes;
  private volatile Chunk oldest;
  private Chunk newest;
  private volatile long head;
  private final Starts starts = new Starts();

  FrameLog(long retainBytes) {
    this.retainBytes = retainBytes;
    this.newest = new Chunk(0, FIRST_CHUNK);
    this.oldest = newest;
  }

  /** The position after the last frame: everything below it can be read. */
  long head() {
    return head;
  }

  /**
   * Adds the frames of one event, a text frame of each payload; readers see all of them at once or
   * none.
   *
   * @param seq the event's number; those of following events are higher by one
   */
  void append(long seq, List<byte[]> payloads) {
    long end = head;
    starts.addEvent(seq, end);
    for (byte[] payload : payloads) {
      end = addFrame(payload, end);
    }
    head = end;
    while (end - oldest.start > retainBytes && oldest != newest) {
      Chunk next = oldest.next;
      if (next == null) {
        break;
      }
      oldest = next;
      starts.dropBelow(next.start);
    }
  }

  private long addFrame(byte[] payload, long end) {
    int size = Frames.textSize(payload);
    if (newest.bytes.capacity() - newest.length < size) {
      int capacity = Math.max(Math.min(newest.bytes.capacity() * 2, LARGEST_CHUNK), size);
      Chunk next = new Chunk(end, capacity);
      newest.next = next;
      newest = next;
    }
    Frames.putText(newest.bytes.duplicate().position(newest.length), payload);
    newest.length += size;
    return end + size;
  }

  /** A cursor at the end of the log. Only for the appending thread. */
  Cursor cursorAtHead() {
    return new Cursor(newest, newest.length);
  }

  /**
   * A cursor behind the event of this number, or null if the log does not keep everything from
   * there to the last event. Only for the appending thread.
   *
   * @param last the number of the last event, which the log misses if nobody listened then
   */
  @Nullable Cursor cursorAfter(long seq, long last) {
    long position = starts.last() == last ? starts.positionOf(seq + 1) : -1;
    if (position < 0) {
      return null;
    }
    Cursor cursor = new Cursor(oldest, 0);
    cursor.skip((int) (position - oldest.start));
    return cursor;
  }

  /** Where each event that is kept begins. For the appending thread alone. */
  private static final class Starts {
    private long[] positions = new long[64];
    private long firstSeq;
    private int count;

    void addEvent(long seq, long position) {
      if (count == 0 || seq != firstSeq + count) {
        firstSeq = seq;
        count = 0;
      }
      if (count == positions.length) {
        positions = Arrays.copyOf(positions, count * 2);
      }
      positions[count++] = position;
    }

    void dropBelow(long position) {
      int dropped = 0;
      while (dropped < count && positions[dropped] < position) {
        dropped++;
      }
      count -= dropped;
      firstSeq += dropped;
      System.arraycopy(positions, dropped, positions, 0, count);
    }

    /** The number of the last event, or -1 if there is none. */
    long last() {
      return count == 0 ? -1 : firstSeq + count - 1;
    }

    /** The position, or -1 if the event is not kept. */
    long positionOf(long seq) {
      return seq < firstSeq || seq >= firstSeq + count ? -1 : positions[(int) (seq - firstSeq)];
    }
  }

  /** A stretch of the log; bytes below {@code length} never change again. */
  private static final class Chunk {
    final long start;
    final ByteBuffer bytes;
    int length;
    volatile @Nullable Chunk next;

    Chunk(long start, int capacity) {
      this.start = start;
      this.bytes = ByteBuffer.allocateDirect(capacity);
    }
  }

  /** A place in the log. Belongs to one thread. */
  final class Cursor {
    private Chunk chunk;
    private int offset;

    private Cursor(Chunk chunk, int offset) {
      this.chunk = chunk;
      this.offset = offset;
    }

    /** An independent cursor at the same place. */
    Cursor copy() {
      return new Cursor(chunk, offset);
    }

    long position() {
      return chunk.start + offset;
    }

    /** Whether the log no longer keeps the chunk it stands in. */
    boolean isLost() {
      return chunk.start < oldest.start;
    }

    /**
     * The bytes from here towards a position that was a {@link #head} before; not all of them if
     * they are in several chunks, but at least one if there is one.
     */
    ByteBuffer towards(long end) {
      while (chunk.next != null && position() == chunk.next.start) {
        chunk = chunk.next;
        offset = 0;
      }
      Chunk next = chunk.next;
      long limit = next == null ? end : Math.min(end, next.start);
      return chunk.bytes.duplicate().limit((int) (limit - chunk.start)).position(offset);
    }

    /** The bytes from here to the end of its chunk. Only for a cursor that is lost. */
    ByteBuffer restOfChunk() {
      Chunk next = Objects.requireNonNull(chunk.next);
      return chunk.bytes.duplicate().limit((int) (next.start - chunk.start)).position(offset);
    }

    /** Moves on by some of the bytes that {@link #towards} gave. */
    void advance(int bytes) {
      offset += bytes;
    }

    /** Moves on without looking at the bytes, which must be below a {@link #head}. */
    void skip(int bytes) {
      long end = position() + bytes;
      while (position() < end) {
        advance(towards(end).remaining());
      }
    }
  }
}
