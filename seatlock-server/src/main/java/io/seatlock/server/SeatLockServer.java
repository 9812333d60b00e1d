package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.server.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A running server: seats in memory or in a log, clients over WebSocket, operators over HTTP.
 * Started by its constructor, stopped by {@link #close}.
 */
public final class SeatLockServer implements AutoCloseable {

  private final SeatLock seatLock;
  private final Transport transport;
  private final AdminServer admin;

  /**
   * Binds both addresses and starts to serve.
   *
   * @param onFailure told once if the server cannot go on
   * @throws IOException if an address cannot be bound; nothing is left running then
   */
  public SeatLockServer(ServerSettings settings, Consumer<Throwable> onFailure) throws IOException {
    Delivery delivery = new Delivery();
    seatLock = openSeatLock(settings, delivery, onFailure);
    try {
      admin = new AdminServer(settings.adminAddress(), seatLock::trouble);
    } catch (IOException e) {
      seatLock.close();
      throw e;
    }
    Conversations conversations = new Conversations(seatLock, settings);
    try {
      transport =
          new Transport(
              settings.address(),
              settings.selectors(),
              settings.limits(),
              settings.origins(),
              settings.tls(),
              conversations,
              conversations::care,
              onFailure);
    } catch (IOException | RuntimeException e) {
      admin.close();
      seatLock.close();
      throw e;
    }
    delivery.to = transport;
    admin.start();
  }

  /**
   * Tells what a log has decided: on an event loop, where messages are written once for all that is
   * told, so that the log's thread can go on with the next commands. What listens never blocks.
   */
  private static final class Delivery implements Executor {
    private volatile Executor to = Runnable::run;

    @Override
    public void execute(Runnable task) {
      to.execute(task);
    }
  }

  private static SeatLock openSeatLock(
      ServerSettings settings, Executor delivery, Consumer<Throwable> onFailure)
      throws IOException {
    if (settings.log() == null) {
      return SeatLock.create(settings.shows());
    }
    return SeatLock.builder()
        .settings(settings.shows())
        .log(settings.log())
        .deliverOn(delivery)
        .onFailure(onFailure)
        .open();
  }

  /** The seats, for a program that runs the server inside itself. */
  public SeatLock seatLock() {
    return seatLock;
  }

  /** Where clients connect. */
  public InetSocketAddress address() {
    return transport.address();
  }

  /** Where operators ask. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** Tells every client that the server goes away, and stops. */
  @Override
  public void close() {
    admin.close();
    transport.close();
    seatLock.close();
  }
}
