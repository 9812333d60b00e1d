package io.seatlock.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The probe against ports that answer, that do not, and that are not there. */
@Timeout(30)
class SelfProbeTest {

  private static final int TIMEOUT_MILLIS = 300;

  private final List<Throwable> failures = new ArrayList<>();

  private SelfProbe probe(ServerSocket port) {
    return new SelfProbe(
        (InetSocketAddress) port.getLocalSocketAddress(), TIMEOUT_MILLIS, failures::add);
  }

  private static ServerSocket port() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Accepts one connection and treats it so. */
  private interface Answer {
    void give(Socket socket) throws IOException;
  }

  private static Thread answering(ServerSocket port, Answer answer) {
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = port.accept()) {
                answer.give(socket);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void run_nobodyAnswersThreeTimesInARow_tellsOnce_andAsksNoMore() throws Exception {
    // The kernel takes the connections; no thread ever does.
    try (ServerSocket port = port()) {
      SelfProbe probe = probe(port);
      probe.run();
      probe.run();
      assertThat(failures).isEmpty();
      probe.run();
      assertThat(failures).hasSize(1);
      assertThat(failures.get(0)).isInstanceOf(SocketTimeoutException.class);
      probe.run();
      assertThat(failures).hasSize(1);
      port.setSoTimeout(100);
      for (int i = 0; i < 3; i++) {
        port.accept().close();
      }
      assertThatThrownBy(port::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void run_answeredInBetween_countsFromTheBeginning() throws Exception {
    for (Answer answer :
        List.<Answer>of(
            socket -> socket.getOutputStream().write('H'),
            socket -> {
              // An end is an answer, too.
              int unused = socket.getInputStream().read(new byte[100]);
            })) {
      failures.clear();
      try (ServerSocket port = port()) {
        SelfProbe probe = probe(port);
        probe.run();
        probe.run();
        // Those two wait in the backlog: they are taken first.
        port.accept().close();
        port.accept().close();
        Thread answering = answering(port, answer);
        probe.run();
        answering.join();
        probe.run();
        probe.run();
        assertThat(failures).isEmpty();
        probe.run();
        assertThat(failures).hasSize(1);
      }
    }
  }

  @Test
  void run_portThatRefuses_tellsNothing() throws Exception {
    ServerSocket port = port();
    SelfProbe probe = probe(port);
    port.close();
    for (int i = 0; i < 5; i++) {
      probe.run();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void run_ownPortOfAServer_isAnswered() throws Exception {
    // Also where it listens on every address: there the probe asks the loopback.
    for (String host : List.of("127.0.0.1", "0.0.0.0")) {
      try (Transport transport =
          new Transport(
              new InetSocketAddress(host, 0),
              1,
              TransportLimits.DEFAULT,
              OriginPolicy.ANY,
              null,
              new Nobody(),
              () -> {},
              failures::add)) {
        SelfProbe probe = new SelfProbe(transport.address(), 10_000, failures::add);
        for (int i = 0; i < 5; i++) {
          probe.run();
        }
        assertThat(failures).isEmpty();
      }
    }
  }

  private static final class Nobody implements Conversation.Factory {
    @Override
    public boolean accepts(Conversation.UpgradeRequest request) {
      return false;
    }

    @Override
    public Conversation begin(Connection connection, Conversation.UpgradeRequest request) {
      throw new AssertionError("nobody is accepted");
    }

    @Override
    public List<String> protocols() {
      return List.of();
    }
  }
}
