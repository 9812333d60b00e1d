package io.seatlock.server.v2;

import io.seatlock.core.Command;
import io.seatlock.core.Event;
import io.seatlock.core.Result;
import io.seatlock.core.Show;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Actions;
import io.seatlock.protocol.v2.Encoder;
import io.seatlock.protocol.v2.Encoder.ErrorCode;
import io.seatlock.protocol.v2.Request;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.broadcast.Subscriber;
import io.seatlock.server.client.ClientPolicy;
import io.seatlock.server.client.ClientRights;
import io.seatlock.server.client.FaultLimit;
import io.seatlock.server.client.Requests;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.java_websocket.framing.CloseFrame;
import org.jspecify.annotations.Nullable;

/** Serves a client of the v2 dialect, whose session outlives its connection. */
public final class V2Conversation implements Conversation {

  /** The WebSocket subprotocol that selects this dialect. */
  public static final String PROTOCOL = "seatlock.v2";

  private static final long RETRY_WITHIN_MILLIS = 10_000;

  private final Connection connection;
  private final Feeds feeds;
  private final ClientRights rights;
  private final Show show;
  private final ClientPolicy policy;
  private final String connectionId;
  private final Requests requests;
  private final RequestsInFlight inFlight = new RequestsInFlight();
  private final FaultLimit faults;

  private Phase phase = Phase.NEW;
  private @Nullable Subscriber subscriber;

  /** The session's public holder id; null before the session is open. */
  private volatile @Nullable String holder;

  private volatile boolean closed;

  private enum Phase {
    /** No hello has come yet, or none that was valid. */
    NEW,
    /** The hello is not answered yet. */
    GREETING,
    /** The hello was answered with busy, and so is every message until the next hello. */
    TURNED_AWAY,
    /** The session is open. */
    OPEN
  }

  public V2Conversation(
      Connection connection, Feeds feeds, ClientRights rights, ClientPolicy policy) {
    this.connection = connection;
    this.feeds = feeds;
    this.rights = rights;
    this.show = rights.show();
    this.connectionId = rights.newConnection();
    this.policy = policy;
    this.requests = new Requests(connection, rights);
    this.faults = new FaultLimit(connection, policy);
  }

  /** Answers come in the order of the requests, except where the protocol says otherwise. */
  @Override
  public boolean isReady() {
    Subscriber joined = subscriber;
    return phase != Phase.GREETING
        && (joined == null || !joined.awaitsState())
        && requests.hasRoom();
  }

  @Override
  public boolean hasBegun() {
    return phase != Phase.NEW;
  }

  @Override
  public void onText(String text) {
    Request request;
    try {
      request = Request.parse(text);
    } catch (InvalidMessageException e) {
      invalid(e.requestId().orElse(null), e);
      return;
    }
    try {
      if (phase == Phase.OPEN) {
        handle(Objects.requireNonNull(subscriber), request);
        faults.reset();
      } else {
        greet(request);
      }
    } catch (InvalidMessageException e) {
      invalid(request.id(), e);
    }
  }

  @Override
  public void onBinary() {
    invalid(null, new InvalidMessageException("Binary messages are not understood."));
  }

  @Override
  public void onGoingAway() {
    send(Encoder.goingAway(ThreadLocalRandom.current().nextLong(retryWithinMillis())));
    connection.close(CloseFrame.SERVICE_RESTART, "the server ends");
  }

  /** Short enough for all clients to come back well before their sessions end. */
  private long retryWithinMillis() {
    long half = show.settings().grace().toMillis() / 2;
    return Math.max(1, Math.min(RETRY_WITHIN_MILLIS, half));
  }

  @Override
  public boolean canStartAnew() {
    return phase == Phase.OPEN;
  }

  @Override
  public void startAnew() {
    Objects.requireNonNull(subscriber).startAnew();
  }

  @Override
  public void onClosed() {
    closed = true;
    if (subscriber != null) {
      feeds.unsubscribe(subscriber);
    }
    detachIfClosed();
    rights.leave();
  }

