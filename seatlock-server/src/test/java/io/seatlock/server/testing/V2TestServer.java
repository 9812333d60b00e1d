package io.seatlock.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server on a free port and clients that know nothing but WebSocket and JSON. In the JSON that
 * they are given, {@code '} stands for {@code "}.
 */
public final class V2TestServer implements AutoCloseable {

  public static final String KEY = "a secret";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final SeatLockServer server;
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  public V2TestServer(ShowSettings shows, int selectors) throws IOException {
    this(shows, selectors, null);
  }

  /** With a log, if there is one. */
  public V2TestServer(ShowSettings shows, int selectors, CommandLog log) throws IOException {
    this(shows, selectors, log, Integer.MAX_VALUE);
  }

  /** With a log, and so many locks for an address. */
  public V2TestServer(ShowSettings shows, int selectors, CommandLog log, int maxLocksPerAddress)
      throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        new SeatLockServer(
            ServerSettings.builder(any)
                .selectors(selectors)
                .shows(shows)
                .log(log)
                .authorizationString(KEY)
                .maxLocksPerAddress(maxLocksPerAddress)
                .build(),
            failures::add);
  }

  /** The show as it is inside the server. */
  public Show show(String name) {
    return server.seatLock().show(name);
  }

  /** Why the server said that it cannot go on. */
  public List<Throwable> failures() {
    return failures;
  }

  public V2TestServer(ShowSettings shows) throws IOException {
    this(shows, 1);
  }

  public InetSocketAddress address() {
    return server.address();
  }

  /** Connects in the v2 dialect, without a word yet. */
  public Client v2(String show) {
    return connect(show, true, "seatlock.v2");
  }

  /** Connects in the classic dialect. */
  public Client classic(String show) {
    return connect(show, true);
  }

  /** Connects to a show as somebody who reads nothing before {@link Client#read}. */
  public Client deaf(String show) {
    return connect(show, false, "seatlock.v2");
  }

  private Client connect(String show, boolean reading, String... protocols) {
    URI uri = URI.create("ws://localhost:" + server.address().getPort() + "/" + show);
    Client client = new Client(reading);
    WebSocket.Builder builder = HTTP.newWebSocketBuilder();
    if (protocols.length > 0) {
      builder.subprotocols(protocols[0]);
    }
    client.socket = builder.buildAsync(uri, client).join();
    synchronized (clients) {
      clients.add(client);
    }
    return client;
  }

  /** Stops the server and leaves the clients as they are. */
  public void stop() {
    server.close();
  }

  @Override
  public void close() {
    synchronized (clients) {
      clients.forEach(Client::drop);
    }
    server.close();
  }

  public static JsonObject json(String text, Object... args) {
    return JsonParser.parseString(String.format(text, args).replace('\'', '"')).getAsJsonObject();
  }

  /** One connection. */
  public static final class Client implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder parts = new StringBuilder();
    private volatile boolean reading;
    private volatile WebSocket socket;

    private Client(boolean reading) {
      this.reading = reading;
    }

    @Override
    public void onOpen(WebSocket webSocket) {
      if (reading) {
        webSocket.request(1);
      }
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        received.add(JsonParser.parseString(parts.toString()).getAsJsonObject());
        parts.setLength(0);
      }
      if (reading) {
        webSocket.request(1);
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      closed.complete(-1);
    }

    /** Begins to read. */
    public void read() {
      reading = true;
      socket.request(1);
    }

    public void send(String text, Object... args) {
      sendRaw(String.format(text, args).replace('\'', '"'));
    }

    public void sendRaw(String text) {
      socket.sendText(text, true).join();
    }

    public void sendBinary() {
      socket.sendBinary(ByteBuffer.allocate(1), true).join();
    }

    public JsonObject next() {
      return next(Duration.ofSeconds(20));
    }

    public JsonObject next(Duration within) {
      try {
        JsonObject message = received.poll(within.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(message).as("a message within %s", within).isNotNull();
        return message;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** The next message, which must be this event. */
    public JsonObject next(String event) {
      JsonObject message = next();
      assertThat(message.get("event").getAsString()).as("event of %s", message).isEqualTo(event);
      return message;
    }

    /** The next message must be exactly this. */
    public void expect(String json, Object... args) {
      assertThat(next()).isEqualTo(json(json, args));
    }

    /** Takes the time that is left out of a message; it must be within these bounds. */
    public static JsonObject without(String field, JsonObject message, long least, long most) {
      JsonElement taken = message.remove(field);
      assertThat(taken).as("%s of %s", field, message).isNotNull();
      assertThat(taken.getAsLong()).as(field).isBetween(least, most);
      return message;
    }

    /** Asserts that nothing has come up to now: the answer to a ping comes next. */
    public void expectNothing() {
      send("{'action':'ping','id':'nothing before'}");
      expect("{'event':'pong','id':'nothing before'}");
    }

    /** Says hello for a new session; its startstate is read, too. */
    public JsonObject hello(String key) {
      send("{'action':'hello','id':0%s}", key == null ? "" : ",'key':'" + key + "'");
      JsonObject welcome = next("welcome");
      next("startstate");
      return welcome;
    }

    /** The code that the server has closed with; -1 if it was without a word. */
    public int closeCode() {
      try {
        return closed.get(20, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException e) {
        throw new AssertionError(e);
      } catch (TimeoutException e) {
        throw new AssertionError("is still open; received " + received, e);
      }
    }

    /** Asserts that nothing came before the end, of a connection that is closed. */
    public void expectNoMore() {
      assertThat(received).isEmpty();
    }

    public boolean isClosed() {
      return closed.isDone();
    }

    /** The connection is lost. */
    public void drop() {
      socket.abort();
    }
  }
}
