package io.seatlock.client;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A scripted server for each test, and after it the proof that no client's thread is left. */
@Timeout(60)
abstract class ClientTestBase {

  final Recorder recorder = new Recorder();
  final List<SeatLockClient> clients = new ArrayList<>();
  ScriptedServer server;

  @BeforeEach
  final void startServer() throws InterruptedException {
    server = ScriptedServer.open();
  }

  @AfterEach
  final void closeAllAndFindNoThread() throws InterruptedException {
    clients.forEach(SeatLockClient::close);
    server.close();
    soon().until(() -> clientThreads().isEmpty());
  }

  /** A builder for the scripted server, with the recorder. */
  SeatLockClient.Builder builder() {
    return SeatLockClient.builder(server.uri()).listener(recorder);
  }

  SeatLockClient connect() {
    return connect(builder());
  }

  SeatLockClient connect(SeatLockClient.Builder builder) {
    SeatLockClient client = get(builder.connect());
    clients.add(client);
    return client;
  }

  /** Waits for a future for a time that is long enough on any machine. */
  static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
  }

  /** Names of the threads that clients have made, themselves or by the library. */
  static List<String> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(
            name ->
                name.startsWith("seatlock-client-")
                    || name.startsWith("WebSocketConnectReadThread")
                    || name.startsWith("WebSocketWriteThread"))
        .toList();
  }
}
