package io.seatlock.client;

import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Message;
import io.seatlock.protocol.v2.Message.Failed;
import io.seatlock.protocol.v2.Request;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.java_websocket.framing.CloseFrame;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one conversation on the line: makes a connection, notices its end, makes the next one, and
 * passes on what comes of it. Safe for use by many threads.
 */
final class Reconnector {
  /*
   * One lock guards everything that changes. Under it nothing blocks and no code of the program
   * runs: events are added to `events`, completions to `completions`, and both are started after,
   * by `release`. The library's own lock may be held when this one is taken, never the other way
   * round. Messages are added to the connection under the lock, and written after it, too: by the
   * thread that makes a call, if so few wait for their answers that it cannot have to wait itself,
   * else by a worker. The reading thread never writes, since a server that does not read before
   * somebody reads what it sends would block both.
   *
   * Only what concerns the connection of now counts. One that is given up is forgotten at once, not
   * when its thread has noticed, since a name server can keep it waiting for long.
   */

  /** How many calls may wait; a server that never answers costs no more memory. */
  static final int MAX_OPEN_CALLS = 1024;

  private static final int TAKEN_OVER = 4001;

  /** Hellos that have not arrived after this time do not arrive any more. */
  private static final long STRAY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final int MAX_STRAY_HELLOS = 3;

  private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final Logger LOG = Logger.getLogger("io.seatlock.client");

  private final SeatLockClient.Builder settings;
  private final Threads threads;
  private final Timers timers;
  private final Events events;
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();

  private final Object lock = new Object();
  private final Mirror mirror;
  private final Conversation conversation;
  private final Backoff backoff;
  private final List<Runnable> completions = new ArrayList<>();
  private volatile ConnectionState state = ConnectionState.CONNECTING;
  private @Nullable Connection connection;
  private @Nullable Future<?> deadline;
  private int address;
  private int openConnections;
  private long onlineSince;
  private boolean closing;

  /** The connection that messages were added to and not written. */
  private @Nullable Connection unwritten;

  /** How many hellos for the session are on the way on connections that were given up. */
  private int strayHellos;

  Reconnector(SeatLockClient.Builder settings) {
    this.settings = settings;
    this.threads = new Threads();
    this.timers = settings.timers == null ? threads : settings.timers;
    this.events =
        new Events(
            settings.listener,
            settings.callbackExecutor == null
                ? threads::runProgramCode
                : settings.callbackExecutor);
    this.mirror = new Mirror(timers::nanoTime);
    this.conversation = new Conversation(mirror, settings.key, new Wishes());
    this.backoff = new Backoff(settings.firstRetry, settings.longestRetry, settings.random);
  }

  // --- what is

  Events events() {
    return events;
  }

  Seats seats() {
    synchronized (lock) {
      return mirror.seats();
    }
  }

  ConnectionState state() {
    return state;
  }

  String holder() {
    return conversation.holder();
  }

  boolean isOnReadingThread() {
    Connection current;
    synchronized (lock) {
      current = connection;
    }
    return current != null && current.isOnReadingThread();
  }

  // --- what the program wants

  /** Begins; the future completes when the client is online for the first time. */
  CompletableFuture<Void> start() {
    synchronized (lock) {
      attempt();
    }
    release();
    return connected;
  }

  CompletableFuture<Outcome> call(Function<RequestId, Request> request) {
    CompletableFuture<Outcome> future;
    synchronized (lock) {
      if (closing || state == ConnectionState.CLOSED) {
        return notSent("the client is closed");
      }
      if (state != ConnectionState.ONLINE && !settings.waitWhileSuspended) {
        return notSent("the client is " + state);
      }
      if (!conversation.hasRoom(MAX_OPEN_CALLS)) {
        return notSent(MAX_OPEN_CALLS + " calls wait for their answers");
      }
      future = conversation.openCall(request).future;
    }
    release(true);
    return future;
  }

  private static CompletableFuture<Outcome> notSent(String why) {
    return CompletableFuture.failedFuture(notSentException(why));
  }

  private static NotSentException notSentException(String why) {
    return new NotSentException("Not sent: " + why + ".");
  }

  /** Says goodbye if there is a connection, and ends. The future completes with the last thread. */
  CompletableFuture<Void> close() {
    beginToClose();
    return terminated;
  }

  void beginToClose() {
    synchronized (lock) {
      if (!closing && state != ConnectionState.CLOSED) {
        closing = true;
        failUnsent();
        if (connection != null && conversation.bye()) {
          setDeadline(settings.closeTimeout.toNanos(), "the server did not say goodbye in time");
        } else {
          forgetAttempt();
          finish("closed by the program");
        }
      }
    }
    release();
  }

  // --- connections. All of it needs the lock.

