package io.seatlock.client;

import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.transport.TlsCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The real server, in this process. */
final class RealServer implements AutoCloseable {

  static final String KEY = "open sesame";

  private final SeatLockServer server;

  RealServer(ShowSettings shows) {
    this(shows, 0);
  }

  /** On this port; one that another server had a moment ago can be had again. */
  RealServer(ShowSettings shows, int port) {
    this(shows, port, Integer.MAX_VALUE);
  }

  /** With a limit of locks for clients without keys. */
  RealServer(ShowSettings shows, int port, int maxLocksPerAddress) {
    this(shows, port, maxLocksPerAddress, null);
  }

  /** With a certificate, for {@code wss}. */
  RealServer(ShowSettings shows, TlsCertificate certificate) {
    this(shows, 0, Integer.MAX_VALUE, certificate);
  }

  private RealServer(
      ShowSettings shows, int port, int maxLocksPerAddress, @Nullable TlsCertificate certificate) {
    InetAddress here = InetAddress.getLoopbackAddress();
    try {
      server =
          new SeatLockServer(
              ServerSettings.builder(new InetSocketAddress(here, port))
                  .shows(shows)
                  .authorizationString(KEY)
                  .maxLocksPerAddress(maxLocksPerAddress)
                  .tls(certificate)
                  .build(),
              failure -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The show that {@link #uri} names, as the server has it. */
  Show show() {
    return server.seatLock().show("hamlet");
  }

  int port() {
    return server.address().getPort();
  }

  URI uri() {
    return uri(port());
  }

  static URI uri(int port) {
    return URI.create("ws://127.0.0.1:" + port + "/hamlet");
  }

  @Override
  public void close() {
    server.close();
  }
}
