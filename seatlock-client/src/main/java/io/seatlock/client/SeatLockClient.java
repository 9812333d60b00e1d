package io.seatlock.client;

import io.seatlock.core.Command;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicRequest.Action;
import io.seatlock.protocol.InvalidMessageException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.jspecify.annotations.Nullable;

/**
 * One holder of locks in one show, over a connection to the server. Safe for use by many threads.
 *
 * <pre>{@code
 * try (SeatLockClient client = SeatLockClient.builder(uri).connect().join()) {
 *   Outcome outcome = client.lock("A1").join();
 *   System.out.println(outcome + ", mine: " + client.seats().mine());
 * }
 * }</pre>
 *
 * <p><b>Calls</b> are sent at once, in the order in which they are made, and return a future. What
 * the server decides is an {@link Outcome}, refusals included. A call whose answer did not come in
 * time, or before the connection ended, is {@link Outcome.Unknown}: it may have happened. The
 * future fails with {@link NotSentException} if the call was not sent and with {@link
 * InvalidRequestException} if the server did not understand it; nothing happened then. An
 * ill-formed seat id is thrown back as {@link IllegalArgumentException} by the call itself.
 * Cancelling a future does not take the call back.
 *
 * <p><b>Threads.</b> Futures complete on threads of the client, each on its own if need be: what a
 * program chains to one may block, also to wait for another call. (What is chained to a future that
 * is complete already runs at once, on the thread that chains it.) The listener is called one event
 * after the other, apart from that. Between a future and an event there is no order, but both find
 * the mirror, {@link #seats}, up to date.
 *
 * <p><b>The end.</b> A lost connection is not made again: the server releases this holder's locks
 * with it. Close the client, connect another one and look at its {@link #seats}.
 *
 * <p>What reserve, pay and their opposites cost: the server answers these with the same message
 * that it sends to everyone, whoever did it. To tell its own from another's, the client sends a
 * second, harmless message after each: to unlock a seat of a made-up name that starts with {@code
 * ~fence-}, which is always refused. Operators may see these refusals.
 */
public final class SeatLockClient implements AutoCloseable {
  /*
   * One lock guards state, conversation and mirror. Under it nothing blocks and no code of the
   * program runs: what is to be called is added to `callbacks` or returned as answers, and started
   * after. The library's own lock may be held when this one is taken, never the other way round.
   */

  /**
   * How many calls may wait for their answers; a server that never answers costs no more memory.
   */
  static final int MAX_OPEN_CALLS = 1024;

  /** The server counts as silent after so many periods without a sign of it. */
  private static final int SILENT_PERIODS = 4;

  /** How much longer than its deadline closing may take: the threads have to notice it. */
  private static final long CLOSE_SLACK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = System.getLogger(SeatLockClient.class.getPackageName());

  private final Builder settings;
  private final Threads threads = new Threads();
  private final Callbacks callbacks;
  private final Connection connection;
  private final CompletableFuture<SeatLockClient> connected = new CompletableFuture<>();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private volatile boolean heard;

  private final Object lock = new Object();
  private final Mirror mirror = new Mirror();
  private final ClassicConversation conversation;
  private volatile ConnectionState state = ConnectionState.CONNECTING;
  private @Nullable Future<?> connectDeadline;

  private SeatLockClient(Builder settings) {
    this.settings = settings;
    Executor executor = settings.callbackExecutor;
    this.callbacks =
        new Callbacks(settings.listener, executor == null ? threads.workers() : executor);
    this.conversation = new ClassicConversation(mirror, callbacks, settings.authorizationString);
    this.connection = new Connection(settings.uri, threads.name("connection"), new Wire());
  }

  /**
   * A client to be, for the show that the URI's path names: {@code ws://host:port/show}, or {@code
   * wss} for TLS.
   *
   * @throws IllegalArgumentException if the scheme is not {@code ws} or {@code wss}, or there is no
   *     host
   */
  public static Builder builder(URI uri) {
    return new Builder(uri);
  }

  // --- calls

  /** Locks the seat for this client. Granted also if this client has it locked already. */
  public CompletableFuture<Outcome> lock(String seat) {
    return call(Action.LOCK, seat);
  }