  /**
   * Called at the end of the connection and at the start of the session: the later one detaches.
   */
  private void detachIfClosed() {
    String known = holder;
    if (closed && known != null) {
      show.applyEventually(new Command.DetachSession(known, connectionId));
    }
  }

  // --- hello

  private void greet(Request request) throws InvalidMessageException {
    if (request.action() != Request.Action.HELLO) {
      if (phase == Phase.TURNED_AWAY) {
        send(Encoder.error(request.id(), ErrorCode.BUSY, "Say hello again in a moment."));
        return;
      }
      throw new InvalidMessageException("The first message must be hello.");
    }
    if (request.key() != null || policy.access().required()) {
      AccessKeys.Grant grant = policy.access().find(request.key()).orElse(null);
      if (grant == null) {
        String sentence =
            request.key() == null ? "A key is needed here." : "This key opens nothing.";
        fault(Encoder.error(request.id(), ErrorCode.UNAUTHORIZED, sentence));
        return;
      }
      rights.identify(grant);
    }
    SessionToken known =
        request.session() == null ? null : SessionToken.parse(request.session()).orElse(null);
    phase = Phase.GREETING;
    Subscriber joined = subscriber == null ? feeds.subscribe(show, connection) : subscriber;
    subscriber = joined;
    if (known == null) {
      openSession(joined, request.id());
    } else {
      resume(joined, request, known);
    }
  }

  /** Called by the event loop, or in the show's order. */
  private void openSession(Subscriber joined, RequestId id) {
    SessionToken token = SessionToken.random();
    joined.becomeHolder(token.holder());
    show.apply(
        new Command.OpenSession(token.holder(), token.credential(), connectionId),
        result -> {
          if (result instanceof Result.Granted granted) {
            joined.startWithState(List.of(welcome(id, token, granted, false)));
            greeted(token.holder());
          } else {
            notGreeted(id, result);
          }
        });
  }

  /**
   * Subscribes the client before its token is checked, so that it misses no event; it receives none
   * until then. If two connections resume one session at once, the one that the session ends up on
   * stays; the other learns of that in the show's order, too.
   */
  private void resume(Subscriber joined, Request request, SessionToken token) {
    show.apply(
        new Command.ResumeSession(token.holder(), token.credential(), connectionId),
        result -> {
          if (result instanceof Result.Granted granted) {
            joined.becomeHolder(token.holder());
            rights.countResumed(granted.seats());
            List<byte[]> greeting = List.of(welcome(request.id(), token, granted, true));
            if (request.since() == null) {
              joined.startWithState(greeting);
            } else {
              joined.startAfter(greeting, request.since(), granted.seq());
            }
            greeted(token.holder());
          } else if (result instanceof Result.Refused) {
            openSession(joined, request.id());
          } else {
            notGreeted(request.id(), result);
          }
        });
  }

  private void greeted(String opened) {
    holder = opened;
    detachIfClosed();
    connection.doSoon(() -> endGreeting(Phase.OPEN));
  }

  private void notGreeted(RequestId id, Result result) {
    if (result instanceof Result.NotAccepted) {
      connection.doSoon(
          () -> {
            connection.sendNow(Actions.notAccepted(id));
            endGreeting(Phase.TURNED_AWAY);
          });
    }
  }

  private void endGreeting(Phase next) {
    phase = next;
    faults.reset();
    connection.requestFlush();
  }

  private byte[] welcome(
      RequestId id, SessionToken token, Result.Granted granted, boolean resumed) {
    return Encoder.welcome(
        id,
        token.text(),
        token.holder(),
        show.name(),
        granted.seq(),
        resumed,
        granted.seats(),
        granted.expiresInMillis(),
        show.settings(),
        rights.role().word());
  }

  // --- requests

