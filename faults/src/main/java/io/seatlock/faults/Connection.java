package io.seatlock.faults;

import io.seatlock.faults.Answers.Answer;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Message;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client: passes on what the server tells, and asks one thing after the other.
 * Used by one thread, apart from what the network calls.
 */
final class Connection implements WebSocket.Listener {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private static final long CONNECT_SECONDS = 2;

  private final Stream stream;
  private final Chronicle chronicle;
  private final Answers answers;
  private final StringBuilder text = new StringBuilder();
  private volatile @Nullable WebSocket socket;
  private volatile boolean closed;

  private Connection(String client, Stream stream, Chronicle chronicle) {
    this.stream = stream;
    this.chronicle = chronicle;
    this.answers = new Answers(chronicle, client);
  }

  /** Opens a connection; null if that does not work within a few seconds. */
  static @Nullable Connection open(URI server, String client, Stream stream, Chronicle chronicle)
      throws InterruptedException {
    Connection connection = new Connection(client, stream, chronicle);
    CompletableFuture<WebSocket> opening =
        HTTP.newWebSocketBuilder()
            .connectTimeout(Duration.ofSeconds(CONNECT_SECONDS))
            .subprotocols("seatlock.v2")
            .buildAsync(server, connection);
    try {
      connection.socket = opening.get(CONNECT_SECONDS, TimeUnit.SECONDS);
      return connection;
    } catch (ExecutionException | TimeoutException e) {
      connection.closed = true;
      var unused = opening.thenAccept(WebSocket::abort);
      return null;
    }
  }

  boolean isOpen() {
    return !closed;
  }

  /** The number of the last change that was told here. */
  long last() {
    synchronized (stream) {
      return stream.last();
    }
  }

  /** The next request says goodbye. */
  void leave() {
    synchronized (stream) {
      stream.leave();
    }
  }

  /** Sends a request and returns what will be its answer; null if the connection ends before. */
  CompletableFuture<@Nullable Answer> ask(String id, String json) {
    CompletableFuture<@Nullable Answer> answer = answers.ask(id);
    WebSocket to = socket;
    if (to != null && !closed) {
      var unused =
          to.sendText(json, true)
              .whenComplete(
                  (sent, failure) -> {
                    if (failure != null) {
                      end();
                    }
                  });
    }
    return answer;
  }

  /** Cuts the connection without a word. */
  void cut() {
    WebSocket to = socket;
    if (to != null) {
      to.abort();
    }
    end();
  }

  private void end() {
    closed = true;
    answers.end();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      long at = System.nanoTime();
      String whole = text.toString();
      text.setLength(0);
      try {
        handle(Message.parse(whole), at);
      } catch (InvalidMessageException | RuntimeException e) {
        chronicle.contradict("a client cannot understand " + whole + ": " + e);
      }
    }
    from.request(1);
    return null;
  }

  private void handle(Message message, long at) {
    RequestId id = message.id();
    boolean answer = id != null;
    if (message instanceof Message.StartState state) {
      View view =
          View.of(state.seq(), state.locked(), state.reserved(), state.paid(), state.blocked());
      synchronized (stream) {
        stream.onView(view, answer, at);
      }
    } else if (message instanceof Message.Changed changed) {
      Change change =
          new Change(changed.seq(), Kind.of(changed.type()), Set.copyOf(changed.seats()));
      synchronized (stream) {
        stream.onChange(change, answer, at);
      }
    }
    if (id != null) {
      answers.onAnswer(id, message, at);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    end();
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    end();
  }
}
