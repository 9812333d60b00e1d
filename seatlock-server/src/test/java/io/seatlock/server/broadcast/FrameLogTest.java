package io.seatlock.server.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameLogTest {

  private static final long PLENTY = 1L << 30;

  private long seq;

  private static byte[] payload(int length) {
    byte[] payload = new byte[length];
    Arrays.fill(payload, (byte) ('a' + length % 26));
    return payload;
  }

  private static byte[] readAll(FrameLog.Cursor cursor, long end) {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (cursor.position() < end) {
      ByteBuffer bytes = cursor.towards(end);
      assertThat(bytes.hasRemaining()).isTrue();
      cursor.advance(bytes.remaining());
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      read.writeBytes(copy);
    }
    return read.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "1, 2", "125, 2", "126, 4", "127, 4", "65535, 4", "65536, 10", "200000, 10"})
  void append_payloadOfAnyLength_isOneUnmaskedTextFrame(int length, int header) {
    FrameLog log = new FrameLog(PLENTY);
    FrameLog.Cursor cursor = log.cursorAtHead();
    byte[] payload = payload(length);

    log.append(++seq, List.of(payload));

    assertThat(log.head()).isEqualTo(header + length);
    byte[] frame = readAll(cursor, log.head());
    assertThat(frame).hasSize(header + length).endsWith(payload);
    assertThat(frame[0]).isEqualTo((byte) 0x81);
    ByteBuffer read = ByteBuffer.wrap(frame, 1, frame.length - 1);
    int first = read.get();
    assertThat(first).as("the mask bit and 7 bits of length").isNotNegative();
    long declared = first < 126 ? first : first == 126 ? read.getShort() & 0xffff : read.getLong();
    assertThat(declared).isEqualTo(length);
  }

  @Test
  void append_severalPayloads_areReadInTheirOrderByEveryCursor() {
    FrameLog log = new FrameLog(PLENTY);
    FrameLog.Cursor early = log.cursorAtHead();
    log.append(++seq, List.of(payload(1), payload(2)));
    FrameLog.Cursor late = log.cursorAtHead();
    long border = log.head();
    log.append(++seq, List.of(payload(3)));

    byte[] all = readAll(early, log.head());
    assertThat(all).hasSize(3 + 4 + 5).startsWith(0x81, 1, 'b', 0x81, 2, 'c', 'c');
    assertThat(readAll(late, log.head()))
        .isEqualTo(Arrays.copyOfRange(all, (int) border, all.length));
  }

  @Test
  void append_nothing_changesNothing() {
    FrameLog log = new FrameLog(PLENTY);
    log.append(++seq, List.of());
    assertThat(log.head()).isZero();
  }

  @Test
  void towards_anEarlierEnd_stopsThere() {
    FrameLog log = new FrameLog(PLENTY);
    FrameLog.Cursor cursor = log.cursorAtHead();
    log.append(++seq, List.of(payload(10)));
    long border = log.head();
    log.append(++seq, List.of(payload(10)));
    assertThat(readAll(cursor, border)).hasSize(12);
    assertThat(cursor.position()).isEqualTo(border);
    assertThat(cursor.towards(border).hasRemaining()).isFalse();
  }

  @Test
  void skip_overTheBordersOfChunks_arrivesAtTheNextFrame() {
    FrameLog log = new FrameLog(PLENTY);
    FrameLog.Cursor cursor = log.cursorAtHead();
    int skipped = 0;
    for (int i = 0; i < 2_000; i++) {
      log.append(++seq, List.of(payload(100)));
      skipped += 102;
    }
    log.append(++seq, List.of(payload(1)));
    cursor.skip(skipped);
    assertThat(cursor.position()).isEqualTo(skipped);
    assertThat(readAll(cursor, log.head())).containsExactly(0x81, 1, 'b');
  }

  @Test
  void copy_movesOnItsOwn() {
    FrameLog log = new FrameLog(PLENTY);
    FrameLog.Cursor cursor = log.cursorAtHead();
    log.append(++seq, List.of(payload(10)));
    FrameLog.Cursor copy = cursor.copy();
    readAll(cursor, log.head());
    assertThat(copy.position()).isZero();
    assertThat(readAll(copy, log.head())).hasSize(12);
  }

  @Test
  void isLost_onceMoreThanTheRetainedBytesFollow_andNeverBefore() {
    int retained = 100_000;
    FrameLog log = new FrameLog(retained);
    FrameLog.Cursor cursor = log.cursorAtHead();
    while (log.head() <= retained) {
      assertThat(cursor.isLost()).isFalse();
      log.append(++seq, List.of(payload(100)));
    }
    // Whole chunks are dropped, so a little more may be kept than was asked for.
    while (!cursor.isLost()) {
      log.append(++seq, List.of(payload(100)));
      assertThat(log.head()).isLessThan(retained + 2 * (1 << 16));
    }
    assertThat(log.cursorAtHead().isLost()).isFalse();
  }

  @Test
  void restOfChunk_ofALostCursor_endsWithAWholeFrame() {
    FrameLog log = new FrameLog(1_000);
    FrameLog.Cursor cursor = log.cursorAtHead();
    while (!cursor.isLost()) {
      log.append(++seq, List.of(payload(98)));
    }
    cursor.advance(30);
    ByteBuffer rest = cursor.restOfChunk();
    assertThat((rest.remaining() + 30) % 100).isZero();
    assertThat(rest.remaining()).isPositive();
  }
}
