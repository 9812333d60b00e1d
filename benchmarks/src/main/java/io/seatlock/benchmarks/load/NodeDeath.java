package io.seatlock.benchmarks.load;

import io.seatlock.client.ConnectionState;
import io.seatlock.client.Outcome;
import io.seatlock.client.SeatListener;
import io.seatlock.client.SeatLockClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;

/**
 * A node is killed, and its clients, which know both addresses, go on at the other one. Each had a
 * seat locked before and must still have it, in the same session; it is back when it has that seat
 * confirmed and another one locked.
 */
final class NodeDeath {

  static final List<String> HEADINGS =
      List.of("load", "server", "clients", "locked in again ms p50 / p99 / p99.9", "sessions");

  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int PATIENCE_SECONDS = 30;

  private NodeDeath() {}

  /** A client and what became of its session. */
  private static final class Survivor implements SeatListener {
    private final AtomicBoolean lost = new AtomicBoolean();
    private final String seat;

    Survivor(int number) {
      this.seat = "s" + number;
    }

    @Override
    public void onStateChanged(ConnectionState state, String why) {
      if (state == ConnectionState.LOST) {
        lost.set(true);
      }
    }
  }

  /**
   * Kills the first node under so many clients.
   *
   * @return whether every session went on
   */
  static boolean measure(
      ServerProcess dying, ServerProcess staying, int count, Progress progress, Table table)
      throws IOException {
    progress.load("killed");
    Histogram times = new Histogram(LONGEST_NANOS, 3);
    Faults faults = new Faults();
    List<Survivor> survivors = new ArrayList<>();
    List<SeatLockClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        Survivor survivor = new Survivor(i);
        survivors.add(survivor);
        clients.add(
            SeatLockClient.builder(uri(dying), uri(staying)).listener(survivor).connect().join());
        require(faults, survivor, clients.get(i).lock(survivor.seat).join());
      }
      long killedAt = System.nanoTime();
      dying.kill();
      List<CompletableFuture<Void>> back = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        SeatLockClient client = clients.get(i);
        String seat = survivors.get(i).seat;
        back.add(
            client
                .lock(seat, seat + "b")
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenAccept(
                    outcome -> {
                      synchronized (times) {
                        times.recordValue(System.nanoTime() - killedAt);
                        if (!outcome.isGranted()) {
                          faults.add(seat + ": " + outcome);
                        }
                      }
                    }));
      }
      for (CompletableFuture<Void> each : back) {
        each.join();
      }
    } catch (CompletionException e) {
      faults.add(String.valueOf(e.getCause()));
    } finally {
      CompletableFuture.allOf(
              clients.stream().map(SeatLockClient::closeAsync).toArray(CompletableFuture[]::new))
          .join();
    }
    survivors.stream().filter(each -> each.lost.get()).forEach(e -> faults.add(e.seat + " lost"));
    faults.shown().forEach(progress::result);
    table.add(
        List.of(
            "killed, 1 node of 2",
            "PostgreSQL",
            Figure.count(count).text(),
            Figure.percentiles(times).text(),
            faults.isEmpty() ? "all resumed" : "NOT ALL RESUMED"));
    return faults.isEmpty();
  }

  private static void require(Faults faults, Survivor survivor, Outcome outcome) {
    if (!outcome.isGranted()) {
      faults.add(survivor.seat + ": " + outcome);
    }
  }

  private static URI uri(ServerProcess node) {
    InetSocketAddress address = node.address();
    return URI.create(
        "ws://%s:%d/killed".formatted(address.getAddress().getHostAddress(), address.getPort()));
  }
}
