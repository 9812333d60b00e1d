package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InboundTest {

  private static final int TEXT = 0x81;
  private static final int PING = 0x89;
  private static final String RESPONSE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final List<String> expected = new ArrayList<>();
  private final Recorder recorder = new Recorder();
  private final Inbound inbound = new Inbound();

  @Test
  void read_anySplit_seesEveryFrameOnce() throws IOException {
    checkSplit(new int[] {0, 1, 36, 125, 126, 127, 1_000, 2}, 1, 2, 7, 1_000);
  }

  @Test
  void read_longMessages_seesEveryFrameOnce() throws IOException {
    checkSplit(new int[] {65_535, 65_536, 70_000, 2}, 10_000, 100_000);
  }

  private void checkSplit(int[] lengths, int... largestPieces) throws IOException {
    response();
    for (int length : lengths) {
      frame(TEXT, "m".repeat(length));
      frame(PING, "p" + length);
    }
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int largest : largestPieces) {
      Recorder seen = new Recorder();
      Inbound split = new Inbound();
      readAll(split, seen, () -> 1 + random.nextInt(largest));
      assertThat(seen.what).as("seed %d, up to %d bytes", seed, largest).isEqualTo(expected);
      assertThat(split.messages()).isEqualTo(lengths.length);
      assertThat(split.payloadBytes()).isEqualTo(IntStream.of(lengths).sum());
    }
  }

  @Test
  void read_messagesNotWanted_countsThemAndShowsControlFrames() throws IOException {
    response();
    frame(TEXT, "first");
    frame(PING, "are you there");
    frame(TEXT, "second");
    inbound.wantMessages(false);

    readAll(inbound, recorder, () -> 3);

    assertThat(recorder.what).containsExactly(RESPONSE, "9 are you there");
    assertThat(inbound.messages()).isEqualTo(2);
    assertThat(inbound.payloadBytes()).isEqualTo(11);
  }

  @Test
  void read_maskedFrame_throws() {
    response();
    ByteBuffer frame = ByteBuffer.allocate(20);
    Inbound.putMasked(frame, 1, new byte[] {1}, 7);
    sent.write(frame.array(), 0, frame.position());

    assertThatThrownBy(() -> readAll(inbound, recorder, () -> 100)).hasMessageContaining("masks");
  }

  @Test
  void read_fragment_throws() {
    response();
    frame(0x01, "the first half");

    assertThatThrownBy(() -> readAll(inbound, recorder, () -> 100))
        .hasMessageContaining("unexpected frame");
  }

  private void response() {
    sent.writeBytes(RESPONSE.getBytes(StandardCharsets.US_ASCII));
    expected.add(RESPONSE);
  }

  private void frame(int first, String text) {
    sent.write(first);
    int length = text.length();
    if (length < 126) {
      sent.write(length);
    } else if (length < 65_536) {
      sent.write(126);
      sent.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
    } else {
      sent.write(127);
      sent.writeBytes(ByteBuffer.allocate(8).putLong(length).array());
    }
    sent.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    expected.add(first == TEXT ? text : (first & 15) + " " + text);
  }

  private void readAll(Inbound reader, Recorder seen, Sizes sizes) throws IOException {
    Pieces pieces = new Pieces(sent.toByteArray(), sizes);
    ByteBuffer buffer = ByteBuffer.allocateDirect(100_000);
    int count;
    do {
      count = reader.read(pieces, buffer, seen);
    } while (count >= 0);
  }

  private interface Sizes {
    int next();
  }

  /** Gives the bytes in pieces, as a network does. */
  private static final class Pieces implements ReadableByteChannel {
    private final ByteBuffer bytes;
    private final Sizes sizes;

    Pieces(byte[] bytes, Sizes sizes) {
      this.bytes = ByteBuffer.wrap(bytes);
      this.sizes = sizes;
    }

    @Override
    public int read(ByteBuffer into) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(Math.min(sizes.next(), bytes.remaining()), into.remaining());
      into.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class Recorder implements Inbound.Listener {
    private final List<String> what = new ArrayList<>();

    @Override
    public void onResponse(String response) {
      what.add(response);
    }

    @Override
    public void onMessage(ByteBuffer in, int at, int length) {
      what.add(text(in, at, length));
    }

    @Override
    public void onControl(int opcode, ByteBuffer in, int at, int length) {
      what.add(opcode + " " + text(in, at, length));
    }

    private static String text(ByteBuffer in, int at, int length) {
      byte[] bytes = new byte[length];
      in.get(at, bytes);
      return new String(bytes, StandardCharsets.US_ASCII);
    }
  }
}
