package io.seatlock.client;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Encoder.ErrorCode;
import io.seatlock.protocol.v2.Message;
import io.seatlock.protocol.v2.Message.Changed;
import io.seatlock.protocol.v2.Message.Extended;
import io.seatlock.protocol.v2.Message.Failed;
import io.seatlock.protocol.v2.Message.GoingAway;
import io.seatlock.protocol.v2.Message.Goodbye;
import io.seatlock.protocol.v2.Message.Pong;
import io.seatlock.protocol.v2.Message.Refused;
import io.seatlock.protocol.v2.Message.StartState;
import io.seatlock.protocol.v2.Message.Welcome;
import io.seatlock.protocol.v2.Request;
import io.seatlock.protocol.v2.Request.Action;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client says to the server and understands of it, over all connections of its life: the
 * session, the calls and the mirror. Knows no sockets and no time limits. Not thread-safe.
 */
final class Conversation {
  /*
   * Calls are numbered from 1 up, and the number is the id on the wire; what is not remembered by
   * the server (hello, ping, state, bye) has negative ids. The server remembers the last 256 ids of
   * a session. So a call is sent only if that many ids, from the oldest one that waits for its
   * answer, reach it; then whatever is sent again is found again.
   *
   * What an answer says of the mirror counts only if its number is a new one: an answer that is
   * repeated, or that is about nothing new, has a number that the mirror has passed. How long the
   * locks last it says of the moment at which it is given, so that counts always.
   */

  /** How many ids the server remembers of a session. */
  static final int WINDOW = 256;

  private static final int FEW = 8;
  private static final int SHORT = 1024;

  /** What a conversation has its owner do. All of it is quick and calls nothing back. */
  interface Owner {
    /** Send this on the connection of now. */
    void send(String text);

    /** The call is answered. */
    void answered(Call call, Outcome outcome);

    /** The program is to hear of this. */
    void happened(SeatEvent event);

    /** The session was resumed or begun, and the mirror is live. */
    void online();

    /** The session has ended without this client; a new one has begun. */
    void lost();

    /** The server does not take the hello. */
    void rejected(Failed error);

    /** The server is about to stop. */
    void goingAway(long retryAfterMillis);

    /** The server does not know the session any more that it has welcomed. */
    void sessionGone();

    /** The server had no room for a call that was sent before: it must be sent again. */
    void busy(Call call);

    /** The session has ended as this client has asked for. */
    void goodbye();
  }

  /** How far a connection has come. */
  private enum Phase {
    /** There is none, or nothing has been said on it, or the hello was not taken. */
    AWAY,
    /** The hello was sent and is not answered. */
    GREETING,
    /** The welcome came; what has happened meanwhile is still coming. */
    CATCHING_UP,
    /** The mirror is live. */
    LIVE,
    /** The bye was sent. */
    LEAVING
  }

  private final Owner owner;
  private final @Nullable String key;
  private final Mirror mirror;
  private final NavigableMap<Long, Call> sent = new TreeMap<>();
  private final Queue<Call> unsent = new ArrayDeque<>();
  private long lastCall;
  private long lastOther;

  private @Nullable String session;
  private volatile String holder = "";

  private Phase phase = Phase.AWAY;
  private boolean mirrorIsWhole;
  private @Nullable Welcome welcome;
  private long seqAtWelcome;
  private @Nullable Set<String> mineBefore;
  private @Nullable RequestId stateAsked;
  private @Nullable RequestId pinged;

  Conversation(Mirror mirror, @Nullable String key, Owner owner) {
    this.mirror = mirror;
    this.key = key;
    this.owner = owner;
  }

  String holder() {
    return holder;
  }

  // --- connections

  /** A connection is open: begin or resume. */
  void hello() {
    phase = Phase.GREETING;
    owner.send(
        Request.hello(
                nextOther(), key, session, session == null || !mirrorIsWhole ? null : mirror.seq())
            .toJson());
  }

  /** The connection is gone. */
  void disconnected() {
    phase = Phase.AWAY;
    if (stateAsked != null) {
      mirrorIsWhole = false;
    }
    stateAsked = null;
    pinged = null;
    welcome = null;
  }

  /** Whether a session may have been resumed on this connection without this client's knowing. */
  boolean isGreetingAgain() {
    return phase == Phase.GREETING && session != null;
  }

  /** Whether calls can be sent. */
  boolean isLive() {
    return phase == Phase.LIVE;
  }

