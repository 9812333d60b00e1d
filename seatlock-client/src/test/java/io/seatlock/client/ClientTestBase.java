package io.seatlock.client;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Closes what a test has opened and proves that no client's thread is left. */
@Timeout(120)
abstract class ClientTestBase {

  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Has it closed after the test, in the opposite order. */
  final <T extends AutoCloseable> T closing(T closeable) {
    opened.add(0, closeable);
    return closeable;
  }

  final SeatLockClient connect(SeatLockClient.Builder builder) {
    return closing(get(builder.connect()));
  }

  @AfterEach
  final void closeAllAndFindNoThread() throws Exception {
    for (AutoCloseable closeable : opened) {
      closeable.close();
    }
    soon().until(() -> clientThreads().isEmpty());
  }

  /** Waits for a future for a time that is long enough on any machine. */
  static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(30, TimeUnit.SECONDS).join();
  }

  static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody opened the latch");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
