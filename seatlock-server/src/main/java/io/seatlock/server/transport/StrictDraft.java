package io.seatlock.server.transport;

import java.nio.ByteBuffer;
import java.util.List;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.protocols.IProtocol;

/**
 * RFC 6455 with less room: no extensions, every client frame masked, every message one frame of
 * bounded size. The library alone would take unmasked frames, would allocate whatever length a
 * header declares up to its limit before a byte of it has come, and would collect the fragments of
 * a message without regard to that limit.
 */
final class StrictDraft extends Draft_6455 {

  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final int MASKING_KEY_BYTES = 4;

  private final List<IProtocol> protocols;
  private final int maxMessageBytes;

  // Where the walk along the frame headers stands.
  private final byte[] header = new byte[10];
  private int headerSize;
  private int toSkip;

  StrictDraft(List<IProtocol> protocols, int maxMessageBytes) {
    super(List.of(), protocols, maxMessageBytes);
    this.protocols = protocols;
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  public Draft copyInstance() {
    return new StrictDraft(protocols, maxMessageBytes);
  }

  @Override
  public List<Framedata> translateFrame(ByteBuffer buffer) throws InvalidDataException {
    checkHeaders(buffer.duplicate());
    return super.translateFrame(buffer);
  }

  @Override
  public void processFrame(WebSocketImpl connection, Framedata frame) throws InvalidDataException {
    if (frame.getOpcode() == Opcode.CONTINUOUS || !frame.isFin()) {
      throw new InvalidDataException(
          CloseFrame.POLICY_VALIDATION, "messages in fragments are not accepted");
    }
    super.processFrame(connection, frame);
  }

  private void checkHeaders(ByteBuffer in) throws InvalidDataException {
    while (in.hasRemaining()) {
      if (toSkip > 0) {
        int skipped = Math.min(toSkip, in.remaining());
        in.position(in.position() + skipped);
        toSkip -= skipped;
        continue;
      }
      header[headerSize++] = in.get();
      if (headerSize == 2 && (header[1] & MASKED) == 0) {
        throw new InvalidDataException(CloseFrame.PROTOCOL_ERROR, "a frame is not masked");
      }
      if (headerSize >= 2 && headerSize == 2 + lengthBytes()) {
        toSkip = MASKING_KEY_BYTES + checkedLength();
        headerSize = 0;
      }
    }
  }

  private int lengthBytes() {
    int length = header[1] & LENGTH;
    return length < 126 ? 0 : length == 126 ? Short.BYTES : Long.BYTES;
  }

  private int checkedLength() throws InvalidDataException {
    int lengthBytes = lengthBytes();
    long length = header[1] & LENGTH;
    if (lengthBytes > 0) {
      length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = length << Byte.SIZE | (header[2 + i] & 0xff);
      }
    }
    if (length < 0 || length > maxMessageBytes) {
      throw new InvalidDataException(
          CloseFrame.TOOBIG, "a message is longer than " + maxMessageBytes + " bytes");
    }
    return (int) length;
  }
}
