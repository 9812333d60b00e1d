package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.ShowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** A server that is stopped and started again, and all its clients. */
class RestartTest extends ClientTestBase {

  private static final int CLIENTS = 100;

  @Test
  void restart_allClientsComeBack_spreadOverTheTimeThatTheServerGave() {
    FastTimers timers = closing(new FastTimers());
    RealServer first = new RealServer(ShowSettings.DEFAULT);
    Queue<Long> back = new ConcurrentLinkedQueue<>();
    SeatListener clock =
        new SeatListener() {
          @Override
          public void onStateChanged(ConnectionState state, String why) {
            if (state == ConnectionState.LOST) {
              back.add(timers.nanoTime());
            }
          }
        };
    List<CompletableFuture<SeatLockClient>> connecting = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      connecting.add(
          SeatLockClient.builder(first.uri())
              .timers(timers)
              .connectTimeout(Duration.ofMinutes(5))
              .silenceTimeout(Duration.ofMinutes(5))
              .listener(clock)
              .connect());
    }
    List<SeatLockClient> clients = connecting.stream().map(each -> closing(get(each))).toList();
    first.close();
    long start = timers.nanoTime();
    RealServer second = closing(new RealServer(ShowSettings.DEFAULT, first.port()));

    soon().until(() -> back.size() == CLIENTS);
    int[] quarters = new int[4];
    for (long at : back) {
      quarters[(int) Math.min(3, (at - start) / Duration.ofMillis(2_500).toNanos())]++;
    }
    assertThat(Arrays.stream(quarters))
        .as("clients back in each quarter")
        .allMatch(count -> count < 60);
    assertThat(quarters[0]).as("clients back in the first quarter").isPositive();
    for (int i = 0; i < CLIENTS; i++) {
      granted(get(clients.get(i).lock("A" + i)));
    }
    assertThat(second.port()).isEqualTo(first.port());
  }
}
