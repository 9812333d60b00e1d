package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.client.FaultyProxy.Fault;
import io.seatlock.core.ShowSettings;
import io.seatlock.testsupport.TcpProxy.Direction;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client over {@code wss}, and what it does not trust. */
class TlsTest extends ClientTestBase {

  private static final ShowSettings SHOWS = ShowSettings.DEFAULT.withGrace(Duration.ofMinutes(5));

  private static Identity identity;

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    identity = Identity.create(directory, "ip:127.0.0.1");
  }

  private static URI wss(int port) {
    return URI.create("wss://127.0.0.1:" + port + "/hamlet");
  }

  private static SeatLockClient.Builder builder(int port) {
    return SeatLockClient.builder(wss(port))
        .retry(Duration.ofMillis(1), Duration.ofMillis(20))
        .connectTimeout(Duration.ofSeconds(2))
        .silenceTimeout(Duration.ofMillis(500));
  }

  @Test
  void connect_certificateThatIsTrusted_isServed() {
    RealServer server = closing(new RealServer(SHOWS, identity.server()));
    SeatLockClient one = connect(builder(server.port()).sslContext(identity.trusting()));
    SeatLockClient other = connect(builder(server.port()).sslContext(identity.trusting()));

    granted(get(one.lock("A1", "A2")));

    assertThat(get(other.lock("A2"))).isInstanceOf(Outcome.Refused.class);
    soon().until(() -> other.seats().taken().size() == 2);
  }

  @Test
  void connect_certificateThatNobodyVouchesFor_isRefused_andTheFaultNamed() {
    RealServer server = closing(new RealServer(SHOWS, identity.server()));

    assertFails(
        builder(server.port()).connect(),
        "the server's certificate is not trusted: unable to find valid certification path");
  }

  @Test
  void connect_certificateForAnotherHost_isRefused_andTheFaultNamed(@TempDir Path directory)
      throws Exception {
    Identity other = Identity.create(directory, "ip:127.0.0.2,dns:tickets.example");
    RealServer server = closing(new RealServer(SHOWS, other.server()));

    assertFails(
        builder(server.port()).sslContext(other.trusting()).connect(),
        "the server's certificate is not trusted: No subject alternative names matching IP address"
            + " 127.0.0.1");
  }

  @Test
  void connect_serverWithoutTls_isRefused_andTheFaultNamed() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<SeatLockClient> connecting = builder(server.getLocalPort()).connect();
      try (Socket socket = server.accept()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));

        assertFails(connecting, "Connecting failed: TLS failed: ");
      }
    }
  }

  @Test
  void connect_serverThatNeverAnswersTheHandshake_endsInTime() {
    RealServer server = closing(new RealServer(SHOWS, identity.server()));
    FaultyProxy proxy = closing(new FaultyProxy(server.port()));
    proxy.blackHole(true);

    assertFails(
        builder(proxy.uri().getPort())
            .sslContext(identity.trusting())
            .connectTimeout(Duration.ofMillis(200))
            .connect(),
        "there was no connection with the state of the show within PT0.2S");
  }

  @Test
  void lineBreaks_sessionIsResumedOverTls_andCallsHappenOnce() {
    RealServer server = closing(new RealServer(SHOWS, identity.server()));
    FaultyProxy proxy = closing(new FaultyProxy(server.port()));
    SeatLockClient client = connect(builder(proxy.uri().getPort()).sslContext(identity.trusting()));
    SeatLockClient witness = connect(builder(server.port()).sslContext(identity.trusting()));
    String holder = client.holder();
    int locks = 0;
    for (Direction way : Direction.values()) {
      for (int bytes : new int[] {0, 3, 40, 70, 120}) {
        proxy.failAfter(way, bytes, bytes % 2 == 0 ? Fault.CUT : Fault.RESET);
        granted(get(client.lock("S" + locks++)));
      }
    }
    // Now within handshakes, too.
    proxy.chaos(new Random(7), 3_000);
    for (int i = 0; i < 10; i++) {
      proxy.cut();
      granted(get(client.lock("S" + locks++)));
    }

    int all = locks;
    soon().until(() -> witness.seats().taken().size() == all);
    assertThat(client.seats().mine()).hasSize(all);
    assertThat(client.holder()).isEqualTo(holder);
    assertThat(witness.seats().seq()).isEqualTo(all);
  }

  private static void assertFails(CompletableFuture<SeatLockClient> connecting, String why) {
    assertThatThrownBy(() -> get(connecting))
        .cause()
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining(why);
  }
}
