package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Test;

/** A harness that overlooks one lost message in thousands would prove nothing. */
class ExactnessTest {

  private static final int SUBSCRIBERS = 40;
  private static final int FAULTY_BROADCAST = 3;

  @Test
  void run_faultlessServer_isExact() throws Exception {
    assertThat(run(10, (message, receivers) -> receivers).faults()).isEmpty();
  }

  @Test
  void run_oneMessageLost_isNoticed() throws Exception {
    Exactness result = run((message, receivers) -> receivers.subList(1, receivers.size()));

    assertThat(result.isExact()).isFalse();
    assertThat(result.toString()).isEqualTo("NOT EXACT");
  }

  @Test
  void run_oneMessageTwice_isNoticed() throws Exception {
    assertThat(run((message, receivers) -> with(receivers, receivers.get(0))).isExact()).isFalse();
  }

  @Test
  void run_oneLostAndAnotherTwice_isNoticed() throws Exception {
    Exactness result =
        run(
            (message, receivers) ->
                with(receivers.subList(1, receivers.size()), receivers.get(receivers.size() - 1)));

    assertThat(result.isExact()).isFalse();
  }

  @Test
  void run_wrongMessageToOneThatOnlyCounts_isNoticed() throws Exception {
    Exactness result =
        run(
            (message, receivers) -> {
              // Of 40 subscribers 16 look at what they get; this one does not.
              WebSocket victim = receivers.get(1);
              String other = message.contains("unlocked") ? "locked" : "unlocked";
              victim.send("{\"event\":\"" + other + "\",\"data\":\"w0s0\"}");
              return without(receivers, victim);
            });

    assertThat(result.isExact()).isFalse();
  }

  @Test
  void run_connectionsClosed_isNoticed() throws Exception {
    Exactness result =
        run(
            (message, receivers) -> {
              receivers.forEach(WebSocket::close);
              return List.of();
            });

    assertThat(result.isExact()).isFalse();
  }

  private static Exactness run(BiFunction<String, List<WebSocket>, List<WebSocket>> fault)
      throws Exception {
    return run(1, fault);
  }

  private static Exactness run(
      double patience, BiFunction<String, List<WebSocket>, List<WebSocket>> fault)
      throws Exception {
    Faulty server = new Faulty(fault);
    server.start();
    server.started.await();
    try {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
      Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream()));
      return new FanOut("faulty", SUBSCRIBERS, 2, 2)
          .run(() -> address, new Settings(0.05, 0.05, 0.1, patience), silent)
          .exactness();
    } finally {
      stop(server);
    }
  }

  /** The library's own thread may close its selector while it is still closing connections. */
  private static void stop(Faulty server) throws InterruptedException {
    try {
      server.stop(1_000);
    } catch (ClosedSelectorException e) {
      assertThat(e).as("a server that has ended already").isNotNull();
    }
  }

  private static List<WebSocket> with(List<WebSocket> receivers, WebSocket another) {
    List<WebSocket> more = new ArrayList<>(receivers);
    more.add(another);
    return more;
  }

  private static List<WebSocket> without(List<WebSocket> receivers, WebSocket one) {
    List<WebSocket> fewer = new ArrayList<>(receivers);
    fewer.remove(one);
    return fewer;
  }

  /** Does one broadcast of many wrongly. */
  private static final class Faulty extends BroadcastBaseline {

    private final CountDownLatch started = new CountDownLatch(1);
    private final AtomicInteger broadcasts = new AtomicInteger();
    private final BiFunction<String, List<WebSocket>, List<WebSocket>> fault;

    Faulty(BiFunction<String, List<WebSocket>, List<WebSocket>> fault) {
      super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      this.fault = fault;
    }

    @Override
    public void onStart() {
      started.countDown();
    }

    @Override
    void deliver(String message, Collection<WebSocket> receivers) {
      if (broadcasts.incrementAndGet() == FAULTY_BROADCAST) {
        super.deliver(message, fault.apply(message, new ArrayList<>(receivers)));
      } else {
        super.deliver(message, receivers);
      }
    }
  }
}
