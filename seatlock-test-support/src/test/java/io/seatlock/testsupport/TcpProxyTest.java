package io.seatlock.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.testsupport.TcpProxy.Direction;
import io.seatlock.testsupport.TcpProxy.Rule;
import io.seatlock.testsupport.TcpProxy.Then;
import io.seatlock.testsupport.TcpProxy.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TcpProxyTest {
  private static final Rule EVERYTHING = (direction, bytes, count) -> Verdict.pass(count);

  private ServerSocket echo;

  @BeforeEach
  void startEcho() throws IOException {
    echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stopEcho() throws IOException {
    echo.close();
  }

  @Test
  void bytesThatTheRulePasses_arrive() throws IOException {
    try (TcpProxy<Rule> proxy = proxy(() -> EVERYTHING);
        Socket client = connect(proxy)) {
      assertThat(echoOf(client, 1)).isEqualTo(1);
      assertThat(echoOf(client, 2)).isEqualTo(2);
    }
  }

  @Test
  void verdictToClose_closesBothEnds() throws IOException {
    Rule rule = (direction, bytes, count) -> new Verdict(0, Then.CLOSE);
    try (TcpProxy<Rule> proxy = proxy(() -> rule);
        Socket client = connect(proxy)) {
      assertThat(echoOf(client, 1)).isEqualTo(-1);
      assertThat(proxy.rules()).isEmpty();
    }
  }

  @Test
  void verdictToReset_losesWhatIsUnderWay() throws IOException {
    Rule rule =
        (direction, bytes, count) ->
            direction == Direction.TO_SERVER ? Verdict.pass(count) : new Verdict(0, Then.RESET);
    try (TcpProxy<Rule> proxy = proxy(() -> rule);
        Socket client = connect(proxy)) {
      assertThatThrownBy(() -> echoOf(client, 1)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void freeze_letsNothingThroughUntilThaw() throws IOException {
    try (TcpProxy<Rule> proxy = proxy(() -> EVERYTHING);
        Socket client = connect(proxy)) {
      assertThat(echoOf(client, 1)).isEqualTo(1);
      proxy.freeze();
      client.setSoTimeout(50);
      assertThatThrownBy(() -> echoOf(client, 2)).isInstanceOf(SocketTimeoutException.class);

      proxy.thaw();

      client.setSoTimeout(0);
      assertThat(client.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void refuse_cutsThoseWhoAreInAndKeepsOthersOut() throws IOException {
    try (TcpProxy<Rule> proxy = proxy(() -> EVERYTHING);
        Socket client = connect(proxy)) {
      assertThat(echoOf(client, 1)).isEqualTo(1);

      proxy.refuse();

      assertThatThrownBy(() -> echoOf(client, 2)).isInstanceOf(SocketException.class);
      assertThatThrownBy(
              () -> {
                try (Socket later = connect(proxy)) {
                  echoOf(later, 3);
                  echoOf(later, 3);
                }
              })
          .isInstanceOf(SocketException.class);
      proxy.admit();
      try (Socket later = connect(proxy)) {
        assertThat(echoOf(later, 4)).isEqualTo(4);
      }
    }
  }

  @Test
  void ignore_acceptsAndNeverAnswers() throws IOException {
    try (TcpProxy<Rule> proxy = proxy(() -> EVERYTHING)) {
      proxy.ignore();
      try (Socket client = connect(proxy)) {
        client.setSoTimeout(50);
        assertThatThrownBy(() -> echoOf(client, 1)).isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  private TcpProxy<Rule> proxy(Supplier<Rule> newRule) {
    return new TcpProxy<>(echo.getLocalPort(), newRule);
  }

  private static Socket connect(TcpProxy<Rule> proxy) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private static int echoOf(Socket client, int value) throws IOException {
    client.getOutputStream().write(value);
    return client.getInputStream().read();
  }

  private void serve() {
    while (!echo.isClosed()) {
      try (Socket socket = echo.accept()) {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
          out.write(b);
        }
      } catch (IOException e) {
        // The client has gone, or the test is over.
      }
    }
  }
}
