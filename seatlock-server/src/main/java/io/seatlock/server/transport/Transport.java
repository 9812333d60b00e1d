package io.seatlock.server.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening address with its event loops, a probe that finds out when nobody answers there any
 * more, and the reload of the certificate. Safe for use by many threads.
 */
public final class Transport implements Executor, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  private static final int BACKLOG = 4096;
  private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;
  private static final int RELOAD_SECONDS = 5;
  private static final int PROBE_SECONDS = 10;

  private final List<EventLoop> loops = new ArrayList<>();
  private final InetSocketAddress address;
  private final ScheduledExecutorService caretaker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "seatlock-caretaker");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Binds the address and starts to serve.
   *
   * @param selectors how many event loops, each with a thread and a listening socket of its own
   * @param tls the certificate if connections are encrypted, otherwise null
   * @param caretaking runs every few seconds; must not throw
   * @param onFailure called if nobody can be served any more
   * @throws IOException if the address cannot be bound; nothing is left running then
   */
  public Transport(
      InetSocketAddress address,
      int selectors,
      TransportLimits limits,
      OriginPolicy origins,
      @Nullable TlsCertificate tls,
      Conversation.Factory conversations,
      Runnable caretaking,
      Consumer<Throwable> onFailure)
      throws IOException {
    Admission admission = new Admission(limits);
    InetSocketAddress bound = address;
    try {
      if (selectors > 1) {
        requireFree(address);
      }
      for (int i = 1; i <= selectors; i++) {
        ServerSocketChannel listener = listen(bound, selectors > 1);
        bound = (InetSocketAddress) listener.getLocalAddress();
        loops.add(
            new EventLoop(
                "seatlock-clients-" + i,
                listener,
                limits,
                admission,
                origins,
                tls,
                conversations,
                onFailure));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    this.address = bound;
    loops.forEach(EventLoop::start);
    repeat(caretaking, RELOAD_SECONDS);
    repeat(new SelfProbe(bound, onFailure), PROBE_SECONDS);
    if (tls != null) {
      repeat(() -> reload(tls), RELOAD_SECONDS);
    }
  }

  /** The address that is listened on. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Runs a task soon on an event loop, always the same one, before the loop writes; at once if the
   * loop has ended.
   */
  @Override
  public void execute(Runnable task) {
    loops.get(0).execute(task);
  }

  /** Closes every connection with 1001 and ends; waits for that at most a few seconds. */
  @Override
  public void close() {
    caretaker.shutdownNow();
    loops.forEach(EventLoop::stop);
    try {
      for (EventLoop loop : loops) {
        loop.awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The task must not throw: the caretaker would do it no more. */
  private void repeat(Runnable task, int seconds) {
    ScheduledFuture<?> unused =
        caretaker.scheduleWithFixedDelay(task, seconds, seconds, TimeUnit.SECONDS);
  }

  private static ServerSocketChannel listen(InetSocketAddress address, boolean shared)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
      if (shared) {
        listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      return listener.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /**
   * Sockets that share a port would share it with those of another server, too, and each of the two
   * servers would sell the same seats: so first the port must be had alone.
   */
  private static void requireFree(InetSocketAddress address) throws IOException {
    listen(address, false).close();
  }

  private static void reload(TlsCertificate tls) {
    try {
      if (tls.reload()) {
        LOG.info("new connections get the new certificate");
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.error("the certificate cannot be renewed, the old one stays: {}", e.getMessage());
    }
  }
}