  private void attempt() {
    if (closing || state == ConnectionState.CLOSED) {
      return;
    }
    URI uri = settings.uris.get(address);
    Connection next =
        new Connection(uri, settings.sslContext, threads.name("connection"), new Wire());
    connection = next;
    setDeadline(
        settings.connectTimeout.toNanos(),
        "there was no connection with the state of the show within " + settings.connectTimeout);
    try {
      next.connect();
      openConnections++;
    } catch (Throwable e) { // No more threads, perhaps.
      LOG.log(Level.WARNING, "An attempt to connect failed.", e);
      connectionEnded(-1, "connecting failed: " + e, e);
    }
  }

  /** Gives up the connection of now, on which nothing was said yet: nor will it be. */
  private void forgetAttempt() {
    Connection attempt = connection;
    connection = null;
    if (attempt != null) {
      completions.add(() -> attempt.abort("closed by the program"));
    }
  }

  /** Ends the connection of now at this time, unless something else happens before. */
  private void setDeadline(long nanos, String why) {
    cancelDeadline();
    Connection current = Objects.requireNonNull(connection);
    deadline = timers.after(nanos, () -> giveUp(current, why));
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /** Takes the lock itself. */
  private void giveUp(Connection given, String why) {
    synchronized (lock) {
      if (given == connection) {
        connectionEnded(-1, why, null);
      }
    }
    given.abort(why);
    release();
  }

  /** The connection of now is no more. */
  private void connectionEnded(int code, String why, @Nullable Throwable cause) {
    connection = null;
    cancelDeadline();
    if (code < 0 && conversation.isGreetingAgain()) {
      strayHellos = Math.min(strayHellos + 1, MAX_STRAY_HELLOS);
    }
    conversation.disconnected();
    if (closing) {
      finish("closed by the program");
    } else if (state == ConnectionState.CONNECTING) {
      firstAttemptFailed(why, cause);
    } else if (code == TAKEN_OVER && !isByStrayHello()) {
      finish("another connection has taken the session over");
    } else {
      suspend(code, why);
    }
  }

  /**
   * Whether it was probably this client itself that took its session over: by a hello that it sent
   * on a connection which it then gave up, and which came late. Each such hello is believed once.
   */
  private boolean isByStrayHello() {
    if (strayHellos == 0 || timers.nanoTime() - onlineSince > STRAY_NANOS) {
      return false;
    }
    strayHellos--;
    return true;
  }

  private void firstAttemptFailed(String why, @Nullable Throwable cause) {
    address++;
    if (address < settings.uris.size()) {
      attempt();
    } else {
      finish(why);
      complete(
          () ->
              connected.completeExceptionally(
                  new ConnectFailedException("Connecting failed: " + why + ".", cause)));
    }
  }

  private void suspend(int code, String why) {
    if (code == CloseFrame.TOOBIG) {
      conversation.tooLarge(why);
    }
    if (state == ConnectionState.ONLINE
        && timers.nanoTime() - onlineSince > settings.longestRetry.toNanos()) {
      backoff.reset();
    }
    if (state != ConnectionState.ONLINE || code == CloseFrame.SERVICE_RESTART) {
      address = (address + 1) % settings.uris.size();
    }
    if (state != ConnectionState.SUSPENDED) {
      moveTo(ConnectionState.SUSPENDED, why);
    } else {
      LOG.log(Level.FINE, "An attempt to connect failed: {0}", why);
    }
    var unused =
        timers.after(
            backoff.next(),
            () -> {
              synchronized (lock) {
                attempt();
              }
              release();
            });
  }

  /** The end. */
  private void finish(String why) {
    if (state == ConnectionState.CLOSED) {
      return;
    }
    failUnsent();
    conversation.dropSent(why);
    mirror.dropMine();
    moveTo(ConnectionState.CLOSED, why);
    events.endEvents();
    cancelDeadline();
    Connection last = connection;
    if (last != null) {
      // It said goodbye, so it closes the connection.
      setDeadline(settings.closeTimeout.toNanos(), "the server did not close the connection");
    } else {
      completions.add(this::endThreads);
    }
  }

  private void failUnsent() {
    for (Call call : conversation.takeUnsent()) {
      completions.add(() -> call.future.settleFailure(notSentException("the client is closed")));
      complete(call.future::runDependents);
    }
  }

  /** The one way from state to state. */
  private void moveTo(ConnectionState next, String why) {
    state = next;
    events.addEvent(new SeatEvent.StateChanged(next, why));
  }

  private void complete(Runnable completion) {
    completions.add(() -> threads.runProgramCode(completion));
  }

  // --- liveness

  /** Asks the server for a sign of life in time, again and again. */
  private void watch(Connection watched) {
    var unused =
        timers.after(
            settings.silenceTimeout.toNanos() / 2,
            () -> {
              boolean alive;
              synchronized (lock) {
                if (watched != connection || closing) {
                  return;
                }
                alive = conversation.ping();
              }
              release();
              if (alive) {
                watch(watched);
              } else {
                giveUp(watched, "the server did not answer within " + settings.silenceTimeout);
              }
            });
  }

  // --- without the lock

  /** Starts what was to be started without the lock. */
  private void release() {
    release(false);
  }

  /**
   * The same.
   *
   * @param mayWrite whether this thread is the program's
   */
  private void release(boolean mayWrite) {
    List<Runnable> ready;
    Connection written;
    boolean here;
    synchronized (lock) {
      ready = List.copyOf(completions);
      completions.clear();
      written = unwritten;
      unwritten = null;
      here = mayWrite && conversation.isNearlyIdle();
    }
    if (written != null && here) {
      written.writeMessages();
    } else if (written != null) {
      threads.runProgramCode(written::writeMessages);
    }
    events.run();
    ready.forEach(Runnable::run);
  }

  private void endThreads() {
    boolean last;
    synchronized (lock) {
      last = openConnections == 0 && state == ConnectionState.CLOSED;
    }
    timers.endTimers();
    threads.endTimers();
    events.run();
    threads.endWorkers();
    if (last) {
      terminated.complete(null);
    }
  }

  /** What a connection tells, on its reading thread. */
  private final class Wire implements Connection.Owner {

    @Override
    public void connectionOpened(Connection from) {
      synchronized (lock) {
        if (from == connection) {
          conversation.hello();
        }
      }
      release();
    }

    @Override
    public void messageReceived(Connection from, String text) {
      Message message;
      try {
        message = Message.parse(text);
      } catch (InvalidMessageException e) {
        // The text is not logged: it may have the session's token in it.
        LOG.log(Level.WARNING, "Skipped a message of the server: {0}", e.getMessage());
        synchronized (lock) {
          if (from == connection) {
            e.requestId()
                .ifPresent(id -> conversation.notUnderstood(id, String.valueOf(e.getMessage())));
          }
        }
        release();
        return;
      }
      synchronized (lock) {
        if (from == connection && state != ConnectionState.CLOSED) {
          conversation.received(message);
        }
      }
      release();
    }

    @Override
    public void connectionEnded(Connection from, int code, String why, @Nullable Throwable cause) {
      synchronized (lock) {
        openConnections--;
        if (from == connection) {
          if (state == ConnectionState.CLOSED) {
            connection = null;
          } else {
            Reconnector.this.connectionEnded(code, why, cause);
          }
        }
        if (state == ConnectionState.CLOSED && connection == null) {
          completions.add(Reconnector.this::endThreads);
        }
      }
      release();
    }
  }

  /** What the conversation wants, with the lock held. */
  private final class Wishes implements Conversation.Owner {

    @Override
    public void send(String text) {
      Objects.requireNonNull(connection).addMessage(text);
      unwritten = connection;
    }

    @Override
    public void answered(Call call, Outcome outcome) {
      completions.add(() -> call.future.settle(outcome));
      complete(call.future::runDependents);
    }

    @Override
    public void happened(SeatEvent event) {
      events.addEvent(event);
    }

    @Override
    public void online() {
      cancelDeadline();
      onlineSince = timers.nanoTime();
      boolean first = state == ConnectionState.CONNECTING;
      moveTo(ConnectionState.ONLINE, "the server has sent the state of the show");
      if (first) {
        complete(() -> connected.complete(null));
      }
      watch(Objects.requireNonNull(connection));
    }

    @Override
    public void lost() {
      if (state != ConnectionState.CONNECTING) { // Else nobody has had anything of that session.
        moveTo(ConnectionState.LOST, "the server does not know the session any more");
      }
    }

    @Override
    public void rejected(Failed error) {
      abortSoon("the server refused the client: " + error.code() + ": " + error.message());
    }

    @Override
    public void goingAway(long retryAfterMillis) {
      backoff.wish(retryAfterMillis);
    }

    @Override
    public void sessionGone() {
      abortSoon("the server does not know the session any more");
    }

    @Override
    public void busy(Call call) {
      Connection current = connection;
      var unused =
          timers.after(
              BUSY_NANOS,
              () -> {
                synchronized (lock) {
                  if (current == connection) {
                    conversation.sendAgain(call);
                  }
                }
                release();
              });
    }

    @Override
    public void goodbye() {
      if (closing) {
        finish("closed by the program");
      } else {
        abortSoon("the server said goodbye");
      }
    }

    private void abortSoon(String why) {
      Connection current = Objects.requireNonNull(connection);
      completions.add(() -> giveUp(current, LogText.oneLine(why)));
    }
  }
}
