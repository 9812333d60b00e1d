package io.seatlock.server.client;

import static io.seatlock.server.testing.ClassicClient.EMPTY_START;
import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * OriginPolicy that ask for more than can be told to all of them, and do not wait for answers: some
 * requests are answered with busy, each one is answered once, and then everything is as before.
 */
@Timeout(120)
class OverloadTest {

  private static final int FLOODERS = 100;
  private static final int ACTIONS = 400;
  private static final int ROUNDS = 2;
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final long SOME_BYTES = 64 * 1024 * 1024;

  // Where the event's name stands in a message, in both dialects.
  private static final int NAME = "{\"event\":\"".length();

  private static TestServer serve() throws Exception {
    return TestServer.start(
        ServerSettings.builder(TestServer.freePort())
            .shows(ShowSettings.DEFAULT.withMaxLocks(FLOODERS * ACTIONS))
            .authorizationString(SECRET)
            .retainBytes(SOME_BYTES)
            .build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void flood_isAnsweredOnceEach_someWithBusy_andThenServiceIsNormal(boolean v2) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(FLOODERS);
    List<Flooder> flooders = new ArrayList<>();
    try (TestServer server = serve();
        ClassicClient honest = ClassicClient.join(server.address(), "/")) {
      for (int i = 0; i < FLOODERS; i++) {
        flooders.add(new Flooder(server, v2, i));
      }
      long before = usedHeap();
      for (int round = 0; round < ROUNDS; round++) {
        flood(threads, flooders, round);

        long start = System.nanoTime();
        honest.act("lock", "honest-" + round);
        honest.act("pay", "end-" + round, SECRET);
        String next;
        int locked = 0;
        while (!(next = honest.next()).equals(ClassicClient.event("paid", "end-" + round))) {
          locked += next.startsWith("locked\"", NAME) ? 1 : 0;
          assertThat(next).doesNotContain("busy");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);

        int granted = flooders.stream().mapToInt(flooder -> flooder.granted).sum();
        int busy = flooders.stream().mapToInt(flooder -> flooder.busy).sum();
        assertThat(locked).as("what the honest client has heard").isEqualTo(granted);
        assertThat(busy).as("busy answers").isPositive();
        assertThat(granted).as("granted locks").isPositive();
        for (Flooder flooder : flooders) {
          flooder.readToTheEndOf(round);
          // Everybody has heard of every lock, the honest client's too.
          assertThat(flooder.heard).isEqualTo(granted - flooder.granted + 1);
          flooder.askAgain();
        }
      }
      assertThat(usedHeap() - before).as("bytes that stay").isLessThan(SOME_BYTES);
    } finally {
      threads.shutdownNow();
      for (Flooder flooder : flooders) {
        flooder.client.close();
      }
    }
  }

  private static void flood(ExecutorService threads, List<Flooder> flooders, int round)
      throws Exception {
    CountDownLatch ready = new CountDownLatch(FLOODERS);
    List<Future<?>> done = new ArrayList<>();
    for (Flooder flooder : flooders) {
      done.add(
          threads.submit(
              () -> {
                byte[] all = flooder.requests(round);
                ready.countDown();
                ready.await();
                flooder.client.write(all);
                flooder.readAnswers(round);
                return null;
              }));
    }
    for (Future<?> each : done) {
      each.get();
    }
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Locks and unlocks seats that nobody else wants. */
  private static final class Flooder {
    final RawClient client;
    private final boolean v2;
    private final int number;
    private final Set<String> held = new HashSet<>();
    int granted;
    int busy;
    int heard;

    Flooder(TestServer server, boolean v2, int number) throws Exception {
      this.v2 = v2;
      this.number = number;
      client = RawClient.connect(server.address());
      String request = RawClient.request("/");
      if (v2) {
        String protocol = "\r\nSec-WebSocket-Protocol: seatlock.v2\r\n\r\n";
        request = request.replace("\r\n\r\n", protocol);
      }
      assertThat(client.write(request).head()).startsWith("HTTP/1.1 101 ");
      if (v2) {
        client.send("{\"id\":\"hello\",\"action\":\"hello\"}");
        assertThat(client.next()).startsWith("{\"event\":\"welcome\"");
        assertThat(client.next()).startsWith("{\"event\":\"startstate\"");
      } else {
        assertThat(client.next()).isEqualTo(EMPTY_START);
      }
    }

    private String seat(int round, int action) {
      return "s" + number + "-" + round + "-" + action / 2;
    }

    private String request(int round, int action) {
      String word = action % 2 == 0 ? "lock" : "unlock";
      String seat = seat(round, action);
      return v2
          ? "{\"id\":%d,\"action\":\"%s\",\"seats\":[\"%s\"]}"
              .formatted(round * ACTIONS + action, word, seat)
          : ClassicClient.action(word, seat);
    }

    byte[] requests(int round) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < ACTIONS; i++) {
        all.writeBytes(RawClient.text(request(round, i)));
      }
      return all.toByteArray();
    }

    void readAnswers(int round) throws Exception {
      granted = 0;
      busy = 0;
      heard = 0;
      for (int i = 0; i < ACTIONS; i++) {
        JsonObject answer = JsonParser.parseString(nextOwn()).getAsJsonObject();
        String seat = seat(round, i);
        String outcome;
        if (v2) {
          assertThat(answer.get("id").getAsInt()).isEqualTo(round * ACTIONS + i);
          JsonElement why = answer.has("code") ? answer.get("code") : answer.get("reason");
          outcome = why == null ? answer.get("event").getAsString() : why.getAsString();
        } else {
          assertThat(answer.get("data").getAsString()).isEqualTo(seat);
          outcome = answer.get("event").getAsString();
        }
        if (outcome.equals("busy")) {
          busy++;
        } else if (i % 2 == 0) {
          assertThat(outcome).isEqualTo("lockedForYou");
          held.add(seat);
          granted++;
        } else {
          assertThat(outcome).isEqualTo(held.remove(seat) ? "unlockedForYou" : "alreadyUnlocked");
        }
      }
    }

    /** Unlocks a seat that it holds because its unlock was refused: busy means nothing was done. */
    void askAgain() throws Exception {
      if (held.isEmpty()) {
        return;
      }
      String seat = held.iterator().next();
      held.remove(seat);
      client.send(
          v2
              ? "{\"id\":\"" + seat + "\",\"action\":\"unlock\",\"seats\":[\"" + seat + "\"]}"
              : ClassicClient.action("unlock", seat));
      assertThat(nextOwn()).contains("unlockedForYou", seat);
    }

    void readToTheEndOf(int round) throws Exception {
      assertThat(nextOwn()).startsWith("{\"event\":\"paid\"").contains("\"end-" + round + "\"");
    }

    /** Passes over what others did, counting locks. */
    private String nextOwn() throws Exception {
      while (true) {
        RawClient.Frame frame = client.read();
        if (frame.opcode() != RawClient.TEXT) {
          throw new AssertionError("not a text: " + frame);
        }
        byte[] text = frame.payload();
        if (text[NAME] == 'l' && text[NAME + "locked".length()] == '"') {
          heard++;
        } else if (text[NAME] != 'u' || text[NAME + "unlocked".length()] != '"') {
          return frame.text();
        }
      }
    }
  }
}