  /** Ends this client's lock of the seat. */
  public CompletableFuture<Outcome> unlock(String seat) {
    return call(Action.UNLOCK, seat);
  }

  /** Reserves the seat, whoever has it locked. Needs the authorization string. */
  public CompletableFuture<Outcome> reserve(String seat) {
    return call(Action.RESERVE, seat);
  }

  /** Makes the reserved seat available. Needs the authorization string. */
  public CompletableFuture<Outcome> unreserve(String seat) {
    return call(Action.UNRESERVE, seat);
  }

  /** Marks the seat paid, whoever has it locked or reserved. Needs the authorization string. */
  public CompletableFuture<Outcome> pay(String seat) {
    return call(Action.PAY, seat);
  }

  /** Makes the paid seat available. Needs the authorization string. */
  public CompletableFuture<Outcome> unpay(String seat) {
    return call(Action.UNPAY, seat);
  }

  /** Makes the seat available, be it reserved or paid. Needs the authorization string. */
  public CompletableFuture<Outcome> revoke(String seat) {
    return call(Action.REVOKE, seat);
  }

  // --- what is

  /**
   * The seats as they are by all that the server has told so far. After the connection is lost or
   * closed the seats stay as they were last, and none is this client's any more.
   */
  public Seats seats() {
    synchronized (lock) {
      return mirror.seats();
    }
  }

  /** What the connection is now. */
  public ConnectionState state() {
    return state;
  }

  // --- the end

