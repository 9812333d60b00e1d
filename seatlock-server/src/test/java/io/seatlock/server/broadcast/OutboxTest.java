package io.seatlock.server.broadcast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.server.transport.Outgoing.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OutboxTest {

  private static final long PLENTY = 1L << 30;

  /** Takes as many bytes as it has room for. */
  private static final class FakeChannel implements WritableByteChannel {
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    int room;
    int writes;

    @Override
    public int write(ByteBuffer from) {
      writes++;
      byte[] taken = new byte[Math.min(room, from.remaining())];
      from.get(taken);
      received.writeBytes(taken);
      room -= taken.length;
      return taken.length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** A client, and what it must receive by the plainest reckoning. */
  private static final class Client {
    final Outbox outbox;
    final FakeChannel channel = new FakeChannel();
    final List<String> expected = new ArrayList<>();
    final List<String> beforeStart = new ArrayList<>();
    final ByteBuffer scratch;
    boolean started;
    State state = State.EMPTY;

    Client(FrameLog log, int scratchBytes) {
      outbox = new Outbox(log);
      scratch = ByteBuffer.allocate(scratchBytes);
    }

    void start(FrameLog log, String state) {
      outbox.start(List.of(Frames.texts(List.of(bytes(state)))), log.cursorAtHead());
      expected.add(state);
      expected.addAll(beforeStart);
      started = true;
    }

    void own(long at, int instead, List<String> payloads) {
      outbox.addOwn(at, instead, Frames.texts(payloads.stream().map(OutboxTest::bytes).toList()));
      if (started) {
        expected.addAll(payloads);
      } else if (instead == 0) {
        // What tells of a change in other words is in the state that it starts with.
        beforeStart.addAll(payloads);
      }
    }

    State write(int room) throws IOException {
      channel.room = room;
      state = outbox.writeTo(channel, scratch);
      return state;
    }

    List<String> received() {
      return frames(channel.received.toByteArray());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** The payloads of these frames, which must be whole. */
  private static List<String> frames(byte[] bytes) {
    List<String> payloads = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      assertThat(in.get()).as("the start of a frame after %s", payloads).isEqualTo((byte) 0x81);
      int first = in.get();
      int length = first < 126 ? first : first == 126 ? in.getShort() & 0xffff : (int) in.getLong();
      assertThat(length).as("a whole frame").isBetween(0, in.remaining());
      byte[] payload = new byte[length];
      in.get(payload);
      payloads.add(new String(payload, UTF_8));
    }
    return payloads;
  }

  /** What happens in a show, at random; every payload is unique. */
  private long seq;

  private static final class Story {
    private long seq;
    final Random random;
    final FrameLog log;
    final List<Client> clients = new ArrayList<>();
    final List<String> logged = new ArrayList<>();
    final boolean partialWrites;
    int messages;

    Story(long seed, long retainBytes, int clientCount, boolean partialWrites) {
      random = new Random(seed);
      log = new FrameLog(retainBytes);
      this.partialWrites = partialWrites;
      for (int i = 0; i < clientCount; i++) {
        clients.add(new Client(log, 16 << random.nextInt(12)));
      }
    }

    void step() throws IOException {
      Client client = clients.get(random.nextInt(clients.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> event(null);
        case 4 -> event(client);
        case 5 -> client.own(log.head(), 0, List.of(message("answer")));
        case 6 -> {
          if (!client.started) {
            client.start(log, message("start"));
          }
        }
        default -> client.write(room());
      }
    }

    void event(Client author) throws IOException {
      List<String> payloads = messages("event", 1 + random.nextInt(3));
      List<byte[]> encoded = payloads.stream().map(OutboxTest::bytes).toList();
      if (author != null) {
        author.own(log.head(), Frames.textSize(encoded), messages("own", random.nextInt(3)));
        if (random.nextBoolean()) {
          // The event loop writes just when the event is half told.
          author.write(room());
        }
      }
      log.append(++seq, encoded);
      logged.addAll(payloads);
      for (Client client : clients) {
        if (client != author && client.started) {
          client.expected.addAll(payloads);
        }
      }
    }

    int room() {
      return !partialWrites || random.nextInt(4) == 0
          ? Integer.MAX_VALUE
          : random.nextInt(1 << random.nextInt(10));
    }

    List<String> messages(String what, int count) {
      List<String> messages = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        messages.add(message(what));
      }
      return messages;
    }

    String message(String what) {
      int length = random.nextInt(50) == 0 ? 1 << random.nextInt(15) : random.nextInt(60);
      return what + " " + messages++ + " " + "x".repeat(length);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20_261_123})
  void writeTo_anyStory_givesEachClientWhatTheModelSays(long seed) throws IOException {
    Story story = new Story(seed, PLENTY, 5, true);
    for (int i = 0; i < 3_000; i++) {
      story.step();
    }
    for (Client client : story.clients) {
      if (!client.started) {
        client.start(story.log, story.message("start"));
      }
      assertThat(client.write(Integer.MAX_VALUE)).isEqualTo(State.EMPTY);
      assertThat(client.received()).as("seed %s", seed).isEqualTo(client.expected);
      assertThat(client.outbox.ownBytes()).isZero();
      assertThat(client.outbox.checkLost()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20_261_123})
  void writeTo_clientsTooSlow_areLostAtTheBorderOfAFrame_withTheirAnswers(long seed)
      throws IOException {
    Story story = new Story(seed, 30_000, 4, true);
    List<Client> lost = new ArrayList<>();
    for (int i = 0; i < 20_000 && lost.size() < 3; i++) {
      story.step();
      if (story.random.nextInt(200) == 0) {
        for (int j = 0; j < 1_000; j++) {
          story.event(null);
        }
      }
      for (Client client : List.copyOf(story.clients)) {
        if (client.outbox.checkLost()) {
          story.clients.remove(client);
          lost.add(client);
        }
      }
    }
    assertThat(lost).as("seed %s", seed).isNotEmpty();
    for (Client client : lost) {
      State state = client.write(story.room());
      while (state == State.BLOCKED) {
        state = client.write(story.room());
      }
      assertThat(state).isEqualTo(State.LOST);
      List<String> received = client.received();
      int right = 0;
      while (right < received.size() && received.get(right).equals(client.expected.get(right))) {
        right++;
      }
      // What had been begun is finished, and with it perhaps more of the log, in its order.
      List<String> rest = received.subList(right, received.size());
      int inLog = rest.isEmpty() ? -1 : story.logged.indexOf(rest.get(0));
      int logged = 0;
      while (inLog >= 0
          && logged < rest.size()
          && inLog + logged < story.logged.size()
          && rest.get(logged).equals(story.logged.get(inLog + logged))) {
        logged++;
      }
      // Then come the client's own messages: each request is answered.
      List<String> own = rest.subList(logged, rest.size());
      List<String> expectedOwn =
          client.expected.stream().filter(message -> !story.logged.contains(message)).toList();
      assertThat(own)
          .as("seed %s, after %s right messages and %s of the log", seed, right, logged)
          .isEqualTo(expectedOwn.subList(expectedOwn.size() - own.size(), expectedOwn.size()));
      assertThat(client.outbox.ownBytes()).isZero();
      assertThat(client.write(Integer.MAX_VALUE)).isEqualTo(State.EMPTY);
      assertThat(client.received()).isEqualTo(received);
    }
  }

  @Test
  void writeTo_beforeTheStart_writesNothing() throws IOException {
    FrameLog log = new FrameLog(PLENTY);
    Client client = new Client(log, 1024);
    log.append(++seq, List.of(bytes("before")));
    client.own(log.head(), 0, List.of("answer"));
    assertThat(client.write(Integer.MAX_VALUE)).isEqualTo(State.EMPTY);
    assertThat(client.received()).isEmpty();

    client.start(log, "start");
    log.append(++seq, List.of(bytes("after")));
    assertThat(client.write(Integer.MAX_VALUE)).isEqualTo(State.EMPTY);
    assertThat(client.received()).containsExactly("start", "answer", "after");
  }

  @Test
  void writeTo_betweenTheAuthorsWordsAndTheEvent_doesNotTellItTwice() throws IOException {
    FrameLog log = new FrameLog(PLENTY);
    Client author = new Client(log, 1024);
    author.start(log, "start");
    // Nearly fills the log's first chunk: the event goes to the next one.
    log.append(++seq, List.of(new byte[4080]));
    author.write(Integer.MAX_VALUE);

    List<byte[]> event = List.of(bytes("unlocked A1 for all others"));
    author.own(log.head(), Frames.textSize(event), List.of("deleted"));
    author.write(Integer.MAX_VALUE);
    log.append(++seq, event);
    log.append(++seq, List.of(bytes("next")));
    author.write(Integer.MAX_VALUE);

    List<String> received = author.received();
    assertThat(received.subList(2, received.size())).containsExactly("deleted", "next");
  }

  @Test
  void writeTo_withOwnMessages_isOneWriteForAll() throws IOException {
    FrameLog log = new FrameLog(PLENTY);
    Client client = new Client(log, 1 << 16);
    client.start(log, "start");
    for (int i = 0; i < 100; i++) {
      log.append(++seq, List.of(bytes("event " + i)));
      client.own(log.head(), 0, List.of("answer " + i));
    }
    client.write(Integer.MAX_VALUE);
    assertThat(client.channel.writes).isEqualTo(1);
    assertThat(client.received()).hasSize(201);
  }

  @Test
  void ownBytes_countWhatWaitsForThisClientAlone() throws IOException {
    FrameLog log = new FrameLog(PLENTY);
    Client client = new Client(log, 1024);
    client.start(log, "1234567890");
    assertThat(client.outbox.ownBytes()).isEqualTo(12);
    log.append(++seq, List.of(bytes("event")));
    client.own(log.head(), 0, List.of("12345"));
    assertThat(client.outbox.ownBytes()).isEqualTo(12 + 7);
    client.write(Integer.MAX_VALUE);
    assertThat(client.outbox.ownBytes()).isZero();
  }

  @Test
  void checkLost_socketTakesNothing_keepsTheOwnMessagesAlone() throws IOException {
    FrameLog log = new FrameLog(1_000);
    Client client = new Client(log, 1024);
    client.start(log, "start");
    client.write(3);
    client.own(log.head(), 0, List.of("x".repeat(10_000)));
    for (int i = 0; i < 10_000 && !client.outbox.checkLost(); i++) {
      log.append(++seq, List.of(new byte[100]));
    }
    assertThat(client.outbox.checkLost()).isTrue();
    assertThat(client.outbox.ownBytes()).isBetween(10_000, 10_100);
    assertThat(client.write(0)).isEqualTo(State.BLOCKED);
    assertThat(client.write(Integer.MAX_VALUE)).isEqualTo(State.LOST);
    assertThat(client.outbox.ownBytes()).isZero();
    List<String> received = client.received();
    assertThat(received.get(0)).isEqualTo("start");
    assertThat(received.get(received.size() - 1)).hasSize(10_000);
  }

  @Test
  void writeTo_whileOthersAppend_givesEachClientEverythingInOrder() throws Exception {
    int events = 20_000;
    FrameLog log = new FrameLog(PLENTY);
    List<Client> clients = List.of(new Client(log, 256), new Client(log, 1 << 16));
    clients.forEach(client -> client.start(log, "start"));
    AtomicBoolean ended = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    List<Thread> writers = new ArrayList<>();
    for (Client client : clients) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  Random room = new Random(7);
                  while (!ended.get()) {
                    client.write(room.nextInt(500));
                  }
                  client.write(Integer.MAX_VALUE);
                } catch (Throwable e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      writer.start();
      writers.add(writer);
    }
    Random random = new Random(8);
    for (int i = 0; i < events; i++) {
      List<byte[]> event = List.of(bytes("event " + i));
      Client author = random.nextInt(3) == 0 ? clients.get(random.nextInt(2)) : null;
      if (author != null) {
        author.own(log.head(), Frames.textSize(event), List.of("own " + i));
      }
      log.append(++seq, event);
      for (Client client : clients) {
        if (client != author) {
          client.expected.add("event " + i);
        }
      }
    }
    ended.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(failures).isEmpty();
    for (Client client : clients) {
      assertThat(client.received()).isEqualTo(client.expected);
    }
  }
}
