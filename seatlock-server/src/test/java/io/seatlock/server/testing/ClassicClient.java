package io.seatlock.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A client of the classic dialect that shares no code with the server: the JDK's WebSocket and
 * plain text. What comes is kept in its order; a close is kept as {@code close 1008}.
 */
public final class ClassicClient implements AutoCloseable {

  public static final String EMPTY_START =
      "{\"event\":\"startstate\",\"data\":{\"locked\":[],\"reserved\":[],\"paid\":[]}}";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<String> incoming = new LinkedBlockingQueue<>();
  private final WebSocket webSocket;
  private int probes;

  private ClassicClient(
      InetSocketAddress address, String path, UnaryOperator<WebSocket.Builder> options) {
    webSocket =
        options
            .apply(HTTP.newWebSocketBuilder())
            .buildAsync(URI.create("ws://" + authority(address) + path), new Listener())
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .join();
  }

  /** Connects; the first message is still to be taken. */
  public static ClassicClient connect(InetSocketAddress address, String path) {
    return new ClassicClient(address, path, builder -> builder);
  }

  /** Connects with a subprotocol or with headers. */
  public static ClassicClient connect(
      InetSocketAddress address, String path, UnaryOperator<WebSocket.Builder> options) {
    return new ClassicClient(address, path, options);
  }

  /** Connects to a show in which everything is available. */
  public static ClassicClient join(InetSocketAddress address, String path) {
    ClassicClient client = connect(address, path);
    client.expect(EMPTY_START);
    return client;
  }

  public static String authority(InetSocketAddress address) {
    return "127.0.0.1:" + address.getPort();
  }

  public static String event(String event, String seat) {
    return "{\"event\":\"" + event + "\",\"data\":\"" + seat + "\"}";
  }

  public static String action(String action, String seat) {
    return "{\"action\":\"" + action + "\",\"seat\":\"" + seat + "\"}";
  }

  public static String action(String action, String seat, String authorizationString) {
    return "{\"action\":\""
        + action
        + "\",\"seat\":\""
        + seat
        + "\",\"authorizationString\":\""
        + authorizationString
        + "\"}";
  }

  public ClassicClient send(String text) {
    webSocket.sendText(text, true).join();
    return this;
  }

  public ClassicClient sendBinary(byte[] bytes) {
    webSocket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    return this;
  }

  public ClassicClient act(String action, String seat) {
    return send(action(action, seat));
  }

  public ClassicClient act(String action, String seat, String authorizationString) {
    return send(action(action, seat, authorizationString));
  }

  /** The next message, waited for. */
  public String next() {
    try {
      String next = incoming.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no message came in " + PATIENCE_SECONDS + " s");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** So many messages, as they come. */
  public List<String> next(int count) {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(next());
    }
    return messages;
  }

  /** The next messages are these. */
  public ClassicClient expect(String... messages) {
    for (String message : messages) {
      assertThat(next()).isEqualTo(message);
    }
    return this;
  }

  public ClassicClient expectEvent(String event, String seat) {
    return expect(event(event, seat));
  }

  /** Everything that was decided before has been taken: the answer to one more action is next. */
  public ClassicClient expectNothingMore() {
    String seat = "probe-" + probes++;
    return act("unlock", seat).expectEvent("alreadyUnlocked", seat);
  }

  public void expectClose(int code) {
    expect("close " + code);
  }

  /** Closes as a well-behaved client does. */
  @Override
  public void close() {
    if (!webSocket.isOutputClosed()) {
      webSocket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(e -> webSocket).join();
    }
    webSocket.abort();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        incoming.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      incoming.add("close " + code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable e) {
      incoming.add("error " + e);
    }
  }
}
