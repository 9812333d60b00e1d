package io.seatlock.client.testkit;

import io.seatlock.core.Change;
import io.seatlock.core.Command;
import io.seatlock.core.Decision;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatMap;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.Role;
import io.seatlock.protocol.v2.Actions;
import io.seatlock.protocol.v2.Encoder;
import io.seatlock.protocol.v2.Encoder.ErrorCode;
import io.seatlock.protocol.v2.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;

/**
 * A server for tests of programs that use the client: it has real rules, a time that stands still,
 * and makes trouble on request. Not for production: it defends itself against nobody. Safe for use
 * by many threads.
 *
 * <pre>{@code
 * try (FakeSeatLockServer server = FakeSeatLockServer.start();
 *     SeatLockClient kiosk = SeatLockClient.builder(server.uri()).connect().join()) {
 *   server.show().apply(Command.pay("A1")); // somebody else was faster
 *   server.passTime(Duration.ofMinutes(10)); // the kiosk loses its locks
 *   server.dropConnections(); // the kiosk comes back
 * }
 * }</pre>
 *
 * <p>As on the real server, the path of a URI names the show, which is opened on first use. Without
 * keys every client may do everything; with {@link Builder#key keys} each may do what its role
 * allows, and one without a key is a kiosk.
 */
public final class FakeSeatLockServer implements AutoCloseable {

  private static final int TAKEN_OVER = 4001;
  private static final Duration START = Duration.ofSeconds(10);
  private static final long ROUSE_MILLIS = 20;

