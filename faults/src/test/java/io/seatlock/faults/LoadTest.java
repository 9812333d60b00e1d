package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clients against a server in memory that nothing happens to. */
@Timeout(60)
class LoadTest {

  private static final String KEY = "open-sesame";
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final long SEED =
      Long.getLong("seatlock.seed", new Random().nextInt(1_000_000_000));

  private static SeatLockServer server() throws Exception {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ShowSettings shows =
        new ShowSettings(Duration.ofMillis(700), Duration.ofSeconds(2), 100, GRACE, Duration.ZERO);
    return new SeatLockServer(
        ServerSettings.builder(free)
            .shows(shows)
            .authorizationString(KEY)
            .retainBytes(1 << 20)
            .build(),
        failure -> {});
  }

  @Test
  void healthyServer_isFoundToBeRight() throws Exception {
    History history = new History();
    try (SeatLockServer server = server();
        Load load =
            Load.start(
                history,
                8,
                List.of("hamlet", "macbeth"),
                List.of(URI.create("ws://127.0.0.1:" + server.address().getPort())),
                KEY,
                SEED)) {
      assertThat(load.awaitGranted(1500, 30)).isTrue();
      load.end();
      assertThat(load.connections()).isGreaterThan(8);
    }
    Verdict verdict = Verdict.of(history, Promise.of(GRACE, true));
    assertThat(verdict.faults()).as("-Dseatlock.seed=%d %s", SEED, history.counts()).isEmpty();
    assertThat(verdict.checks()).isGreaterThan(1500);
    assertThat(verdict.ends()).as("locks and reservations that ended by themselves").isPositive();
  }
}