  private void handle(Subscriber joined, Request request) throws InvalidMessageException {
    RequestId id = request.id();
    switch (request.action().purpose()) {
      case GREETING -> throw new InvalidMessageException("There was a hello already.");
      case PING -> joined.answer(Encoder.plain("pong", id));
      case STATE -> joined.answerWithState(id.json());
      case LEAVING -> leave(joined, id);
      case COMMAND -> act(joined, request);
    }
  }

  private void leave(Subscriber joined, RequestId id) {
    requests.apply(
        new Command.CloseSession(myself(), connectionId),
        (result, events) -> {
          if (result instanceof Result.Granted || result instanceof Result.Refused) {
            joined.answer(Encoder.plain("goodbye", id));
            connection.closeSoon(CloseFrame.NORMAL, "goodbye");
          } else if (result instanceof Result.NotAccepted) {
            joined.answer(Actions.notAccepted(id));
          }
        });
  }

  /** The holder id of the session, which must be open. */
  private String myself() {
    return Objects.requireNonNull(holder);
  }

  private void act(Subscriber joined, Request request) throws InvalidMessageException {
    if (request.seats().size() > Request.MAX_SEATS) {
      send(
          Encoder.error(
              request.id(),
              ErrorCode.TOO_LARGE,
              "An action may name at most " + Request.MAX_SEATS + " seats."));
      return;
    }
    String me = myself();
    Command action = Actions.toCommand(me, request);
    Command.Once once = new Command.Once(me, request.id().json(), action, connectionId);
    if (inFlight.countIfInFlight(once)) {
      requests.countRepeated();
      return;
    }
    // What was answered is answered again, whatever may be said against it by now.
    Optional<Result> known = show.remembered(once);
    if (known.isPresent()) {
      answer(joined, request, known.get(), List.of());
    } else if (!rights.may(request.action().role())) {
      send(
          Encoder.error(
              request.id(),
              ErrorCode.FORBIDDEN,
              "The role " + rights.role().word() + " may not do that."));
    } else if (joined.isBusy()) {
      send(Encoder.error(request.id(), ErrorCode.BUSY, "Try again in a moment."));
    } else if (action instanceof Command.Lock lock) {
      requests.lock(
          lock,
          newLocks -> apply(joined, request, once, newLocks),
          refusal -> refuseLock(joined, request, once, refusal));
    } else {
      apply(joined, request, once, 0);
    }
  }

  private void refuseLock(
      Subscriber joined, Request request, Command.Once once, Requests.LockRefusal refusal) {
    switch (refusal) {
      case TOO_FAST ->
          send(Encoder.error(request.id(), ErrorCode.BUSY, "Too many locks in a second."));
      case BEYOND_LIMIT -> apply(joined, request, once.asBeyondLimit(), 0);
    }
  }

  /** Applies a request; what repeats its id meanwhile is answered after it. */
  private void apply(Subscriber joined, Request request, Command.Once once, int newLocks) {
    inFlight.begin(once);
    requests.apply(
        once,
        once.holder(),
        newLocks,
        (result, events) -> {
          answer(joined, request, result, events);
          RequestsInFlight.Repeats repeats = inFlight.end(once);
          for (int i = 0; i < repeats.same(); i++) {
            answer(joined, request, result, List.of());
          }
          for (int i = 0; i < repeats.other(); i++) {
            joined.answer(Actions.idReused(request.id()));
          }
          requests.countAnswered(repeats.same() + repeats.other());
        });
  }

  private static void answer(
      Subscriber joined, Request request, Result result, List<Event> events) {
    Actions.answer(request, result, events).forEach(joined::answer);
  }

  private void invalid(@Nullable RequestId id, InvalidMessageException fault) {
    fault(Encoder.error(id, ErrorCode.INVALID, String.valueOf(fault.getMessage())));
  }

  /** Answers a fault. Wrong keys count like invalid messages, so that nobody guesses many. */
  private void fault(byte[] answer) {
    send(answer);
    faults.countFault();
  }

  private void send(byte[] message) {
    if (phase == Phase.OPEN) {
      Objects.requireNonNull(subscriber).answer(message);
    } else {
      connection.sendNow(message);
    }
  }
}