  /** Asks for a sign of life. False if the last one has not come yet. */
  boolean ping() {
    if (pinged != null) {
      return false;
    }
    pinged = nextOther();
    owner.send(Request.of(pinged, Action.PING, List.of()).toJson());
    return true;
  }

  /** Ends the session. False if there is no connection to do so. */
  boolean bye() {
    if (phase == Phase.AWAY) {
      return false;
    }
    phase = Phase.LEAVING;
    owner.send(Request.of(nextOther(), Action.BYE, List.of()).toJson());
    return true;
  }

  private RequestId nextOther() {
    return RequestId.of(--lastOther);
  }

  // --- calls

  /** Whether fewer calls than this wait to be sent or answered. */
  boolean hasRoom(int limit) {
    if (sent.size() + unsent.size() >= limit) {
      unsent.removeIf(call -> call.future.isDone()); // Nobody waits for these any more.
    }
    return sent.size() + unsent.size() < limit;
  }

  /** Adds a call and sends it as soon as that can be. */
  Call openCall(Function<RequestId, Request> request) {
    long number = ++lastCall;
    Call call = new Call(number, request.apply(RequestId.of(number)));
    unsent.add(call);
    sendWaiting();
    return call;
  }

  /** Sends a call again if it still waits for its answer. */
  void sendAgain(Call call) {
    if (phase == Phase.LIVE && sent.containsKey(call.number)) {
      call.repeated = true;
      owner.send(call.text);
    }
  }

  /** Sends what was not sent yet and fits in the window. */
  private void sendWaiting() {
    while (phase == Phase.LIVE && !unsent.isEmpty()) {
      Call next = unsent.element();
      if (!sent.isEmpty() && next.number - sent.firstKey() >= WINDOW) {
        return;
      }
      unsent.remove();
      if (!next.future.isDone()) { // Else nobody waits for it any more, and it need not happen.
        sent.put(next.number, next);
        owner.send(next.text);
      }
    }
  }

  /** Whether what waits for its answer is so little that it has room in any socket. */
  boolean isNearlyIdle() {
    return sent.size() <= FEW
        && sent.values().stream().allMatch(call -> call.text.length() <= SHORT);
  }

  /** A message was too large: the largest that waits for its answer, which is not sent again. */
  void tooLarge(String why) {
    sent.values().stream()
        .max(Comparator.comparingInt(call -> call.text.length()))
        .ifPresent(call -> dropUndone(call, new Outcome.Rejected("tooLarge", why)));
  }

  private void drop(Call call, Outcome outcome) {
    if (sent.remove(call.number) != null) {
      owner.answered(call, outcome);
    }
  }

  /** The server has not done the call, this time. */
  private void dropUndone(Call call, Outcome outcome) {
    drop(
        call,
        call.repeated
            ? new Outcome.Unknown("it was sent again and not done then: " + outcome)
            : outcome);
  }

  /** Calls that were sent end as unknown. */
  void dropSent(String why) {
    List.copyOf(sent.values()).forEach(call -> drop(call, new Outcome.Unknown(why)));
  }

  /** Takes out the calls that were never sent. */
  List<Call> takeUnsent() {
    List<Call> taken = List.copyOf(unsent);
    unsent.clear();
    return taken;
  }

  // --- messages

  void received(Message message) {
    if (message instanceof Changed changed) {
      changed(changed);
    } else if (message instanceof Refused refused) {
      refused(refused);
    } else if (message instanceof Extended extended) {
      extended(extended);
    } else if (message instanceof Message.Expiring expiring) {
      mirror.setTimeLeft(expiring.expiresInMillis());
      owner.happened(
          new SeatEvent.Expiring(expiring.seats(), duration(expiring.expiresInMillis())));
    } else if (message instanceof Welcome hello) {
      welcomed(hello);
    } else if (message instanceof StartState state) {
      startState(state);
    } else if (message instanceof Pong pong) {
      pinged = pong.id().equals(pinged) ? null : pinged;
    } else if (message instanceof Failed failed) {
      failed(failed);
    } else if (message instanceof GoingAway goingAway) {
      owner.goingAway(goingAway.retryAfterMillis());
    } else if (message instanceof Goodbye) {
      owner.goodbye();
    } else if (message instanceof Message.Other other && other.id() != null) {
      notUnderstood(other.id(), "the event " + LogText.oneLine(other.event()));
    }
  }

  /** A message came that answers this request and cannot be understood. */
  void notUnderstood(RequestId id, String why) {
    Call call = call(id);
    if (call != null) {
      drop(call, new Outcome.Unknown("the answer could not be understood: " + why));
      sendWaiting();
    }
  }

