package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection comes to be and how it is lost. */
class ConnectionTest extends ClientTestBase {

  @Test
  void connect_isOnlineAfterTheStateOfTheShow() {
    server.sendsStartState = false;
    CompletableFuture<SeatLockClient> connecting = builder().connect();
    soon().until(() -> server.client != null);
    assertThat(connecting).isNotDone();
    server.send("{\"event\":\"startstate\",\"data\":{}}");

    SeatLockClient client = get(connecting);
    clients.add(client);
    assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
    soon().until(() -> recorder.states.contains(ConnectionState.ONLINE));
  }

  @Test
  void connect_nobodyListens_fails() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertFails(
        SeatLockClient.builder(URI.create("ws://127.0.0.1:" + port)).listener(recorder).connect(),
        "refused");
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
  }

  @Test
  void connect_unknownHost_fails() {
    assertFails(SeatLockClient.builder(URI.create("ws://no-such-host.invalid")).connect(), "");
  }

  @Test
  void connect_acceptedAndNeverAnswered_failsInTime() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          builderFor(silent).connectTimeout(Duration.ofMillis(100)).connect(),
          "no connection and WebSocket handshake within PT0.1S");
    }
  }

  @Test
  void connect_overTlsAcceptedAndNeverAnswered_failsInTime() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          SeatLockClient.builder(URI.create("wss://127.0.0.1:" + silent.getLocalPort()))
              .connectTimeout(Duration.ofMillis(300))
              .connect(),
          "no connection and WebSocket handshake within");
    }
  }

  @Test
  void connect_noWebSocketServer_failsAndSaysWhy() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<SeatLockClient> connecting = builderFor(web).connect();
      try (Socket socket = web.accept();
          OutputStream out = socket.getOutputStream()) {
        out.write("HTTP/1.1 404 Not Found\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        assertFails(connecting, "404");
      }
    }
  }

  @Test
  void connect_noStateOfTheShow_failsInTime() {
    server.sendsStartState = false;

    assertFails(builder().connectTimeout(Duration.ofMillis(300)).connect(), "within PT0.3S");
  }

  @Test
  void connect_cancelled_givesUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<SeatLockClient> connecting = builderFor(silent).connect();
      try (Socket accepted = silent.accept()) {
        connecting.cancel(false);
        // The request for the handshake, then the end.
        accepted.setSoTimeout(20_000);
        accepted.getInputStream().readAllBytes();
      }
    }
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
  }

  @Test
  void connect_futureEndedByTheProgram_givesUp() {
    server.sendsStartState = false;
    CompletableFuture<SeatLockClient> connecting = builder().connect();
    soon().until(() -> server.client != null);
    connecting.completeExceptionally(new IllegalStateException("changed my mind"));

    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
    soon().until(() -> !server.closes.isEmpty());
  }

  @Test
  void connectionReset_isLost_andNothingIsMine() {
    SeatLockClient client = connect();
    get(client.lock("A1"));
    server.client.closeConnection(1006, "");

    soon().until(() -> recorder.states.contains(ConnectionState.LOST));
    assertThat(client.state()).isEqualTo(ConnectionState.LOST);
    assertThat(client.seats().mine()).isEmpty();
    assertThat(recorder.states).containsExactly(ConnectionState.ONLINE, ConnectionState.LOST);
    soon().until(() -> clientThreads().isEmpty()); // Without being closed, too.
  }

  @Test
  void serverCloses_isLost_andTheReasonIsTold() throws InterruptedException {
    SeatLockClient client = connect();
    server.client.close(1008, "too many\nmistakes");

    soon().until(() -> recorder.states.contains(ConnectionState.LOST));
    assertThat(recorder.reasons.get(1))
        .isEqualTo("the server closed with 1008: too many\uFFFDmistakes");
    assertThat(server.closes.take()).startsWith("1008");
    assertThat(client.state()).isEqualTo(ConnectionState.LOST);
  }

  @Test
  void silentServer_isLostInTime() {
    server.answersPings = false;
    server.script = (client, request) -> {};
    SeatLockClient client = connect(builder().silenceTimeout(Duration.ofMillis(200)));
    CompletableFuture<Outcome> lock = client.lock("A1");

    assertThat(get(lock)).isInstanceOf(Outcome.Unknown.class);
    soon().until(() -> recorder.states.contains(ConnectionState.LOST));
    assertThat(recorder.reasons.get(1)).contains("nothing was heard of the server for PT0.2S");
    assertThat(server.pings.get()).isPositive();
    assertThat(client.state()).isEqualTo(ConnectionState.LOST);
  }

  @Test
  void idleServerThatAnswersPings_isNotLost() {
    SeatLockClient client = connect(builder().silenceTimeout(Duration.ofSeconds(2)));

    soon().until(() -> server.pings.get() >= 5); // Longer than the time limit.
    assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/", "ws:///show", "host:80", "ws"})
  void builder_uriOfAnotherKind_isMisuse(String uri) {
    assertThatThrownBy(() -> SeatLockClient.builder(URI.create(uri)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void builder_timeoutNotPositive_isMisuse() {
    assertThatThrownBy(() -> builder().requestTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requestTimeout");
  }

  private SeatLockClient.Builder builderFor(ServerSocket socket) {
    return SeatLockClient.builder(URI.create("ws://127.0.0.1:" + socket.getLocalPort() + "/"))
        .listener(recorder);
  }

  private static void assertFails(CompletableFuture<SeatLockClient> connecting, String why) {
    assertThatThrownBy(() -> get(connecting))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining(why);
  }
}