  /** All that happens on connections happens here: the library calls with locks of its own held. */
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "fake-seatlock-server");
            thread.setDaemon(true);
            return thread;
          });

  private final SeatLock seatLock;
  private final Map<String, Role> keys;
  private final Map<String, Show.Subscription> followed = new ConcurrentHashMap<>();
  private final Sockets sockets = new Sockets();
  private final CountDownLatch started = new CountDownLatch(1);
  private final Map<WebSocket, Guest> guests = new ConcurrentHashMap<>();
  private final Map<String, Guest> byHolder = new ConcurrentHashMap<>();
  private final Queue<Function<Request, byte[]>> nextAnswers = new ConcurrentLinkedQueue<>();
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final AtomicBoolean losing = new AtomicBoolean();
  private volatile boolean silent;
  private volatile boolean refusing;
  private final AtomicInteger hellos = new AtomicInteger();

  private FakeSeatLockServer(Builder builder) {
    InstantSource clock = () -> now;
    seatLock = SeatLock.create(builder.settings, clock);
    keys = Map.copyOf(builder.keys);
    builder.shows.forEach((name, seats) -> seatLock.open(name, builder.settings, seats));
  }

  /** Starts a server on a free port of this machine, with {@link ShowSettings#DEFAULT}. */
  public static FakeSeatLockServer start() {
    return builder().start();
  }

  /**
   * Starts a server on a free port of this machine.
   *
   * @throws IllegalStateException if it does not start
   */
  public static FakeSeatLockServer start(ShowSettings settings) {
    return builder().settings(settings).start();
  }

  /** A server with keys, or with shows that have known seats. */
  public static Builder builder() {
    return new Builder();
  }

  /** What a server is started with. Not safe for use by many threads. */
  public static final class Builder {
    private ShowSettings settings = ShowSettings.DEFAULT;
    private final Map<String, List<String>> shows = new LinkedHashMap<>();
    private final Map<String, Role> keys = new LinkedHashMap<>();

    private Builder() {}

    /** Sets the rules of all shows. If not given, they are {@link ShowSettings#DEFAULT}. */
    public Builder settings(ShowSettings settings) {
      this.settings = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Adds a show that has these seats and no others. */
    public Builder show(String name, String... seats) {
      shows.put(Objects.requireNonNull(name, "name"), List.of(seats));
      return this;
    }

    /** Adds an access key. From the first one on, clients may only do what their role allows. */
    public Builder key(String key, Role role) {
      keys.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(role, "role"));
      return this;
    }

    /**
     * Starts the server on a free port of this machine.
     *
     * @throws IllegalStateException if it does not start
     * @throws IllegalArgumentException if the name of a show or a seat id is ill-formed
     */
    public FakeSeatLockServer start() {
      return FakeSeatLockServer.start(new FakeSeatLockServer(this));
    }
  }

  private static FakeSeatLockServer start(FakeSeatLockServer server) {
    server.sockets.start();
    try {
      if (!server.started.await(START.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the fake server did not start");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the fake server started", e);
    }
    return server;
  }

  /** Where clients find the show {@code fake}. */
  public URI uri() {
    return uri("fake");
  }

  /** Where clients find a show. */
  public URI uri(String show) {
    return URI.create("ws://127.0.0.1:" + sockets.getPort() + "/" + show);
  }

  /** The show {@code fake}: look at it, or do in it what others would do. */
  public Show show() {
    return show("fake");
  }

  /**
   * The show of this name, opened now if it is not open yet.
   *
   * @throws IllegalArgumentException if the name is ill-formed
   */
  public Show show(String name) {
    Show show = seatLock.show(name);
    followed.computeIfAbsent(
        name, n -> show.listenToDecisions(decision -> broadcast(show, decision)));
    return show;
  }

  /** Lets this much time pass: locks and sessions end, clients are warned. */
  public void passTime(Duration time) {
    now = now.plus(time);
    seatLock.tick();
  }

  /** The next request that is not a hello, ping, state or bye is refused for this reason. */
  public void refuseNext(Reason reason) {
    nextAnswers.add(
        request -> {
          Map<String, Reason> seats = new LinkedHashMap<>();
          request.seats().forEach(seat -> seats.put(seat, reason));
          return Encoder.refused(request.id(), reason, seats);
        });
  }

  /** The next request that is not a hello, ping, state or bye is answered with this error. */
  public void failNext(ErrorCode code) {
    nextAnswers.add(request -> Encoder.error(request.id(), code, "The test wants it so."));
  }

  /** The next request for seats is done, but its connection breaks before it is answered. */
  public void loseNextAnswer() {
    losing.set(true);
  }

  /** From now on it reads and says nothing; connections stay as they are. */
  public void beSilent(boolean silent) {
    this.silent = silent;
  }

  /** From now on it closes every new connection at once. */
  public void refuseConnections(boolean refuse) {
    refusing = refuse;
  }

  /** Breaks all connections without a word. Sessions live on. */
  public void dropConnections() {
    List.copyOf(sockets.getConnections())
        .forEach(socket -> socket.closeConnection(CloseFrame.ABNORMAL_CLOSE, ""));
  }

  /** Ends all sessions and breaks all connections: clients come back without locks. */
  public void forgetSessions() {
    Map.copyOf(byHolder)
        .forEach(
            (holder, guest) -> {
              byHolder.remove(holder);
              guest.show.apply(new Command.CloseSession(holder));
            });
    dropConnections();
  }

  /** Tells all clients to come back after this time, and closes their connections. */
  public void goAway(Duration retryAfter) {
    for (Guest guest : guests.values()) {
      guest.send(Encoder.goingAway(retryAfter.toMillis()));
      close(guest.socket, CloseFrame.SERVICE_RESTART);
    }
  }

  /** Does to all clients what a second connection with the same token does. */
  public void takeOver() {
    List.copyOf(sockets.getConnections()).forEach(socket -> close(socket, TAKEN_OVER));
  }

  /** Sends this text to all clients, whatever it is. */
  public void say(String text) {
    List.copyOf(sockets.getConnections()).forEach(socket -> send(socket, text));
  }

  /** How many times a client has said hello. */
  public int hellos() {
    return hellos.get();
  }

  /** How many connections there are. */
  public int connections() {
    return guests.size();
  }

  /** Breaks all connections and ends. */
  @Override
  public void close() {
    dropConnections(); // The library would only ask for their ends.
    try {
      sockets.stop(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    worker.shutdown();
    seatLock.close();
  }

  private void later(Runnable task) {
    try {
      worker.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has been closed.
    }
  }

  private void send(WebSocket socket, String text) {
    socket.send(text);
    rouse(socket);
  }

  private void close(WebSocket socket, int code) {
    socket.close(code);
    rouse(socket);
  }

  /**
   * The library can miss what is to be written when it is added just as its thread has written all
   * there was before.
   */
  private void rouse(WebSocket socket) {
    CompletableFuture.delayedExecutor(ROUSE_MILLIS, TimeUnit.MILLISECONDS, this::later)
        .execute(() -> sockets.onWriteDemand(socket));
  }

  /** Called in the show's order. */
  private void broadcast(Show show, Decision decision) {
    boolean answered = decision.answer() != null;
    for (Guest guest : guests.values()) {
      if (guest.started && guest.show == show) {
        decision.ended().forEach(event -> guest.receive(event, false));
        decision.events().forEach(event -> guest.receive(event, answered));
      }
    }
  }

  /** A connection, and the session on it once it has said hello. */
  private final class Guest {
    final WebSocket socket;
    final Show show;
    volatile Role role = keys.isEmpty() ? Role.BACKEND : Role.KIOSK;
    volatile @Nullable String holder;
    volatile boolean started;

    Guest(WebSocket socket, Show show) {
      this.socket = socket;
      this.show = show;
    }

    void send(byte[] message) {
      if (socket.isOpen() && !silent) {
        FakeSeatLockServer.this.send(socket, new String(message, StandardCharsets.UTF_8));
      }
    }

    void receive(Event event, boolean answered) {
      boolean author = event.author() != null && event.author().equals(holder);
      Change change = event.change();
      EventType others = change.toOthers();
      if (author && change == Change.EXPIRING) {
        send(Encoder.expiring(event.expiresInMillis(), event.seats()));
      } else if (author && change == Change.EXPIRED) {
        send(Encoder.change(EventType.DELETED, null, event.seq(), event.seats()));
      } else if (others != null && !(author && (answered || change == Change.RELEASED))) {
        send(Encoder.change(others, null, event.seq(), event.seats()));
      }
    }

    void received(String text) {
      RequestId id = null;
      try {
        Request request = Request.parse(text);
        id = request.id();
        handle(request);
      } catch (InvalidMessageException e) {
        RequestId named = id == null ? e.requestId().orElse(null) : id;
        send(Encoder.error(named, ErrorCode.INVALID, String.valueOf(e.getMessage())));
      }
    }

    private void handle(Request request) throws InvalidMessageException {
      RequestId id = request.id();
      String known = holder;
      if (known == null) {
        if (identify(request)) {
          hello(request);
        }
        return;
      }
      switch (request.action().purpose()) {
        case GREETING -> throw new InvalidMessageException("There was a hello already.");
        case PING -> send(Encoder.plain("pong", id));
        case STATE -> show.seatMap(map -> send(Encoder.startState(map, id, known)));
        case LEAVING -> {
          byHolder.remove(known);
          show.apply(new Command.CloseSession(known));
          send(Encoder.plain("goodbye", id));
          close(socket, CloseFrame.NORMAL);
        }
        case COMMAND -> act(known, request);
      }
    }

    /** Whether the client's key is known, if it has shown one and there are any. */
    private boolean identify(Request request) {
      if (request.key() == null || keys.isEmpty()) {
        return true;
      }
      Role named = keys.get(request.key());
      if (named == null) {
        send(Encoder.error(request.id(), ErrorCode.UNAUTHORIZED, "This key opens nothing."));
        return false;
      }
      role = named;
      return true;
    }

    private void hello(Request request) {
      hellos.incrementAndGet();
      String token = request.session();
      String wanted = token == null ? "" : token.substring(0, token.indexOf('.'));
      Guest before = byHolder.get(wanted);
      boolean resumed = before != null;
      String own = resumed ? wanted : UUID.randomUUID().toString();
      String credential = resumed && token != null ? token : own + "." + UUID.randomUUID();
      Result result =
          show.apply(
              resumed
                  ? new Command.ResumeSession(own, credential, connectionId())
                  : new Command.OpenSession(own, credential, connectionId()));
      if (!(result instanceof Result.Granted granted)) { // Its grace has passed.
        byHolder.remove(wanted);
        hello(Request.hello(request.id(), request.key(), null, null));
        return;
      }
      if (before != null && before != this && before.socket.isOpen()) {
        before.started = false;
        close(before.socket, TAKEN_OVER);
      }
      holder = own;
      byHolder.put(own, this);
      byte[] welcome =
          Encoder.welcome(
              request.id(),
              credential,
              own,
              show.name(),
              granted.seq(),
              resumed,
              granted.seats(),
              granted.expiresInMillis(),
              show.settings(),
              role.word());
      show.seatMap(
          map -> {
            send(welcome);
            send(startState(map, own));
            started = true;
          });
    }

    private String connectionId() {
      return Integer.toHexString(System.identityHashCode(socket));
    }

    private void act(String author, Request request) throws InvalidMessageException {
      RequestId id = request.id();
      if (!role.includes(request.action().role())) {
        String sentence = "The role " + role.word() + " may not do that.";
        send(Encoder.error(id, ErrorCode.FORBIDDEN, sentence));
        return;
      }
      Function<Request, byte[]> wanted = nextAnswers.poll();
      if (wanted != null) {
        send(wanted.apply(request));
        return;
      }
      Command once = new Command.Once(author, id.json(), Actions.toCommand(author, request));
      if (losing.getAndSet(false)) {
        show.apply(once);
        socket.closeConnection(CloseFrame.ABNORMAL_CLOSE, "");
      } else {
        show.decide(
            once,
            decision -> {
              Result result = Objects.requireNonNull(decision.answer());
              Actions.answer(request, result, decision.events()).forEach(this::send);
            });
      }
    }

    void closed() {
      String known = holder;
      if (known != null) {
        show.apply(new Command.DetachSession(known, connectionId()));
      }
    }
  }

  private static byte[] startState(SeatMap map, String holder) {
    byte[] begin = Encoder.startStateBegin(map, null);
    byte[] end = Encoder.startStateEnd(map.locksByHolder().getOrDefault(holder, List.of()));
    return (new String(begin, StandardCharsets.UTF_8) + new String(end, StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The library's side. */
  private final class Sockets extends WebSocketServer {

    Sockets() {
      super(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          1,
          List.of(new Draft_6455(List.of(), List.of(new Protocol("seatlock.v2")))));
      setReuseAddr(true);
      setTcpNoDelay(true);
      setDaemon(true);
      setConnectionLostTimeout(0);
    }

    @Override
    public void onStart() {
      started.countDown();
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {
      if (refusing) {
        socket.closeConnection(CloseFrame.ABNORMAL_CLOSE, "");
        return;
      }
      String name = URI.create(handshake.getResourceDescriptor()).getPath().substring(1);
      try {
        guests.put(socket, new Guest(socket, show(name.isEmpty() ? "main" : name)));
      } catch (IllegalArgumentException e) { // There can be no such show.
        socket.close(CloseFrame.POLICY_VALIDATION, e.getMessage());
      }
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      Guest guest = guests.get(socket);
      if (guest != null && !silent) {
        later(() -> guest.received(text));
      }
    }

    @Override
    public void onWebsocketPing(WebSocket socket, Framedata frame) {
      if (!silent) {
        super.onWebsocketPing(socket, frame);
      }
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean remote) {
      Guest guest = guests.remove(socket);
      if (guest != null) {
        later(guest::closed);
      }
    }

    @Override
    public void onError(@Nullable WebSocket socket, Exception e) {
      // A connection that breaks is what this server is for.
    }
  }
}
