package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.client.testkit.FakeSeatLockServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The end of a client. That no thread is left is checked after each test. */
class ClosingTest extends ClientTestBase {

  private final FakeSeatLockServer server = closing(FakeSeatLockServer.start());
  private final Recorder recorder = new Recorder();
  private final SeatLockClient client =
      connect(
          SeatLockClient.builder(server.uri())
              .listener(recorder)
              .closeTimeout(Duration.ofMillis(200)));

  @Test
  void close_endsTheSession() {
    granted(get(client.lock("A1")));
    client.close();

    assertThat(client.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(client.seats().mine()).isEmpty();
    assertThat(server.show().snapshot().sessions()).isEmpty();
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
    assertThat(recorder.reasons.get(1)).isEqualTo("closed by the program");
  }

  @Test
  void close_again_doesNothing() {
    client.close();
    client.close();
    get(client.closeAsync());

    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
    assertThat(recorder.states).containsExactly(ConnectionState.ONLINE, ConnectionState.CLOSED);
  }

  @Test
  void close_callsOnTheWay_areStillAnswered() {
    CompletableFuture<Outcome> lock = client.lock("A1");
    client.close();

    granted(get(lock));
  }

  @Test
  void close_serverIsSilent_endsAtTheDeadline_andCallsAreUnknown() {
    server.beSilent(true);
    CompletableFuture<Outcome> lock = client.lock("A1");
    client.close();

    assertThat(get(lock)).isEqualTo(new Outcome.Unknown("closed by the program"));
    soon().until(() -> clientThreads().isEmpty());
  }

  @Test
  void close_whileSuspended_isDoneAtOnce_andWaitingCallsWereNotSent() {
    server.refuseConnections(true);
    server.dropConnections();
    soon().until(() -> client.state() == ConnectionState.SUSPENDED);
    CompletableFuture<Outcome> lock = client.lock("A1");
    client.close();

    assertThatThrownBy(() -> get(lock)).hasCauseInstanceOf(NotSentException.class);
    soon().until(() -> clientThreads().isEmpty());
  }

  @Test
  void close_whileGoingAway_isDone() {
    server.goAway(Duration.ofMinutes(1));
    client.close();

    assertThat(client.state()).isEqualTo(ConnectionState.CLOSED);
  }
}
