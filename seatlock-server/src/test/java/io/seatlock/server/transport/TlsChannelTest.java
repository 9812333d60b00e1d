package io.seatlock.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A channel whose socket or TLS engine does what the real ones do only at rare moments. */
class TlsChannelTest {
  private final SocketChannel socket = mock();
  private final SSLEngine engine = mock();

  @BeforeEach
  void handshakeIsDone() {
    SSLSession session = mock();
    when(session.getPacketBufferSize()).thenReturn(100);
    when(engine.getSession()).thenReturn(session);
    when(engine.getHandshakeStatus()).thenReturn(HandshakeStatus.NOT_HANDSHAKING);
    when(socket.isOpen()).thenReturn(true);
  }

  @Test
  void read_recordThatDoesNotFit_isAFailure() throws IOException {
    when(socket.read(any(ByteBuffer.class))).thenAnswer(call -> put(call.getArgument(0), 10));
    when(engine.unwrap(any(ByteBuffer.class), any(ByteBuffer.class)))
        .thenReturn(result(Status.BUFFER_OVERFLOW, 0, 0));
    TlsChannel channel = new TlsChannel(socket, engine);

    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(SSLException.class);
  }

  @Test
  void write_socketTakesAPart_keepsTheRestForFlush() throws IOException {
    encryptsToTenBytes();
    when(socket.write(any(ByteBuffer.class)))
        .thenAnswer(call -> take(call.getArgument(0), 4))
        .thenAnswer(call -> take(call.getArgument(0), 0))
        .thenAnswer(call -> take(call.getArgument(0), 6));
    TlsChannel channel = new TlsChannel(socket, engine);

    assertThat(channel.write(ByteBuffer.allocate(3))).isEqualTo(3);

    assertThat(channel.flush()).isFalse();
    assertThat(channel.flush()).isTrue();
  }

  @Test
  void close_socketFailsOnTheFarewell_isClosedAllTheSame() throws IOException {
    encryptsToTenBytes();
    IOException reset = new IOException("connection reset");
    when(socket.write(any(ByteBuffer.class))).thenThrow(reset);
    TlsChannel channel = new TlsChannel(socket, engine);

    assertThatThrownBy(channel::close).isSameAs(reset);

    verify(engine).closeOutbound();
    verify(socket).close();
  }

  private void encryptsToTenBytes() throws SSLException {
    when(engine.wrap(any(ByteBuffer.class), any(ByteBuffer.class)))
        .thenAnswer(
            call -> {
              ByteBuffer from = call.getArgument(0);
              return result(Status.OK, take(from, from.remaining()), put(call.getArgument(1), 10));
            });
  }

  private static SSLEngineResult result(Status status, int consumed, int produced) {
    return new SSLEngineResult(status, HandshakeStatus.NOT_HANDSHAKING, consumed, produced);
  }

  private static int put(ByteBuffer into, int count) {
    into.put(new byte[count]);
    return count;
  }

  private static int take(ByteBuffer from, int count) {
    from.position(from.position() + count);
    return count;
  }
}
