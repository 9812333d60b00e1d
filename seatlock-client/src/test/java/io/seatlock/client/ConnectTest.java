package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.client.testkit.FakeSeatLockServer;
import io.seatlock.core.ShowSettings;
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

/** How a client comes to be, or does not. */
class ConnectTest extends ClientTestBase {

  private final Recorder recorder = new Recorder();

  @Test
  void nobodyListens_fails() throws IOException {
    assertFails(SeatLockClient.builder(deadUri()).listener(recorder).connect(), "refused");
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
  }

  @Test
  void firstAddressDead_secondIsTaken() throws IOException {
    FakeSeatLockServer server = closing(FakeSeatLockServer.start());
    SeatLockClient client = connect(SeatLockClient.builder(deadUri(), server.uri()));

    assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
  }

  @Test
  void serverDies_theOtherOneIsFound() {
    FakeSeatLockServer first = closing(FakeSeatLockServer.start());
    FakeSeatLockServer second = closing(FakeSeatLockServer.start());
    SeatLockClient client =
        connect(
            SeatLockClient.builder(first.uri(), second.uri())
                .listener(recorder)
                .retry(Duration.ofMillis(1), Duration.ofMillis(10)));
    first.close();

    soon().until(() -> second.hellos() == 1);
    soon().until(() -> client.state() == ConnectionState.ONLINE);
    assertThat(recorder.states).contains(ConnectionState.LOST); // It is another show, in truth.
  }

  @Test
  void unknownHost_fails() {
    assertFails(SeatLockClient.builder(URI.create("ws://no-such-host.invalid/")).connect(), "");
  }

  @Test
  void acceptedAndNeverAnswered_failsInTime() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          SeatLockClient.builder(uri(silent)).connectTimeout(Duration.ofMillis(100)).connect(),
          "within PT0.1S");
    }
  }

  @Test
  void noWebSocketServer_failsAndSaysWhy() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<SeatLockClient> connecting = SeatLockClient.builder(uri(web)).connect();
      try (Socket socket = web.accept();
          OutputStream out = socket.getOutputStream()) {
        out.write("HTTP/1.1 404 Not Found\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        assertFails(connecting, "404");
      }
    }
  }

  @Test
  void wrongKey_failsAndSaysSo() {
    RealServer server = closing(new RealServer(ShowSettings.DEFAULT));

    assertFails(SeatLockClient.builder(server.uri()).key("guess").connect(), "unauthorized");
  }

  @Test
  void cancelled_givesUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<SeatLockClient> connecting =
          SeatLockClient.builder(uri(silent)).listener(recorder).connect();
      try (Socket accepted = silent.accept()) {
        connecting.cancel(false);
        accepted.setSoTimeout(20_000);
        accepted.getInputStream().readAllBytes(); // The request for the handshake, then the end.
      }
    }
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/", "ws:///show", "host:80", "ws"})
  void uriOfAnotherKind_isMisuse(String uri) {
    assertThatThrownBy(() -> SeatLockClient.builder(URI.create(uri)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void builder_misuse() {
    URI one = URI.create("ws://a/one");
    assertThatThrownBy(() -> SeatLockClient.builder(one, URI.create("ws://b/two")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another show");
    assertThatThrownBy(() -> SeatLockClient.builder(one).silenceTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("silenceTimeout");
    assertThatThrownBy(
            () -> SeatLockClient.builder(one).retry(Duration.ofDays(1), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static URI uri(ServerSocket socket) {
    return URI.create("ws://127.0.0.1:" + socket.getLocalPort() + "/fake");
  }

  private static URI deadUri() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return uri(socket);
    }
  }

  private static void assertFails(CompletableFuture<SeatLockClient> connecting, String why) {
    assertThatThrownBy(() -> get(connecting))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining(why);
  }
}
