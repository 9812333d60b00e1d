package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.seatlock.core.ShowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A server that is stopped and started again, and all its clients. */
class RestartTest extends ClientTestBase {

  private static final int CLIENTS = 1_000;

  /** Within this time the server wants them back. */
  private static final long WINDOW = Duration.ofSeconds(10).toNanos();

  /**
   * How far the share of clients that are back may be from the share of the time that is over; for
   * so many clients chance alone exceeds it once in 200 million runs.
   */
  private static final double DEVIATION = 0.1;

  @Test
  void restart_allClientsComeBack_spreadOverTheTimeThatTheServerGave() {
    FastTimers timers = closing(new FastTimers());
    RealServer first = new RealServer(ShowSettings.DEFAULT);
    AtomicInteger back = new AtomicInteger();
    SeatListener listener =
        new SeatListener() {
          @Override
          public void onStateChanged(ConnectionState state, String why) {
            if (state == ConnectionState.LOST) {
              back.incrementAndGet();
            }
          }
        };
    List<Pauses> pauses = new ArrayList<>();
    List<CompletableFuture<SeatLockClient>> connecting = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      pauses.add(new Pauses(timers));
      connecting.add(
          SeatLockClient.builder(first.uri())
              .timers(pauses.get(i))
              .connectTimeout(Duration.ofMinutes(5))
              .silenceTimeout(Duration.ofMinutes(5))
              .listener(listener)
              .connect());
    }
    List<SeatLockClient> clients = connecting.stream().map(each -> closing(get(each))).toList();
    first.close();
    RealServer second = closing(new RealServer(ShowSettings.DEFAULT, first.port()));

    soon().untilAsserted(() -> assertThat(back).hasValue(CLIENTS));
    assertEvenlySpread(pauses.stream().mapToLong(each -> each.first).sorted().toArray());
    // Not a lock by each: a thousand times a thousand would hear of it.
    clients.forEach(client -> granted(get(client.unlockAll())));
    granted(get(clients.get(0).lock("A1")));
    soon().until(() -> clients.stream().allMatch(client -> client.seats().taken().size() == 1));
    assertThat(second.port()).isEqualTo(first.port());
  }

  /** The test of Kolmogorov and Smirnov for an even distribution over the window. */
  private static void assertEvenlySpread(long[] sorted) {
    assertThat(sorted[0]).as("the shortest pause").isNotNegative();
    assertThat(sorted[CLIENTS - 1]).as("the longest pause").isLessThan(WINDOW);
    for (int i = 0; i < CLIENTS; i++) {
      assertThat((double) sorted[i] / WINDOW)
          .as("clients back after %d ms", TimeUnit.NANOSECONDS.toMillis(sorted[i]))
          .isCloseTo((double) i / CLIENTS, within(DEVIATION));
    }
  }

  /** One client's time, and how long it waits before it connects again for the first time. */
  private static final class Pauses implements Timers {
    private final FastTimers timers;
    private volatile long first = -1;

    Pauses(FastTimers timers) {
      this.timers = timers;
    }

    @Override
    public long nanoTime() {
      return timers.nanoTime();
    }

    @Override
    public Future<?> after(long nanos, Runnable task) {
      // All else that a client waits for is minutes away.
      if (first < 0 && nanos <= WINDOW) {
        first = nanos;
      }
      return timers.after(nanos, task);
    }

    @Override
    public void endTimers() {
      timers.endTimers();
    }
  }
}
