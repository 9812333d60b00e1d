package io.seatlock.server.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to the server's own port, as a client would, to see whether the server still answers.
 * The kernel accepts connections even for a thread that is dead or stuck, so only bytes that come
 * back, or an end, count. Stops after it has reported that nobody answers.
 */
final class SelfProbe implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(SelfProbe.class);

  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int MAX_FAILURES = 3;

  private final InetSocketAddress address;
  private final int timeoutMillis;
  private final Consumer<Throwable> onFailure;
  private int failures;

  SelfProbe(InetSocketAddress address, Consumer<Throwable> onFailure) {
    this(address, TIMEOUT_MILLIS, onFailure);
  }

  SelfProbe(InetSocketAddress address, int timeoutMillis, Consumer<Throwable> onFailure) {
    this.address =
        address.getAddress().isAnyLocalAddress()
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())
            : address;
    this.timeoutMillis = timeoutMillis;
    this.onFailure = onFailure;
  }

  @Override
  public void run() {
    if (failures == MAX_FAILURES) {
      return;
    }
    try {
      ask();
      failures = 0;
    } catch (SocketTimeoutException e) {
      failures++;
      LOG.error("the server's own port did not answer ({} of {})", failures, MAX_FAILURES);
      if (failures == MAX_FAILURES) {
        onFailure.accept(e);
      }
    } catch (IOException e) {
      // Out of descriptors, or reset by a full backlog: this says nothing about the event loops.
      LOG.debug("the probe could not ask", e);
    }
  }

  private void ask() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(REQUEST);
      int answer = socket.getInputStream().read();
      LOG.trace("the probe read {}", answer);
    }
  }
}