  private void welcomed(Welcome message) {
    if (phase != Phase.GREETING && phase != Phase.LEAVING) {
      return;
    }
    boolean hadSession = session != null;
    session = message.session();
    holder = message.holder();
    if (message.resumed() && mineBefore == null) {
      mineBefore = new LinkedHashSet<>(mirror.mine());
    }
    if (!message.resumed()) {
      mineBefore = null;
      mirrorIsWhole = false;
      if (hadSession) {
        mirror.dropMine();
        owner.lost();
        dropSent("the session ended while there was no connection");
      }
    }
    if (phase == Phase.GREETING) {
      phase = Phase.CATCHING_UP;
    }
    welcome = message;
    seqAtWelcome = message.seq();
    if (mirrorIsWhole) {
      caughtUp();
    }
  }

  private void startState(StartState state) {
    RequestId asked = state.id();
    if (asked != null && !asked.equals(stateAsked)) {
      return;
    }
    mirror.replace(state);
    mirrorIsWhole = true;
    stateAsked = null;
    owner.happened(new SeatEvent.Refreshed(mirror.seats()));
    caughtUp();
  }

  /** The mirror has become younger; perhaps as young as the welcome was. */
  private void caughtUp() {
    Welcome hello = welcome;
    if (hello == null || mirror.seq() < hello.seq()) {
      return;
    }
    welcome = null;
    if (mirror.seq() == hello.seq()) {
      mirror.setMine(hello.locks());
    }
    mirror.setTimeLeft(hello.expiresInMillis());
    tellWhatWasLost();
    if (phase == Phase.CATCHING_UP) {
      phase = Phase.LIVE;
      owner.online();
      List.copyOf(sent.values()).forEach(this::sendAgain);
      sendWaiting();
    }
  }

  /**
   * While there was no connection the time limit may have ended. A client that comes back receives
   * the changes as everyone does, so this client has to find out by itself. It has received what
   * others have made of the seats since, and delivers that again afterwards.
   */
  private void tellWhatWasLost() {
    if (mineBefore == null) {
      return;
    }
    Set<String> gone = mineBefore;
    mineBefore = null;
    gone.removeAll(mirror.mine());
    gone.removeIf(
        seat ->
            mirror.status(seat) == SeatStatus.RESERVED || mirror.status(seat) == SeatStatus.PAID);
    for (Call call : sent.values()) {
      if (call.request.action() == Action.UNLOCK_ALL) {
        gone.clear();
      } else if (call.request.action() != Action.LOCK) {
        call.request.seats().forEach(gone::remove);
      }
    }
    if (!gone.isEmpty()) {
      owner.happened(new SeatEvent.Deleted(mirror.seq(), List.copyOf(gone)));
      tellAgain(gone, SeatStatus.LOCKED, SeatEvent.Locked::new);
      tellAgain(gone, SeatStatus.BLOCKED, SeatEvent.Blocked::new);
    }
  }

  private void tellAgain(Set<String> of, SeatStatus status, EventMaker event) {
    List<String> seats = of.stream().filter(seat -> mirror.status(seat) == status).toList();
    if (!seats.isEmpty()) {
      owner.happened(event.makeEvent(mirror.seq(), seats));
    }
  }

  private void changed(Changed message) {
    if (message.seq() > mirror.seq() && mirrorIsWhole) {
      boolean gap = message.seq() != mirror.seq() + 1;
      apply(message);
      if (gap) {
        askForState();
      }
      if (stateAsked == null) {
        caughtUp();
      }
    }
    if (message.type() == EventType.LOCKED_FOR_YOU) {
      mirror.setTimeLeft(message.expiresInMillis());
    }
    Call call = call(message.id());
    if (call != null) {
      if (wasToldAsSomebodyElses(call, message)) {
        askForState();
      }
      answer(call, message.seq(), message.seats(), message.expiresInMillis());
    }
  }

  /**
   * What a connection that is lost has asked for may be decided after the next one has resumed the
   * session. Then the new connection receives it as everyone does, before the call's own answer:
   * the mirror has taken a lock for somebody else's.
   */
  private boolean wasToldAsSomebodyElses(Call call, Changed answer) {
    return call.repeated
        && answer.type() == EventType.LOCKED_FOR_YOU
        && answer.seq() > seqAtWelcome
        && !mirror.mine().containsAll(answer.seats());
  }

