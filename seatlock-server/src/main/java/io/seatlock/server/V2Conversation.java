package io.seatlock.server;

import io.seatlock.core.Change;
import io.seatlock.core.Command;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.core.Show;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.V2Message;
import io.seatlock.protocol.V2Message.ErrorCode;
import io.seatlock.protocol.V2Request;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.LockQuotas;
import io.seatlock.server.access.Role;
import io.seatlock.server.broadcast.Feed;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.java_websocket.framing.CloseFrame;
import org.jspecify.annotations.Nullable;

/** A client of the v2 dialect: its session outlives its connection. */
final class V2Conversation implements Conversation {

  /** The name by which clients ask for this dialect. */
  static final String PROTOCOL = "seatlock.v2";

  private static final int TAKEN_OVER = 4001;
  private static final int RETRY_WITHIN_MILLIS = 10_000;

  private final Connection connection;
  private final Feeds feeds;
  private final Guest guest;
  private final Show show;
  private final ServerSettings settings;
  private final String connectionId = SessionToken.randomId();

  private Feed.@Nullable Member member;
  private int invalidInARow;

  V2Conversation(Connection connection, Feeds feeds, Guest guest, ServerSettings settings) {
    this.connection = connection;
    this.feeds = feeds;
    this.guest = guest;
    this.show = guest.show();
    this.settings = settings;
  }

