package io.seatlock.client;

import static io.seatlock.client.EndToEndTest.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.client.ScriptedServer.Talk;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a real server does only when chance will have it, spoken by the test. */
class RareMomentsTest extends ClientTestBase {

  private final ScriptedServer server = closing(new ScriptedServer());
  private final Recorder recorder = new Recorder();

  private SeatLockClient.Builder builder(ScriptedServer... more) {
    SeatLockClient.Builder builder =
        more.length == 0
            ? SeatLockClient.builder(server.uri())
            : SeatLockClient.builder(server.uri(), more[0].uri());
    return builder.listener(recorder).retry(Duration.ofMillis(1), Duration.ofMillis(20));
  }

  /** A client that is online, in an empty show. */
  private SeatLockClient online(SeatLockClient.Builder builder, Talk[] talk) throws IOException {
    CompletableFuture<SeatLockClient> connecting = builder.connect();
    talk[0] = server.greet();
    talk[0].welcome(0, false);
    talk[0].startState(null, 0);
    return closing(get(connecting));
  }

  @Test
  void firstConnectionBreaksAfterTheWelcome_theNextServerKnowsNoSession_isConnected()
      throws IOException {
    ScriptedServer second = closing(new ScriptedServer());
    CompletableFuture<SeatLockClient> connecting = builder(second).connect();
    try (Talk talk = server.greet()) {
      talk.welcome(0, false);
    }
    try (Talk talk = second.greet()) {
      assertThat(talk.hello).contains("\"session\":\"secret\"");
      talk.welcome(0, false);
      talk.startState(null, 0);

      SeatLockClient client = closing(get(connecting));
      assertThat(client.state()).isEqualTo(ConnectionState.ONLINE);
      client.closeAsync();
    }
    soon().until(() -> recorder.states.contains(ConnectionState.CLOSED));
    assertThat(recorder.states).containsExactly(ConnectionState.ONLINE, ConnectionState.CLOSED);
  }

  // --- closing

  @Test
  void closedDuringAnAttempt_doesNotResumeItsSession_andDoesNotWait() throws IOException {
    Talk[] talk = new Talk[1];
    SeatLockClient client = online(builder().closeTimeout(Duration.ofMinutes(1)), talk);
    talk[0].close();
    try (Talk attempt = server.accept()) {
      CompletableFuture<Void> closed = client.closeAsync();
      assertThat(heardAfterHandshake(attempt)).isNull();
      get(closed);
    }
  }

  @Test
  void cancelledDuringAnAttempt_opensNoSession() throws IOException {
    CompletableFuture<SeatLockClient> connecting = builder().connect();
    try (Talk attempt = server.accept()) {
      connecting.cancel(false);

      assertThat(heardAfterHandshake(attempt)).isNull();
    }
  }

  private static String heardAfterHandshake(Talk attempt) throws IOException {
    try {
      attempt.shakeHands();
    } catch (IOException e) {
      return null; // The client has gone already.
    }
    return attempt.hear();
  }

  // --- answers after coming back

  @Test
  void lockIsDecidedAfterTheSessionWasResumed_andIsMine() throws IOException {
    Talk[] talk = new Talk[1];
    SeatLockClient client = online(builder(), talk);
    CompletableFuture<Outcome> lock = client.lock("A1");
    assertThat(talk[0].hear()).contains("lock");
    talk[0].close();
    try (Talk next = server.greet()) {
      next.welcome(0, true);
      assertThat(next.hear()).contains("\"lock\"");
      next.say("{\"event\":\"locked\",\"seq\":1,\"seats\":[\"A1\"]}");
      next.say(
          "{\"event\":\"lockedForYou\",\"id\":1,\"seq\":1,\"seats\":[\"A1\"],"
              + "\"expiresInMillis\":600000}");
      assertThat(granted(get(lock)).expiresIn()).isEqualTo(Duration.ofMinutes(10));
      String state = next.hear();
      assertThat(state).contains("\"state\"");
      next.startState(ScriptedServer.idOf(state), 1, "A1");

      soon().until(() -> client.seats().isMine("A1"));
      assertThat(client.seats().timeLeft()).isGreaterThan(Duration.ofMinutes(9));
      client.closeAsync();
    }
  }

  @Test
  void callIsTooLargeWhenItIsSentAgain_isUnknown() throws IOException {
    Talk[] talk = new Talk[1];
    SeatLockClient client = online(builder(), talk);
    CompletableFuture<Outcome> lock = client.lock("A1");
    assertThat(talk[0].hear()).contains("lock");
    talk[0].close();
    try (Talk next = server.greet()) {
      next.welcome(0, true);
      assertThat(next.hear()).contains("\"lock\"");
      next.close(1009);

      assertThat(get(lock)).isInstanceOf(Outcome.Unknown.class);
      client.closeAsync();
    }
  }

  @Test
  void helloThatWasAnswered_excusesNoTakeover() throws IOException {
    Talk[] talk = new Talk[1];
    SeatLockClient client = online(builder(), talk);
    talk[0].close();
    try (Talk refused = server.greet()) {
      refused.say(
          "{\"event\":\"error\",\"id\":"
              + ScriptedServer.idOf(refused.hello)
              + ",\"code\":\"busy\",\"message\":\"later\"}");
    }
    try (Talk next = server.greet()) {
      next.welcome(0, true);
      soon().until(() -> client.state() == ConnectionState.ONLINE);
      next.close(4001);

      soon().until(() -> client.state() == ConnectionState.CLOSED);
    }
  }
}