  private void apply(Changed message) {
    long seq = message.seq();
    List<String> seats = message.seats();
    switch (message.type()) {
      case LOCKED -> {
        mirror.set(seq, seats, SeatStatus.LOCKED);
        Welcome hello = welcome; // Its locks are these, if they are this client's.
        owner.happened(
            hello != null && hello.locks().containsAll(seats)
                ? new SeatEvent.LockedForYou(seq, seats, duration(hello.expiresInMillis()))
                : new SeatEvent.Locked(seq, seats));
      }
      case LOCKED_FOR_YOU -> {
        mirror.set(seq, List.of(), SeatStatus.LOCKED);
        mirror.addMine(seats);
        owner.happened(new SeatEvent.LockedForYou(seq, seats, duration(message.expiresInMillis())));
      }
      case UNLOCKED -> available(message, SeatEvent.Unlocked::new);
      case UNLOCKED_FOR_YOU -> available(message, SeatEvent.UnlockedForYou::new);
      case DELETED -> available(message, SeatEvent.Deleted::new);
      case UNRESERVED -> available(message, SeatEvent.Unreserved::new);
      case UNPAID -> available(message, SeatEvent.Unpaid::new);
      case UNBLOCKED -> available(message, SeatEvent.Unblocked::new);
      case RESERVED -> changeTo(SeatStatus.RESERVED, message, SeatEvent.Reserved::new);
      case PAID -> changeTo(SeatStatus.PAID, message, SeatEvent.Paid::new);
      case BLOCKED -> changeTo(SeatStatus.BLOCKED, message, SeatEvent.Blocked::new);
      case EXPIRING -> throw new AssertionError("is a message of its own");
    }
  }

  private void available(Changed message, EventMaker event) {
    changeTo(SeatStatus.AVAILABLE, message, event);
  }

  private void changeTo(SeatStatus status, Changed message, EventMaker event) {
    mirror.set(message.seq(), message.seats(), status);
    owner.happened(event.makeEvent(message.seq(), message.seats()));
  }

  @FunctionalInterface
  private interface EventMaker {
    SeatEvent makeEvent(long seq, List<String> seats);
  }

  /** A change was not told: what the mirror shows may be wrong until the state comes. */
  private void askForState() {
    if (stateAsked == null) {
      stateAsked = nextOther();
      owner.send(Request.of(stateAsked, Action.STATE, List.of()).toJson());
    }
  }

  private void extended(Extended message) {
    Call call = call(message.id());
    mirror.setTimeLeft(message.expiresInMillis());
    if (call != null) {
      answer(call, mirror.seq(), List.of(), message.expiresInMillis());
    }
  }

  private void answer(Call call, long seq, Collection<String> seats, long expiresInMillis) {
    drop(call, new Outcome.Granted(seq, List.copyOf(seats), duration(expiresInMillis)));
    sendWaiting();
  }

  private void refused(Refused message) {
    Call call = call(message.id());
    if (call == null) {
      return;
    }
    Outcome outcome = new Outcome.Refused(message.reason(), message.seats());
    if (message.reason() == Reason.NO_SESSION) {
      dropUndone(call, outcome);
      owner.sessionGone();
    } else {
      drop(call, outcome);
      sendWaiting();
    }
  }

  private void failed(Failed message) {
    if (phase == Phase.GREETING) {
      phase = Phase.AWAY;
      owner.rejected(message);
      return;
    }
    Call call = call(message.id());
    if (call == null) {
      return;
    }
    if (message.is(ErrorCode.BUSY) && call.repeated) {
      owner.busy(call);
      return;
    }
    dropUndone(call, outcome(message));
    sendWaiting();
  }

  private static Outcome outcome(Failed message) {
    String said = message.message();
    if (message.is(ErrorCode.BUSY)) {
      return new Outcome.Busy(said);
    } else if (message.is(ErrorCode.UNAUTHORIZED)) {
      return new Outcome.Unauthorized(said);
    } else if (message.is(ErrorCode.FORBIDDEN)) {
      return new Outcome.Forbidden(said);
    }
    return new Outcome.Rejected(message.code(), said);
  }

  /** The call that was sent with this id and waits for its answer. */
  private @Nullable Call call(@Nullable RequestId id) {
    if (id == null) {
      return null;
    }
    // The ids of calls are numbers, and so short that each is one.
    String json = id.json();
    if (!json.matches("[1-9][0-9]{0,17}")) {
      return null;
    }
    return sent.get(Long.valueOf(json));
  }

  private static Duration duration(long millis) {
    return Duration.ofMillis(millis);
  }
}
