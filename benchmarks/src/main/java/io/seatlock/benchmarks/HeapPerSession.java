package io.seatlock.benchmarks;

import com.sun.management.UnixOperatingSystemMXBean;
import io.seatlock.core.Command;
import io.seatlock.core.SeatLock;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures how much heap a session of the v2 dialect takes beyond its connection, and prints it:
 * while it is connected and idle, while it waits to be resumed, and with the requests that it is
 * remembered by.
 */
public final class HeapPerSession {
  /*
   * Server and clients share this process, so that its heap can be collected and measured. A client
   * is a bare socket, read through one buffer for all: it takes the same heap whatever was said on
   * it. So what there is more after all have said hello than before is the session: its part of the
   * show's state and what the server keeps to tell it of the show. Once all connections are closed,
   * what is left is the sessions that wait to be resumed.
   *
   * What a session is remembered by is measured without a server, since only the core keeps it.
   */

  private static final int SESSIONS = 10_000;
  private static final int ROUNDS = 3;
  private static final int REMEMBERED = 256;
  private static final int OTHER_FILES = 300;
  private static final long SETTLE_MILLIS = 500;

  private static final ShowSettings SHOWS =
      ShowSettings.DEFAULT.withGrace(Duration.ofHours(1)).withTimeLimit(Duration.ofHours(24));

  private static final byte[] HANDSHAKE =
      """
      GET /hall HTTP/1.1\r
      Host: localhost\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Protocol: seatlock.v2\r
      \r
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
  private final SeatLockServer server;

  private HeapPerSession(SeatLockServer server) {
    this.server = server;
  }

  /** Takes no arguments. Measures fewer sessions at once if open files do not allow all. */
  public static void main(String[] args) throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      measure(SESSIONS, System.out);
    }
    measureMemoryOfRequests();
  }

  private static SeatLockServer start() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new SeatLockServer(
        ServerSettings.builder(any).shows(SHOWS).build(),
        failure -> {
          throw new AssertionError(failure);
        });
  }

  /** Measures so many sessions of a server of their own. */
  static void measure(int sessions, PrintStream out) throws IOException, InterruptedException {
    try (SeatLockServer server = start()) {
      new HeapPerSession(server).measureIdle(sessions, out);
    }
  }

  private void measureIdle(int sessions, PrintStream out) throws IOException, InterruptedException {
    int atOnce = (int) Math.min(sessions, (openFiles() - OTHER_FILES) / 2);
    close(greeted(opened(atOnce / 10))); // What the server takes for its first clients.
    long nobody = settledHeap();
    List<SocketChannel> sockets = opened(atOnce);
    long connected = settledHeap();
    greeted(sockets);
    long idle = settledHeap();
    close(sockets);
    close(greeted(opened(sessions - atOnce)));
    long waiting = settledHeap();
    out.printf(
        "%,d connections: %,d bytes of heap each, both ends; with a session %,d more each%n",
        atOnce, (connected - nobody) / atOnce, (idle - connected) / atOnce);
    out.printf(
        "%,d sessions that wait to be resumed: %,d bytes of heap each%n",
        sessions, (waiting - nobody) / sessions);
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
        ? os.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  // --- clients

  private List<SocketChannel> opened(int count) throws IOException {
    List<SocketChannel> sockets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      SocketChannel socket = SocketChannel.open(server.address());
      write(socket, HANDSHAKE);
      String response = read(socket);
      if (!response.startsWith("HTTP/1.1 101 ") || !response.endsWith("\r\n\r\n")) {
        throw new IOException("the handshake was answered with " + response);
      }
      sockets.add(socket);
    }
    return sockets;
  }

  private List<SocketChannel> greeted(List<SocketChannel> sockets) throws IOException {
    for (SocketChannel socket : sockets) {
      write(socket, hello());
      StringBuilder heard = new StringBuilder();
      while (!heard.toString().contains("\"yours\":[]}")) {
        heard.append(read(socket));
      }
      if (!heard.toString().contains("\"resumed\":false")) {
        throw new IOException("hello was answered with " + heard);
      }
    }
    return sockets;
  }

  private static void close(List<SocketChannel> sockets) throws IOException {
    for (SocketChannel socket : sockets) {
      socket.close();
    }
    sockets.clear(); // Closed ones take heap, too.
  }

  /** Masked with zeros, which leave it as it is. */
  private static byte[] hello() {
    byte[] payload = "{\"action\":\"hello\",\"id\":1}".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(6 + payload.length)
        .put((byte) 0x81)
        .put((byte) (0x80 | payload.length))
        .putInt(0)
        .put(payload)
        .array();
  }

  private void write(SocketChannel socket, byte[] bytes) throws IOException {
    buffer.clear().put(bytes).flip();
    while (buffer.hasRemaining()) {
      socket.write(buffer);
    }
  }

  private String read(SocketChannel socket) throws IOException {
    if (socket.read(buffer.clear()) < 0) {
      throw new EOFException("the server closed a connection");
    }
    return StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
  }

  // --- the memory of requests

  private static void measureMemoryOfRequests() throws InterruptedException {
    for (int requests : new int[] {0, 1, REMEMBERED, 2 * REMEMBERED}) {
      try (SeatLock seatLock = SeatLock.create(SHOWS)) {
        Show show = seatLock.show("hall");
        long before = settledHeap();
        for (int i = 0; i < SESSIONS; i++) {
          open(show, i, requests);
        }
        long after = settledHeap();
        System.out.printf(
            "%s: %,d sessions of the core after %d requests each: %,d bytes of heap each%n",
            show.name(), SESSIONS, requests, (after - before) / SESSIONS);
      }
    }
  }

  /** Of as many characters as the server gives them. */
  private static void open(Show show, int number, int requests) {
    String holder = "%020x".formatted(number);
    show.apply(
        new Command.OpenSession(holder, "%064x".formatted(number), "%020x".formatted(-number)));
    for (int i = 0; i < requests; i++) {
      List<String> seats = List.of("seat-" + number);
      Command action =
          i % 2 == 0 ? new Command.Lock(holder, seats) : new Command.Unlock(holder, seats);
      show.apply(new Command.Once(holder, Integer.toString(i), action));
    }
    show.apply(new Command.DetachSession(holder, "%020x".formatted(-number)));
  }

  /** After what is still under way on other threads has come to rest. */
  private static long settledHeap() throws InterruptedException {
    Thread.sleep(SETTLE_MILLIS);
    return Heap.usedAfterCollection();
  }
}