  /**
   * Ends the connection with a closing handshake, and without one after the close timeout; the
   * server releases this client's locks. Calls without an answer end as {@link Outcome.Unknown}.
   * What the listener has not heard yet it still hears; the state {@code CLOSED} comes last.
   * Closing again does nothing.
   *
   * <p>Waits for the end of the connection, not for the listener: it may be called from anywhere,
   * by the listener, too.
   */
  @Override
  public void close() {
    CompletableFuture<Void> end = closeAsync();
    if (connection.isOnReadingThread()) {
      return;
    }
    try {
      end.get(settings.closeTimeout.toNanos() + CLOSE_SLACK_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      LOG.log(Level.DEBUG, "The connection is still being closed.");
    }
  }

  /** The same as {@link #close} without waiting. The future completes with the connection's end. */
  public CompletableFuture<Void> closeAsync() {
    beginToClose();
    return terminated.copy();
  }

  private void beginToClose() {
    ConnectionState before;
    List<ClassicConversation.Answer> answers;
    synchronized (lock) {
      before = state;
      if (before == ConnectionState.CLOSED) {
        return;
      }
      answers = conversation.end("the client was closed");
      moveTo(ConnectionState.CLOSED, "closed by the program");
    }
    answers.forEach(this::complete);
    callbacks.run();
    switch (before) {
      case CONNECTING -> connection.abort("the client was closed");
      case ONLINE -> {
        var unused =
            threads.after(
                settings.closeTimeout.toNanos(),
                () -> connection.abort("the server did not finish the closing handshake"));
        try {
          connection.close(CloseFrame.NORMAL);
        } catch (RuntimeException e) {
          LOG.log(Level.DEBUG, "Closing failed.", e);
          connection.abort("closing failed");
        }
      }
      case LOST -> threads.endWorkers();
      case CLOSED -> throw new AssertionError("handled above");
    }
  }

  // --- inside

  private CompletableFuture<SeatLockClient> start() {
    synchronized (lock) {
      connectDeadline =
          threads.after(
              settings.connectTimeout.toNanos(), () -> connection.abort(connectTimeoutReason()));
    }
    CompletableFuture<SeatLockClient> result = connected.copy();
    var unused =
        result.whenComplete(
            (client, failure) -> {
              if (failure != null) { // Perhaps the program's: it cancelled, or has its own timeout.
                beginToClose();
              }
            });
    connection.connect();
    return result;
  }

  private String connectTimeoutReason() {
    return (connection.isOpen()
            ? "the server did not send the state of the show"
            : "there was no connection and WebSocket handshake")
        + " within "
        + settings.connectTimeout;
  }

  private CompletableFuture<Outcome> call(Action action, String seat) {
    Objects.requireNonNull(seat, "seat");
    Command.reserve(seat); // Checks the id: the one rule for ids is the core's.
    synchronized (lock) {
      if (state != ConnectionState.ONLINE) {
        return notSent("the client is " + state);
      }
      if (conversation.openCalls() >= MAX_OPEN_CALLS) {
        return notSent(MAX_OPEN_CALLS + " calls wait for their answers");
      }
      Call call = conversation.open(action, seat);
      if (!send(call)) {
        conversation.takeBack(call);
        return notSent("the connection is just being lost");
      }
      call.timeout =
          threads.after(settings.requestTimeout.toNanos(), () -> complete(timedOut(call)));
      return call.future;
    }
  }

  /** Hands all messages of a call to the connection; false if not even the first was taken. */
  private boolean send(Call call) {
    boolean taken = false;
    try {
      for (String message : conversation.messages(call)) {
        connection.send(message);
        taken = true;
      }
    } catch (WebsocketNotConnectedException e) {
      LOG.log(Level.DEBUG, "A call met the end of the connection.");
    }
    return taken;
  }

  private ClassicConversation.Answer timedOut(Call call) {
    return new ClassicConversation.Answer(
        call,
        new Outcome.Unknown(call.seat, "there was no answer within " + settings.requestTimeout));
  }

  private static CompletableFuture<Outcome> notSent(String why) {
    return CompletableFuture.failedFuture(new NotSentException("Not sent: " + why + "."));
  }

  private void complete(ClassicConversation.Answer answer) {
    Call call = answer.call();
    Future<?> timeout = call.timeout;
    if (timeout != null) {
      timeout.cancel(false);
    }
    threads.runProgramCode(
        () -> {
          if (answer.failure() != null) {
            call.future.completeExceptionally(answer.failure());
          } else {
            call.future.complete(answer.outcome());
          }
        });
  }

  /** The one way from state to state. Needs the lock. */
  private void moveTo(ConnectionState next, String why) {
    state = next;
    if (connectDeadline != null) {
      connectDeadline.cancel(false);
    }
    callbacks.addAlways(listener -> listener.onStateChanged(next, why));
  }

  private void online() {
    moveTo(ConnectionState.ONLINE, "the server has sent the state of the show");
    long[] silent = {0}; // Only the timer's thread counts.
    threads.every(
        Math.max(1, settings.silenceTimeout.toNanos() / SILENT_PERIODS),
        () -> {
          silent[0] = heard ? 0 : silent[0] + 1;
          heard = false;
          if (silent[0] >= SILENT_PERIODS - 1) {
            connection.abort("nothing was heard of the server for " + settings.silenceTimeout);
          } else {
            ping();
          }
        });
    threads.runProgramCode(() -> connected.complete(this));
  }

  private void ping() {
    try {
      connection.sendPing();
    } catch (WebsocketNotConnectedException e) {
      LOG.log(Level.DEBUG, "A ping met the end of the connection.");
    }
  }

  /** What the connection tells, on its reading thread. */
  private final class Wire implements Connection.Owner {

    @Override
    public void heard() {
      heard = true;
    }

    @Override
    public void received(String text) {
      ClassicMessage message;
      try {
        message = ClassicMessage.parse(text);
      } catch (InvalidMessageException e) {
        LOG.log(Level.WARNING, "Skipped a message: {0} {1}", e.getMessage(), LogText.of(text));
        return;
      }
      List<ClassicConversation.Answer> answers;
      synchronized (lock) {
        if (state == ConnectionState.CLOSED) {
          return;
        }
        answers = conversation.received(message);
        if (state == ConnectionState.CONNECTING && conversation.started()) {
          online();
        }
      }
      answers.forEach(SeatLockClient.this::complete);
      callbacks.run();
    }

    @Override
    public void ended(String why, @Nullable Throwable cause) {
      ConnectionState before;
      List<ClassicConversation.Answer> answers;
      synchronized (lock) {
        before = state;
        answers = conversation.end(why);
        if (before == ConnectionState.CONNECTING) {
          moveTo(ConnectionState.CLOSED, why);
        } else if (before == ConnectionState.ONLINE) {
          moveTo(ConnectionState.LOST, why);
        }
      }
      answers.forEach(SeatLockClient.this::complete);
      callbacks.run();
      threads.runProgramCode(
          () ->
              connected.completeExceptionally(
                  new ConnectFailedException("Connecting failed: " + why + ".", cause)));
      threads.endTimer();
      if (before != ConnectionState.ONLINE) {
        threads.endWorkers();
      }
      terminated.complete(null);
    }
  }

  /**
   * How a client is to be. Everything has a default but the URI. Not thread-safe; one builder can
   * connect many clients.
   */
  public static final class Builder {

    private final URI uri;
    private @Nullable String authorizationString;
    private SeatListener listener = new SeatListener() {};
    private @Nullable Executor callbackExecutor;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration silenceTimeout = Duration.ofSeconds(30);
    private Duration closeTimeout = Duration.ofSeconds(2);

    private Builder(URI uri) {
      this.uri = Objects.requireNonNull(uri, "uri");
      String scheme = uri.getScheme();
      if (!"ws".equals(scheme) && !"wss".equals(scheme)) {
        throw new IllegalArgumentException("the scheme of " + uri + " is not ws or wss");
      }
      if (uri.getHost() == null) {
        throw new IllegalArgumentException(uri + " names no host");
      }
    }

    private Builder(Builder other) {
      uri = other.uri;
      authorizationString = other.authorizationString;
      listener = other.listener;
      callbackExecutor = other.callbackExecutor;
      connectTimeout = other.connectTimeout;
      requestTimeout = other.requestTimeout;
      silenceTimeout = other.silenceTimeout;
      closeTimeout = other.closeTimeout;
    }

    /** What allows reserve, pay and their opposites. It is sent with these calls, never logged. */
    public Builder authorizationString(String authorizationString) {
      this.authorizationString = Objects.requireNonNull(authorizationString, "authorizationString");
      return this;
    }

    /** Who is to hear the events, from the first one on. */
    public Builder listener(SeatListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Where the listener is called, such as the thread of a user interface; by default on a thread
     * of the client. It gets one task at a time, so the order holds on a pool, too. The program
     * ends it; tasks that it refuses are lost. It must not run tasks on the caller's thread: that
     * is the one that reads from the connection.
     */
    public Builder callbackExecutor(Executor callbackExecutor) {
      this.callbackExecutor = Objects.requireNonNull(callbackExecutor, "callbackExecutor");
      return this;
    }

    /**
     * How long connecting may take in all, from the host's name to the state of the show; 10
     * seconds by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = positive("connectTimeout", connectTimeout);
      return this;
    }

    /**
     * How long a call waits for its answer before it ends as {@link Outcome.Unknown}; 10 seconds by
     * default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder requestTimeout(Duration requestTimeout) {
      this.requestTimeout = positive("requestTimeout", requestTimeout);
      return this;
    }

    /**
     * How soon a server counts as lost of which nothing is heard, no answer to pings either; 30
     * seconds by default. Pings are sent four times in that time.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder silenceTimeout(Duration silenceTimeout) {
      this.silenceTimeout = positive("silenceTimeout", silenceTimeout);
      return this;
    }

    /**
     * How long closing waits for the server's part of it; 2 seconds by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closeTimeout(Duration closeTimeout) {
      this.closeTimeout = positive("closeTimeout", closeTimeout);
      return this;
    }

    /**
     * Connects a client. The future completes when it is online and knows the seats, and fails with
     * {@link ConnectFailedException}; then nothing is left to be closed. Cancelling it, or ending
     * it in another way such as {@code orTimeout}, gives up.
     */
    public CompletableFuture<SeatLockClient> connect() {
      return new SeatLockClient(new Builder(this)).start();
    }

    private static Duration positive(String name, Duration duration) {
      Objects.requireNonNull(duration, name);
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException(name + " is not positive: " + duration);
      }
      return duration;
    }
  }
}
