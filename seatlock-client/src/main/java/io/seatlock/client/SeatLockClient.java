package io.seatlock.client;

import io.seatlock.core.Command;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Request;
import io.seatlock.protocol.v2.Request.Action;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One holder of locks in one show, over connections to the server that it makes again by itself.
 * Safe for use by many threads.
 *
 * <pre>{@code
 * try (SeatLockClient client = SeatLockClient.builder(uri).connect().join()) {
 *   Outcome outcome = client.lock("A1", "A2").join();
 *   System.out.println(outcome + ", mine: " + client.seats().mine());
 * }
 * }</pre>
 *
 * <p><b>Calls</b> are sent in the order in which they are made and return a future. What the server
 * decides is an {@link Outcome}, refusals included. A call happens at most once, and its future
 * completes when its outcome is known, however many connections that takes: give it {@code
 * orTimeout} to wait no longer than you like. After a lost connection the calls without an answer
 * are sent again in the same order; one for which the server then has no room follows half a second
 * later, behind others. If the answer will not come, because the session has ended for example, the
 * outcome is {@link Outcome.Unknown}. The future fails with {@link NotSentException} if the call
 * was not sent; nothing happened then. Ill-formed arguments are thrown back as {@link
 * IllegalArgumentException} by the call itself. Cancelling a future takes the call back only if it
 * was not sent yet.
 *
 * <p><b>Connections.</b> When the connection is lost the client is {@link
 * ConnectionState#SUSPENDED}. The server keeps the session and its locks for a while (its grace, 30
 * seconds by default). A client that is back in time continues as if nothing had happened: it
 * repeats calls without an answer and receives the events of the meantime. Otherwise it is {@link
 * ConnectionState#LOST}, then online with a new session and without locks. Calls that were not sent
 * before are sent in the new session then, so sell what a client has locked only {@link Sale#heldBy
 * on condition} that it still holds it. If somebody else takes over the session, which takes its
 * secret token, the client is closed.
 *
 * <p><b>Threads.</b> Futures complete on threads of the client, each on its own if need be: what a
 * program chains to one may block, also to wait for another call. (What is chained to a future that
 * is complete already runs at once, on the thread that chains it. And {@code state()}, which JDK 19
 * has added, may say for a moment still that a future is running which is done.) The listener is
 * called one event after the other, apart from that. Between a future and an event there is no
 * order, but both find the mirror, {@link #seats}, up to date.
 */
public final class SeatLockClient implements AutoCloseable {

  /** What servers take as one message, unless they are configured otherwise. */
  private static final int MAX_MESSAGE_BYTES = 16 * 1024;

  /** Longer than any call's id is, as text. */
  private static final int ID_BYTES = 20;

  /** How much longer than its deadlines closing may take: the threads have to notice them. */
  private static final long CLOSE_SLACK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = Logger.getLogger("io.seatlock.client");

  private final Builder settings;
  private final Reconnector reconnector;

  private SeatLockClient(Builder settings) {
    this.settings = settings;
    this.reconnector = new Reconnector(settings);
  }

  /**
   * A client to be, for the show that the URI's path names: {@code ws://host:port/show}, or {@code
   * wss} for TLS.
   *
   * @param more further addresses of the same show, tried in turn when one does not answer
   * @throws IllegalArgumentException if a scheme is not {@code ws} or {@code wss}, there is no
   *     host, or the paths differ
   */
  public static Builder builder(URI uri, URI... more) {
    return new Builder(uri, more);
  }

  // --- calls

  /** Locks the seats for this client, all or none. Those that it has locked already stay so. */
  public CompletableFuture<Outcome> lock(String... seats) {
    return call(Action.LOCK, new Command.Lock("", List.of(seats)).seats());
  }

  /** Ends this client's locks of the seats, all or none. */
  public CompletableFuture<Outcome> unlock(String... seats) {
    return call(Action.UNLOCK, new Command.Unlock("", List.of(seats)).seats());
  }

  /** Ends all locks of this client. */
  public CompletableFuture<Outcome> unlockAll() {
    return call(Action.UNLOCK_ALL, List.of());
  }

  /** Restarts the time limit of this client's locks. */
  public CompletableFuture<Outcome> extend() {
    return call(Action.EXTEND, List.of());
  }

  /**
   * Reserves the seats, no matter who has them locked by then: to sell what a client has locked,
   * name it by {@link Sale#heldBy}. Needs a key.
   */
  public CompletableFuture<Outcome> reserve(String... seats) {
    return reserve(Sale.ofSeats(seats));
  }

  /** Reserves seats as the sale says. Needs a key. */
  public CompletableFuture<Outcome> reserve(Sale sale) {
    return call(Action.RESERVE, Command.Sale.Action.RESERVE, sale);
  }

  /** Makes the reserved seats available. Needs a key. */
  public CompletableFuture<Outcome> unreserve(String... seats) {
    return unreserve(Sale.ofSeats(seats));
  }

  /** Makes reserved seats available as the sale says. Needs a key. */
  public CompletableFuture<Outcome> unreserve(Sale sale) {
    return call(Action.UNRESERVE, Command.Sale.Action.UNRESERVE, sale);
  }

  /**
   * Marks the seats paid, no matter who has them locked or reserved by then: to sell what a client
   * has locked, name it by {@link Sale#heldBy}. Needs a key.
   */
  public CompletableFuture<Outcome> pay(String... seats) {
    return pay(Sale.ofSeats(seats));
  }

  /** Marks seats paid as the sale says. Needs a key. */
  public CompletableFuture<Outcome> pay(Sale sale) {
    return call(Action.PAY, Command.Sale.Action.PAY, sale);
  }

  /** Makes the paid seats available. Needs a key. */
  public CompletableFuture<Outcome> unpay(String... seats) {
    return unpay(Sale.ofSeats(seats));
  }

  /** Makes paid seats available as the sale says. Needs a key. */
  public CompletableFuture<Outcome> unpay(Sale sale) {
    return call(Action.UNPAY, Command.Sale.Action.UNPAY, sale);
  }

  /** Makes the seats available, be they reserved or paid. Needs a key. */
  public CompletableFuture<Outcome> revoke(String... seats) {
    return revoke(Sale.ofSeats(seats));
  }

  /** Makes seats available as the sale says, be they reserved or paid. Needs a key. */
  public CompletableFuture<Outcome> revoke(Sale sale) {
    return call(Action.REVOKE, Command.Sale.Action.REVOKE, sale);
  }

  /** Withdraws the available seats from sale. Needs a key. */
  public CompletableFuture<Outcome> block(String... seats) {
    return block(Sale.ofSeats(seats));
  }

  /** Withdraws available seats from sale as the sale says. Needs a key. */
  public CompletableFuture<Outcome> block(Sale sale) {
    return call(Action.BLOCK, Command.Sale.Action.BLOCK, sale);
  }

  /** Puts the blocked seats on sale again. Needs a key. */
  public CompletableFuture<Outcome> unblock(String... seats) {
    return unblock(Sale.ofSeats(seats));
  }

  /** Puts blocked seats on sale again as the sale says. Needs a key. */
  public CompletableFuture<Outcome> unblock(Sale sale) {
    return call(Action.UNBLOCK, Command.Sale.Action.UNBLOCK, sale);
  }

  // --- what is

  /**
   * The seats as they are by all that the server has told so far. While the client is suspended
   * they stay as they were last; after the end, too, but none is this client's any more.
   */
  public Seats seats() {
    return reconnector.seats();
  }

  /** What the connection is now. */
  public ConnectionState state() {
    return reconnector.state();
  }

  /**
   * The public name of this client's session, for {@link Sale#heldBy} in the program that sells the
   * seats it has locked. A client that was {@link ConnectionState#LOST} has another one.
   */
  public String holder() {
    return reconnector.holder();
  }

  /**
   * The events from now on, as the listener gets them; a subscriber that is 10,000 events behind
   * misses what comes next and receives {@link SeatEvent.Missed}. It completes after the client is
   * closed. Subscribers are called as the listener is, on the same executor.
   */
  public Flow.Publisher<SeatEvent> events() {
    return reconnector.events();
  }

  // --- the end

  /**
   * Ends the session: the server releases its locks at once. A client that is suspended cannot say
   * so; then the server releases them after its grace. Calls that are under way still get their
   * answers; those without one at the end are {@link Outcome.Unknown}. What the listener has not
   * heard yet it still hears; the state {@code CLOSED} comes last. Closing again does nothing.
   *
   * <p>Waits for the end of the connection, at most about twice the close timeout; not for the
   * listener: it may be called from anywhere, by the listener, too.
   */
  @Override
  public void close() {
    CompletableFuture<Void> end = closeAsync();
    if (reconnector.isOnReadingThread()) {
      return;
    }
    try {
      end.get(2 * settings.closeTimeout.toNanos() + CLOSE_SLACK_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      LOG.log(Level.FINE, "The connection is still being closed.");
    }
  }

  /** The same as {@link #close} without waiting. The future completes with the connection's end. */
  public CompletableFuture<Void> closeAsync() {
    return reconnector.close().copy();
  }

  // --- inside

  private CompletableFuture<SeatLockClient> start() {
    CompletableFuture<SeatLockClient> result = reconnector.start().thenApply(nothing -> this);
    var unused =
        result.whenComplete(
            (client, failure) -> {
              if (failure != null) { // Perhaps the program's: it cancelled, or has its own timeout.
                reconnector.beginToClose();
              }
            });
    return result;
  }

  private CompletableFuture<Outcome> call(Action action, List<String> seats) {
    return send(id -> Request.of(id, action, seats));
  }

  private CompletableFuture<Outcome> call(Action action, Command.Sale.Action kind, Sale sale) {
    // The rules for what a sale can say are the core's.
    var unused =
        new Command.Sale(
            kind, sale.seats(), null, sale.holder(), sale.due(), sale.ref(), sale.reason());
    return send(
        id ->
            new Request(
                id,
                action,
                sale.seats(),
                sale.holder(),
                sale.due(),
                sale.ref(),
                sale.reason(),
                null,
                null,
                null));
  }

  private CompletableFuture<Outcome> send(Function<RequestId, Request> request) {
    Request sample = request.apply(RequestId.of(0));
    if (sample.seats().size() > Request.MAX_SEATS) {
      throw new IllegalArgumentException(
          sample.seats().size() + " seats; one call can name " + Request.MAX_SEATS);
    }
    int bytes = sample.toJson().getBytes(StandardCharsets.UTF_8).length + ID_BYTES;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException("the names of the seats are too long for one call");
    }
    return reconnector.call(request);
  }

  /**
   * How a client is to be. Everything has a default but the address. Not thread-safe; one builder
   * can connect many clients.
   */
  public static final class Builder {

    final List<URI> uris;
    @Nullable String key;
    @Nullable SSLContext sslContext;
    @Nullable SeatListener listener;
    @Nullable Executor callbackExecutor;
    Duration connectTimeout = Duration.ofSeconds(10);
    Duration silenceTimeout = Duration.ofSeconds(15);
    Duration closeTimeout = Duration.ofSeconds(2);
    Duration firstRetry = Duration.ofSeconds(1);
    Duration longestRetry = Duration.ofSeconds(10);
    boolean waitWhileSuspended = true;
    @Nullable Timers timers;
    Random random = new SecureRandom();

    private Builder(URI uri, URI... more) {
      List<URI> all = new ArrayList<>();
      all.add(checked(uri));
      for (URI other : more) {
        if (!Objects.equals(checked(other).getRawPath(), uri.getRawPath())) {
          throw new IllegalArgumentException(other + " is another show than " + uri);
        }
        all.add(other);
      }
      uris = List.copyOf(all);
    }

    private Builder(Builder other) {
      uris = other.uris;
      key = other.key;
      sslContext = other.sslContext;
      listener = other.listener;
      callbackExecutor = other.callbackExecutor;
      connectTimeout = other.connectTimeout;
      silenceTimeout = other.silenceTimeout;
      closeTimeout = other.closeTimeout;
      firstRetry = other.firstRetry;
      longestRetry = other.longestRetry;
      waitWhileSuspended = other.waitWhileSuspended;
      timers = other.timers;
      random = other.random;
    }

    private static URI checked(URI uri) {
      String scheme = Objects.requireNonNull(uri, "uri").getScheme();
      if (!"ws".equals(scheme) && !"wss".equals(scheme)) {
        throw new IllegalArgumentException("the scheme of " + uri + " is not ws or wss");
      }
      if (uri.getHost() == null) {
        throw new IllegalArgumentException(uri + " names no host");
      }
      return uri;
    }

    /** The access key that allows reserve, pay and their opposites. It is never logged. */
    public Builder key(String key) {
      this.key = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * What {@code wss} is spoken with: whom the client trusts, and with which certificate it shows
     * itself if the server asks. By default the one of the Java runtime, which trusts the public
     * authorities. Either way the certificate must be for the host that the address names.
     */
    public Builder sslContext(SSLContext sslContext) {
      this.sslContext = Objects.requireNonNull(sslContext, "sslContext");
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
     * ends it. If it refuses a task, the events wait, and the next event or sign of life of the
     * server has it asked again; what it has not taken in the end is lost. It must not run tasks on
     * the caller's thread: that is the one that reads from the connection.
     */
    public Builder callbackExecutor(Executor callbackExecutor) {
      this.callbackExecutor = Objects.requireNonNull(callbackExecutor, "callbackExecutor");
      return this;
    }

    /**
     * How long one attempt to connect to one address may take, from the host's name to the state of
     * the show; 10 seconds by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = positive("connectTimeout", connectTimeout);
      return this;
    }

    /**
     * How soon a connection counts as lost whose server does not answer; 15 seconds by default,
     * which should be well below the server's grace. It is asked twice in that time.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder silenceTimeout(Duration silenceTimeout) {
      this.silenceTimeout = positive("silenceTimeout", silenceTimeout);
      return this;
    }

    /**
     * How long closing waits for the server's goodbye, and then once more for its closing of the
     * connection; 2 seconds by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closeTimeout(Duration closeTimeout) {
      this.closeTimeout = positive("closeTimeout", closeTimeout);
      return this;
    }

    /**
     * How long to wait before an attempt to connect again: a random time of at most {@code first},
     * then of at most twice as long with each further attempt, and of at most {@code longest}; 1
     * and 10 seconds by default. What a server wishes that goes away comes first.
     *
     * @throws IllegalArgumentException if one is not positive, or the first is longer
     */
    public Builder retry(Duration first, Duration longest) {
      if (positive("first", first).compareTo(positive("longest", longest)) > 0) {
        throw new IllegalArgumentException(first + " is longer than " + longest);
      }
      this.firstRetry = first;
      this.longestRetry = longest;
      return this;
    }

    /**
     * Calls made while the client is not online fail at once with {@link NotSentException}; by
     * default they wait until it is, with another session if it was lost meanwhile. Calls that were
     * sent before wait for their answers either way.
     */
    public Builder failWhileSuspended() {
      this.waitWhileSuspended = false;
      return this;
    }

    /** Tests move the time by hand. */
    Builder timers(Timers timers) {
      this.timers = timers;
      return this;
    }

    /** Tests know the chances. */
    Builder random(Random random) {
      this.random = random;
      return this;
    }

    /**
     * Connects a client, trying each address once. The future completes when it is online and knows
     * the seats, and fails with {@link ConnectFailedException}; then nothing is left to be closed.
     * Cancelling it, or ending it in another way such as {@code orTimeout}, gives up.
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
