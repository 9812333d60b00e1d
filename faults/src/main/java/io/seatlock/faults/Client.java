package io.seatlock.faults;

import io.seatlock.core.Reason;
import io.seatlock.protocol.v2.Encoder;
import io.seatlock.protocol.v2.Message;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes down what it does and what it is told. It asks one thing after the other;
 * when the connection is lost or the answer does not come, it connects again, to any of the
 * servers, resumes its session and asks again under the same id. Used by one thread.
 */
public final class Client implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int PAUSE_MILLIS = 40;
  private static final String NOTHING_HAPPENED = "Nothing has happened";
  private static final String OVERLOADED = "Try again in a moment";

  private final int number;
  private final String show;
  private final List<URI> servers;
  private final String key;
  private final History history;
  private final Random random;
  private final Chronicle chronicle;
  private @Nullable Connection connection;
  private @Nullable String token;
  private volatile String holder = "";
  private long last = -1;
  private long nextId = 1;
  private int server;
  private int connections;
  private Duration patience = PATIENCE;
  private boolean once;
  private boolean cutNext;
  private volatile long giveUpAt = Long.MAX_VALUE;

  /**
   * Makes a client; it connects when it is first asked for something.
   *
   * @param servers any of which it may talk to, the first one at first; the path is the show
   * @param key the access key with which it may sell
   */
  public Client(int number, List<URI> servers, String key, History history, Random random) {
    this.number = number;
    this.servers = List.copyOf(servers);
    this.key = key;
    this.history = history;
    this.random = random;
    this.show = servers.get(0).getPath().substring(1);
    this.chronicle = history.chronicle(show);
  }

  /** The public id of its session, empty before the first. Called by any thread. */
  public String holder() {
    return holder;
  }

  /** How often it has connected. */
  public int connections() {
    return connections;
  }

  /** From this moment on, in nanoseconds, it tries no more. Called by any thread. */
  public void giveUpAt(long moment) {
    giveUpAt = moment;
  }

  /** From now on it waits for an answer so long. */
  public void setPatience(Duration patience) {
    this.patience = patience;
  }

  /** From now on it asks for each thing once: if there is no answer in time, it is unknown. */
  public void askOnce() {
    once = true;
  }

  /** Cuts its own connection right after the next request. */
  public void cutNext() {
    cutNext = true;
  }

  /** Goes to another server, without a word to the old one. */
  public void move() {
    disconnect();
    server++;
  }

  /** Asks for something and returns what came of it; null if it could not even ask. */
  public @Nullable Outcome perform(Action action, String... seats) throws InterruptedException {
    return perform(action, List.of(seats), null, null, null);
  }

  /**
   * Asks for something and returns what came of it; null if it could not even ask.
   *
   * @param heldBy the holder that must have locked the seats; null for no condition
   * @param ref an order reference, or null
   * @param lasts after how long a reservation is to end by itself, or null
   */
  public @Nullable Outcome perform(
      Action action,
      List<String> seats,
      @Nullable String heldBy,
      @Nullable String ref,
      @Nullable Duration lasts)
      throws InterruptedException {
    return new Attempt(action, seats, heldBy, ref, lasts).perform();
  }

  /** One operation, however often it is sent. */
  private final class Attempt {
    private final Action action;
    private final List<String> seats;
    private final @Nullable String heldBy;
    private final @Nullable String ref;
    private final String id = Long.toString(nextId++);
    private long due = Operation.NEVER;
    private @Nullable Instant dueInstant;
    private String asker = "";
    private long invokedAt;
    private boolean sent;

    /** Whether it was sent and nobody knows what became of that. */
    private boolean ambiguous;

    Attempt(
        Action action,
        List<String> seats,
        @Nullable String heldBy,
        @Nullable String ref,
        @Nullable Duration lasts) {
      this.action = action;
      this.seats = seats;
      this.heldBy = heldBy;
      this.ref = ref;
      if (lasts != null) {
        due = System.nanoTime() + lasts.toNanos();
        dueInstant = Instant.now().plus(lasts);
      }
    }

    @Nullable Outcome perform() throws InterruptedException {
      try {
        return tryUntilKnown();
      } catch (InterruptedException e) {
        giveUp();
        throw e;
      }
    }

    private @Nullable Outcome giveUp() {
      return sent ? end(new Outcome.Unknown(), Operation.NEVER) : null;
    }

    private @Nullable Outcome tryUntilKnown() throws InterruptedException {
      while (System.nanoTime() < giveUpAt) {
        Connection open = connected();
        if (open == null) {
          pause();
          continue;
        }
        if (sent && !holder.equals(asker)) {
          // Its session has ended: what was sent in it will not be done any more.
          return end(new Outcome.Unknown(), System.nanoTime());
        }
        Outcome outcome = ask(open);
        if (outcome != null || once) {
          return outcome == null ? giveUp() : outcome;
        }
      }
      return giveUp();
    }

    private @Nullable Outcome ask(Connection open) throws InterruptedException {
      if (!sent) {
        invokedAt = System.nanoTime();
        asker = holder;
        sent = true;
      }
      if (action == Action.BYE) {
        open.leave();
      }
      var asked = open.ask(id, json());
      if (cutNext) {
        cutNext = false;
        disconnect();
        ambiguous = true;
        return null;
      }
      Answers.Answer answer = await(asked);
      if (answer == null) {
        ambiguous = true;
        disconnect();
        return null;
      }
      if (answer.message() instanceof Message.Failed failed) {
        return failed(failed, answer.at());
      }
      Outcome outcome = outcome(answer.message());
      if (outcome instanceof Outcome.Refused refused && refused.reason() == Reason.NO_SESSION) {
        disconnect();
        outcome = ambiguous ? new Outcome.Unknown() : outcome;
      }
      return end(outcome, answer.at());
    }

    private @Nullable Outcome failed(Message.Failed failed, long at) throws InterruptedException {
      if (!failed.is(Encoder.ErrorCode.BUSY)) {
        chronicle.contradict("client " + number + " was answered " + failed + " to " + json());
        return end(new Outcome.Unknown(), Operation.NEVER);
      }
      boolean nothing =
          failed.message().startsWith(NOTHING_HAPPENED) || failed.message().startsWith(OVERLOADED);
      ambiguous |= !nothing;
      if (!ambiguous && (once || random.nextBoolean())) {
        return end(new Outcome.Busy(), at);
      }
      if (servers.size() > 1 && random.nextInt(3) == 0) {
        move();
      }
      pause();
      return null;
    }

    private Outcome end(Outcome outcome, long at) {
      history.add(
          new Operation(
              history.nextNumber(),
              number,
              show,
              asker,
              action,
              seats,
              heldBy,
              ref,
              due,
              invokedAt,
              outcome,
              at));
      return outcome;
    }

    private Outcome outcome(Message message) {
      if (message instanceof Message.Changed changed) {
        return new Outcome.Granted(changed.seq(), changed.seats(), changed.expiresInMillis());
      } else if (message instanceof Message.Extended extended) {
        return new Outcome.Extended(extended.expiresInMillis());
      } else if (message instanceof Message.Refused refused) {
        return new Outcome.Refused(refused.reason(), refused.seats());
      } else if (message instanceof Message.StartState state) {
        View view =
            View.of(state.seq(), state.locked(), state.reserved(), state.paid(), state.blocked());
        return new Outcome.Read(view, Set.copyOf(state.yours()));
      }
      return new Outcome.Done();
    }

    private String json() {
      StringBuilder json = new StringBuilder("{\"action\":\"").append(action.word());
      json.append("\",\"id\":").append(id);
      if (!seats.isEmpty()) {
        json.append(",\"seats\":");
        json.append(seats.stream().collect(Collectors.joining("\",\"", "[\"", "\"]")));
      }
      if (heldBy != null) {
        json.append(",\"holder\":\"").append(heldBy).append('"');
      }
      if (ref != null) {
        json.append(",\"ref\":\"").append(ref).append('"');
      }
      if (dueInstant != null) {
        json.append(",\"due\":\"").append(dueInstant).append('"');
      }
      return json.append('}').toString();
    }
  }

  // --- connections

  private @Nullable Connection connected() throws InterruptedException {
    Connection open = connection;
    if (open != null && open.isOpen()) {
      return open;
    }
    disconnect();
    URI to = servers.get(Math.floorMod(server++, servers.size()));
    String name = "client " + number + "/" + connections;
    open = Connection.open(to, name, new Stream(chronicle, name, last), chronicle);
    if (open == null) {
      return null;
    }
    connection = open;
    if (greet(open)) {
      // It stays here as long as it is served.
      server--;
      return open;
    }
    disconnect();
    return null;
  }

  private boolean greet(Connection open) throws InterruptedException {
    String id = Long.toString(nextId++);
    String session =
        token == null
            ? ""
            : ",\"session\":\"" + token + "\"" + (last < 0 ? "" : ",\"since\":" + last);
    long at = System.nanoTime();
    Answers.Answer answer =
        await(
            open.ask(
                id,
                "{\"action\":\"hello\",\"id\":" + id + ",\"key\":\"" + key + "\"" + session + "}"));
    if (answer == null || !(answer.message() instanceof Message.Welcome welcome)) {
      return false;
    }
    connections++;
    if (welcome.resumed() && !welcome.holder().equals(holder)) {
      chronicle.contradict("client " + number + " resumed " + holder + ", was told " + welcome);
    }
    if (token != null) {
      // Of the session that it had: it goes on, or it has ended by now.
      greeted(
          at,
          welcome.resumed()
              ? new Outcome.Resumed()
              : new Outcome.Refused(Reason.NO_SESSION, Map.of()),
          answer.at());
    }
    if (!welcome.resumed()) {
      holder = welcome.holder();
      greeted(at, new Outcome.Done(), answer.at());
    }
    token = welcome.session();
    return true;
  }

  private void greeted(long from, Outcome outcome, long to) {
    history.add(
        new Operation(
            history.nextNumber(),
            number,
            show,
            holder,
            Action.HELLO,
            List.of(),
            null,
            null,
            Operation.NEVER,
            from,
            outcome,
            to));
  }

  private Answers.@Nullable Answer await(CompletableFuture<Answers.@Nullable Answer> asked)
      throws InterruptedException {
    try {
      return asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void disconnect() {
    Connection open = connection;
    if (open != null) {
      open.cut();
      last = Math.max(last, open.last());
      connection = null;
    }
  }

  private void pause() throws InterruptedException {
    Thread.sleep(PAUSE_MILLIS / 2 + random.nextInt(PAUSE_MILLIS));
  }

  /** Cuts the connection; the session stays as it is. */
  @Override
  public void close() {
    disconnect();
  }
}
