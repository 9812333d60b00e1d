package io.seatlock.server;

import io.seatlock.core.SeatLock;
import io.seatlock.server.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A running server: keeps seats in memory or in a log, serves clients over WebSocket and operators
 * over HTTP. The constructor starts it, {@link #close} stops it.
 */
public final class SeatLockServer implements AutoCloseable {

  private final SeatLock seatLock;
  private final Transport transport;
  private final AdminServer admin;

  /**
   * Binds both addresses and starts to serve.
   *
   * @param onFailure called once if the server cannot go on; must not block
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
   * Runs the listeners of a show with a log on an event loop, which then writes the messages of
   * many events at once, while the log's thread goes on with the next commands. Listeners never
   * block.
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

  /** Where operators connect. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** Closes every connection, telling the client that the server goes away, and stops. */
  @Override
  public void close() {
    admin.close();
    transport.close();
    seatLock.close();
  }
}
