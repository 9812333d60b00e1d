package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.EventType;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The end of a client. That no thread is left is checked after each test. */
class ClosingTest extends ClientTestBase {

  @Test
  void close_endsWithAClosingHandshake() throws InterruptedException {
    SeatLockClient client = connect();
    client.close();

    assertThat(server.closes.take()).isEqualTo("1000 from the client");
    assertThat(client.state()).isEqualTo(ConnectionState.CLOSED);
    soon().until(() -> recorder.states.size() == 2);
    assertThat(recorder.states).containsExactly(ConnectionState.ONLINE, ConnectionState.CLOSED);
    assertThat(recorder.reasons.get(1)).isEqualTo("closed by the program");
  }

  @Test
  void close_again_doesNothing() {
    SeatLockClient client = connect();
    client.close();
    client.close();
    get(client.closeAsync());

    soon().until(() -> clientThreads().isEmpty());
    assertThat(recorder.states).containsExactly(ConnectionState.ONLINE, ConnectionState.CLOSED);
  }

  @Test
  void close_callsWithoutAnswer_areUnknown() throws InterruptedException {
    server.script = (client, request) -> {};
    SeatLockClient client = connect();
    CompletableFuture<Outcome> lock = client.lock("A1");
    server.requests.take();
    client.close();

    assertThat(get(lock)).isEqualTo(new Outcome.Unknown("A1", "the client was closed"));
  }

  @Test
  void close_afterLoss_isHeard() {
    SeatLockClient client = connect();
    server.client.closeConnection(1006, "");
    soon().until(() -> client.state() == ConnectionState.LOST);
    client.close();

    soon().until(() -> recorder.states.size() == 3);
    assertThat(recorder.states)
        .containsExactly(ConnectionState.ONLINE, ConnectionState.LOST, ConnectionState.CLOSED);
  }

  @Test
  void close_byTheListener_isDone() {
    AtomicReference<SeatLockClient> client = new AtomicReference<>();
    CountDownLatch connected = new CountDownLatch(1);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    client.set(
        connect(
            builder()
                .listener(
                    new SeatListener() {
                      @Override
                      public void onLocked(String seat) {
                        CallsTest.awaitLatch(connected);
                        client.get().close();
                        closed.complete(null);
                      }
                    })));
    connected.countDown();
    server.send(EventType.LOCKED, "A1");

    get(closed);
    assertThat(client.get().state()).isEqualTo(ConnectionState.CLOSED);
  }

  @Test
  void close_byAContinuation_isDone() {
    SeatLockClient client = connect();

    get(client.lock("A1").thenAccept(outcome -> client.close()));

    assertThat(client.state()).isEqualTo(ConnectionState.CLOSED);
  }

  @Test
  void close_whileTheListenerBlocks_isDone_andTheListenerHearsTheRest() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    Recorder blocking =
        new Recorder() {
          @Override
          public void onLocked(String seat) {
            inside.countDown();
            CallsTest.awaitLatch(release);
          }
        };
    SeatLockClient client = connect(builder().listener(blocking));
    server.send(EventType.LOCKED, "A1");
    server.send(EventType.PAID, "A2");
    CallsTest.awaitLatch(inside);
    soon().until(() -> client.seats().taken().size() == 2);
    client.close();
    assertThat(blocking.events).isEmpty();
    release.countDown();

    soon().until(() -> blocking.states.contains(ConnectionState.CLOSED));
    assertThat(blocking.events).containsExactly("paid A2");
  }

  @Test
  void close_serverThatNeverAnswersIt_endsAtTheDeadline() throws Exception {
    try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<SeatLockClient> connecting =
          SeatLockClient.builder(URI.create("ws://127.0.0.1:" + raw.getLocalPort() + "/"))
              .closeTimeout(Duration.ofMillis(100))
              .connect();
      try (Socket socket = raw.accept()) {
        shakeHands(socket);
        SeatLockClient client = get(connecting);
        CompletableFuture<Void> end = client.closeAsync();
        assertThat(client.state()).isEqualTo(ConnectionState.CLOSED);

        get(end);
        soon().until(() -> clientThreads().isEmpty()); // The socket is open on this side.
      }
    }
  }

  @Test
  void close_serverThatDoesNotRead_endsAtTheDeadline() throws Exception {
    try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      raw.setReceiveBufferSize(1024);
      CompletableFuture<SeatLockClient> connecting =
          SeatLockClient.builder(URI.create("ws://127.0.0.1:" + raw.getLocalPort() + "/"))
              .authorizationString("x".repeat(64 << 10))
              .closeTimeout(Duration.ofMillis(100))
              .connect();
      try (Socket socket = raw.accept()) {
        shakeHands(socket);
        SeatLockClient client = get(connecting);
        for (int i = 0; i < 500; i++) {
          var unused = client.pay("A" + i); // 32 MiB: more than any buffer between takes.
        }
        client.close();

        soon().until(() -> clientThreads().isEmpty());
      }
    }
  }

  /** A handshake and an empty show, by hand. */
  private static void shakeHands(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      request.append((char) in.read());
    }
    String key =
        request
            .toString()
            .lines()
            .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
            .findFirst()
            .orElseThrow()
            .substring("Sec-WebSocket-Key: ".length());
    byte[] hash =
        MessageDigest.getInstance("SHA-1")
            .digest(
                (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + Base64.getEncoder().encodeToString(hash)
            + "\r\n\r\n";
    byte[] message = "{\"event\":\"startstate\",\"data\":{}}".getBytes(StandardCharsets.US_ASCII);
    OutputStream out = socket.getOutputStream();
    out.write(answer.getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[] {(byte) 0x81, (byte) message.length});
    out.write(message);
    out.flush();
  }
}