  @Override
  public void onText(String text) {
    V2Request request;
    try {
      request = V2Request.parse(text);
    } catch (InvalidMessageException e) {
      invalid(e.requestId().orElse(null), e);
      return;
    }
    try {
      if (member == null) {
        greet(request);
      } else {
        handle(member, request);
        invalidInARow = 0;
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
    send(V2Message.goingAway(ThreadLocalRandom.current().nextInt(RETRY_WITHIN_MILLIS)));
    connection.close(CloseFrame.SERVICE_RESTART, "the server ends");
  }

  @Override
  public boolean canStartAnew() {
    return member != null;
  }

  @Override
  public void startAnew() {
    Objects.requireNonNull(member).startAnew();
  }

  @Override
  public void onClosed() {
    if (member != null) {
      feeds.leave(member);
      show.apply(new Command.DetachSession(member.holder(), connectionId));
    }
    guest.left();
  }

  // --- hello

  private void greet(V2Request request) throws InvalidMessageException {
    if (request.action() != V2Request.Action.HELLO) {
      throw new InvalidMessageException("The first message must be hello.");
    }
    if (request.key() != null || settings.access().required()) {
      AccessKeys.Grant grant = settings.access().find(request.key()).orElse(null);
      if (grant == null) {
        String sentence =
            request.key() == null ? "A key is needed here." : "This key opens nothing.";
        fault(V2Message.error(request.id(), ErrorCode.UNAUTHORIZED, sentence));
        return;
      }
      guest.identify(grant);
    }
    SessionToken known =
        request.session() == null ? null : SessionToken.parse(request.session()).orElse(null);
    if (known == null) {
      open(request.id());
    } else {
      resume(request, known);
    }
  }

  private void open(RequestId id) {
    SessionToken token = SessionToken.random();
    Feed.Member joined = feeds.join(show, connection, token.holder());
    member = joined;
    joined.becomeHolders();
    show.apply(
        new Command.OpenSession(token.holder(), token.credential(), connectionId),
        result -> {
          Result.Granted granted = (Result.Granted) result;
          joined.start(List.of(welcome(id, token, granted, false)));
        });
  }

  /**
   * Asks twice: first whether the token is right, since only then this client may be told anything;
   * then, when it is there to be told, in the show's order. So of two connections that resume one
   * session at once, the one that the session ends up on is the one that stays.
   */
  private void resume(V2Request request, SessionToken token) {
    Result result =
        show.apply(new Command.ResumeSession(token.holder(), token.credential(), connectionId));
    if (result instanceof Result.Refused) {
      open(request.id());
      return;
    }
    Feed.Member joined = feeds.join(show, connection, token.holder());
    member = joined;
    show.apply(
        new Command.ResumeSession(token.holder(), token.credential(), connectionId),
        again -> {
          if (again instanceof Result.Granted granted) {
            Feed.Member before = joined.becomeHolders();
            if (before != null) {
              before.connection().closeSoon(TAKEN_OVER, "the session is on another connection");
            }
            List<byte[]> greeting = List.of(welcome(request.id(), token, granted, true));
            if (request.since() == null) {
              joined.start(greeting);
            } else {
              joined.startAfter(greeting, request.since(), granted.seq());
            }
          } else {
            connection.closeSoon(CloseFrame.TRY_AGAIN_LATER, "the session has just ended");
          }
        });
  }

  private byte[] welcome(
      RequestId id, SessionToken token, Result.Granted granted, boolean resumed) {
    return V2Message.welcome(
        id,
        token.text(),
        token.holder(),
        show.name(),
        granted.seq(),
        resumed,
        granted.seats(),
        granted.expiresInMillis(),
        show.settings(),
        guest.role().word());
  }

  // --- requests

  private void handle(Feed.Member joined, V2Request request) throws InvalidMessageException {
    RequestId id = request.id();
    if (!guest.may(roleFor(request.action()))) {
      send(
          V2Message.error(
              id, ErrorCode.FORBIDDEN, "The role " + guest.role().word() + " may not do that."));
      return;
    }
    switch (request.action()) {
      case HELLO -> throw new InvalidMessageException("There was a hello already.");
      case PING -> joined.answer(V2Message.plain("pong", id));
      case STATE ->
          joined.answerWithState(map -> List.of(V2Message.startState(map, id, joined.holder())));
      case BYE ->
          show.apply(
              new Command.CloseSession(joined.holder()),
              result -> {
                joined.answer(V2Message.plain("goodbye", id));
                connection.closeSoon(CloseFrame.NORMAL, "goodbye");
              });
      default -> act(joined, request);
    }
  }

  private static Role roleFor(V2Request.Action action) {
    return switch (action) {
      case HELLO, STATE, PING, BYE -> Role.VIEWER;
      case LOCK, UNLOCK, UNLOCK_ALL, EXTEND -> Role.KIOSK;
      case RESERVE, UNRESERVE, PAY, UNPAY, REVOKE, BLOCK, UNBLOCK -> Role.BACKEND;
    };
  }

  private void act(Feed.Member joined, V2Request request) throws InvalidMessageException {
    if (request.seats().size() > V2Request.MAX_SEATS) {
      send(
          V2Message.error(
              request.id(),
              ErrorCode.TOO_LARGE,
              "An action may name at most " + V2Request.MAX_SEATS + " seats."));
      return;
    }
    Command action = command(joined.holder(), request);
    if (joined.isBusy() && !isAskedAgain(joined, request)) {
      send(V2Message.error(request.id(), ErrorCode.BUSY, "Try again in a moment."));
      return;
    }
    int wanted = request.action() == V2Request.Action.LOCK ? request.seats().size() : 0;
    if (wanted > 0) {
      LockQuotas.Verdict verdict = guest.tryLock(joined.holder(), wanted);
      if (verdict != LockQuotas.Verdict.FREE && !isAskedAgain(joined, request)) {
        refuseLock(request, verdict);
        return;
      }
      wanted = verdict == LockQuotas.Verdict.FREE ? wanted : 0;
    }
    int tried = wanted;
    show.apply(
        new Command.Once(joined.holder(), request.id().json(), action),
        result -> {
          if (tried > 0) {
            guest.tried(joined.holder(), tried);
          }
          answer(joined, request, result);
        });
  }

  /**
   * Whether the request was decided before. Then it changes nothing, and its author must get the
   * same answer: to say now that there is no room would be a lie about what was done.
   */
  private boolean isAskedAgain(Feed.Member joined, V2Request request) {
    return show.remembers(joined.holder(), request.id().json());
  }

  private void refuseLock(V2Request request, LockQuotas.Verdict verdict) {
    switch (verdict) {
      case FREE -> throw new AssertionError("there is room");
      case TOO_FAST ->
          send(V2Message.error(request.id(), ErrorCode.BUSY, "Too many locks in a second."));
      case TOO_MANY -> {
        Map<String, Reason> seats = new LinkedHashMap<>();
        request.seats().forEach(seat -> seats.put(seat, Reason.LIMIT_REACHED));
        send(V2Message.refused(request.id(), Reason.LIMIT_REACHED, seats));
      }
    }
  }

  private static Command command(String holder, V2Request request) throws InvalidMessageException {
    List<String> seats = request.seats();
    try {
      return switch (request.action()) {
        case LOCK -> new Command.Lock(holder, seats);
        case UNLOCK -> new Command.Unlock(holder, seats);
        case UNLOCK_ALL -> new Command.UnlockAll(holder);
        case EXTEND -> new Command.Extend(holder);
        case RESERVE -> sale(holder, Command.Sale.Action.RESERVE, request);
        case UNRESERVE -> sale(holder, Command.Sale.Action.UNRESERVE, request);
        case PAY -> sale(holder, Command.Sale.Action.PAY, request);
        case UNPAY -> sale(holder, Command.Sale.Action.UNPAY, request);
        case REVOKE -> sale(holder, Command.Sale.Action.REVOKE, request);
        case BLOCK -> sale(holder, Command.Sale.Action.BLOCK, request);
        case UNBLOCK -> sale(holder, Command.Sale.Action.UNBLOCK, request);
        case HELLO, STATE, PING, BYE -> throw new AssertionError("not an action on seats");
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("The request is ill-formed: " + e.getMessage() + ".", e);
    }
  }

  private static Command sale(String holder, Command.Sale.Action action, V2Request request) {
    return new Command.Sale(
        action,
        request.seats(),
        holder,
        request.holder(),
        request.due(),
        request.ref(),
        request.reason());
  }

  /** Called in the show's order, right after the events that the request has led to. */
  private void answer(Feed.Member joined, V2Request request, Result result) {
    RequestId id = request.id();
    List<Event> events = joined.takeUntold();
    if (result instanceof Result.Refused refused) {
      joined.answer(
          refused.reason() == Reason.ID_REUSED
              ? V2Message.error(
                  id, ErrorCode.ID_REUSED, "This id was used before for something else.")
              : V2Message.refused(id, refused.reason(), refused.seats()));
      return;
    }
    Result.Granted granted = (Result.Granted) result;
    switch (request.action()) {
      case LOCK ->
          joined.answer(
              V2Message.lockedForYou(
                  id, granted.seq(), granted.seats(), granted.expiresInMillis()));
      case UNLOCK, UNLOCK_ALL ->
          joined.answer(
              V2Message.change(EventType.UNLOCKED_FOR_YOU, id, granted.seq(), granted.seats()));
      case EXTEND -> joined.answer(V2Message.extended(id, granted.expiresInMillis()));
      default -> answerSale(joined, request, granted, events);
    }
  }

  /**
   * The answer is what everyone is told, with the id. A revocation of reserved and of paid seats is
   * two events: the last one answers. A request that has changed nothing, or that was answered
   * before, is answered from its result.
   */
  private static void answerSale(
      Feed.Member joined, V2Request request, Result.Granted granted, List<Event> events) {
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      RequestId id = i == events.size() - 1 ? request.id() : null;
      EventType type = Objects.requireNonNull(event.change().toOthers());
      joined.answer(V2Message.change(type, id, event.seq(), event.seats()));
    }
    if (events.isEmpty()) {
      Change change = granted.change() == null ? unchanged(request.action()) : granted.change();
      EventType type = Objects.requireNonNull(change.toOthers());
      joined.answer(V2Message.change(type, request.id(), granted.seq(), granted.seats()));
    }
  }

  /** In which word a sale is answered whose seats were all as asked before. */
  private static Change unchanged(V2Request.Action action) {
    return switch (action) {
      case BLOCK -> Change.BLOCKED;
      case UNBLOCK -> Change.UNBLOCKED;
      default -> throw new AssertionError(action + " changes something or is refused");
    };
  }

  private void invalid(@Nullable RequestId id, InvalidMessageException fault) {
    fault(V2Message.error(id, ErrorCode.INVALID, String.valueOf(fault.getMessage())));
  }

  /** Answers what should not come often: guesses of keys count like messages that make no sense. */
  private void fault(byte[] answer) {
    send(answer);
    if (++invalidInARow >= settings.maxInvalidInARow()) {
      connection.close(CloseFrame.POLICY_VALIDATION, "too many invalid messages");
    }
  }

  private void send(byte[] message) {
    if (member == null) {
      connection.sendNow(message);
    } else {
      member.answer(message);
    }
  }
}
