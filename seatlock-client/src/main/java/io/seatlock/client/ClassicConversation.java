package io.seatlock.client;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicRequest;
import io.seatlock.protocol.ClassicRequest.Action;
import io.seatlock.protocol.Words;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection's talk with the server in the classic dialect: which answer belongs to which call,
 * and what each message means for the mirror and the listener. Not thread-safe.
 */
final class ClassicConversation {
  /*
   * The dialect has no request ids. The server answers the messages of a connection one after the
   * other in the order they were sent, each exactly once, so an answer is matched with the first
   * call that it can be for.
   *
   * The answer to a privileged action that is done is the broadcast that everyone gets, and it looks
   * the same if another back end did it: two back ends that reserve one seat at the same time would
   * both see `reserved` and both believe that they have it. So a fence follows each privileged
   * action: an unlock of a seat id made up at random, which nobody holds. It changes nothing, it is
   * always refused, and the refusal names the id. When it comes, the action before it has been
   * answered: if by a message to the author alone, that is the outcome, whatever was broadcast; if
   * not, the broadcast was the answer.
   *
   * A server that leaves out an answer costs the outcome of that call, which is unknown, not the
   * matching of later ones.
   */

  private static final Logger LOG = System.getLogger(ClassicConversation.class.getPackageName());
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Mirror mirror;
  private final Callbacks callbacks;
  private final @Nullable String authorizationString;
  private final Deque<Call> open = new ArrayDeque<>();
  private final String fencePrefix;
  private long fences;
  private boolean started;

  /** What became of a call. */
  record Answer(Call call, @Nullable Outcome outcome, @Nullable SeatLockException failure) {
    Answer(Call call, Outcome outcome) {
      this(call, outcome, null);
    }
  }

  ClassicConversation(Mirror mirror, Callbacks callbacks, @Nullable String authorizationString) {
    this.mirror = mirror;
    this.callbacks = callbacks;
    this.authorizationString = authorizationString;
    byte[] bits = new byte[12];
    RANDOM.nextBytes(bits);
    this.fencePrefix = "~fence-" + HexFormat.of().formatHex(bits) + "-";
  }

  /** Whether the state of the show has arrived. */
  boolean started() {
    return started;
  }

  /** How many calls wait for their turn of being answered, those that timed out included. */
  int openCalls() {
    return open.size();
  }

  /** A new call, the last in the order of answers. What to send for it: {@link #messages}. */
  Call open(Action action, String seat) {
    Call call = new Call(action, seat, action.privileged() ? fencePrefix + ++fences : null);
    open.addLast(call);
    return call;
  }

  /** The messages of a call, to be sent in this order with nothing in between. */
  List<String> messages(Call call) {
    String request =
        new ClassicRequest(
                call.action, call.seat, call.action.privileged() ? authorizationString : null)
            .toJson();
    return call.fence == null
        ? List.of(request)
        : List.of(request, new ClassicRequest(Action.UNLOCK, call.fence, null).toJson());
  }

  /** Takes back a call of which nothing was sent. */
  void takeBack(Call call) {
    open.remove(call);
  }

  /** All open calls, which no answer can reach any more. */
  List<Answer> end(String why) {
    List<Answer> answers = new ArrayList<>();
    for (Call call : open) {
      if (!call.answered) {
        answers.add(new Answer(call, new Outcome.Unknown(call.seat, why)));
      }
    }
    open.clear();
    mirror.dropMine();
    return answers;
  }

  /** Takes a message: changes the mirror, adds callbacks, and returns the calls that it decides. */
  List<Answer> received(ClassicMessage message) {
    List<Answer> answers = new ArrayList<>(1);
    if (message.startState() != null) {
      start(message.startState());
    } else if (!started) {
      LOG.log(Level.WARNING, "Skipped a message before the state of the show.");
    } else if (message.sentence() != null) {
      sentence(message.event(), message.sentence(), answers);
    } else if (message.event().equals(Words.of(EventType.DELETED))) {
      List<String> seats = message.seats();
      mirror.set(seats, SeatStatus.AVAILABLE);
      callbacks.add(listener -> listener.onDeleted(seats));
    } else if (message.seats().size() == 1) {
      aboutSeat(message.event(), message.seats().get(0), answers);
    } else {
      LOG.log(Level.DEBUG, "Skipped an event whose data is no seat.");
    }
    return answers;
  }

  private void start(ClassicMessage.StartState state) {
    if (started) {
      LOG.log(Level.WARNING, "Skipped a second state of the show.");
      return;
    }
    started = true;
    mirror.clear();
    mirror.set(state.locked(), SeatStatus.LOCKED);
    mirror.set(state.reserved(), SeatStatus.RESERVED);
    mirror.set(state.paid(), SeatStatus.PAID);
  }

  private void sentence(String event, String sentence, List<Answer> answers) {
    boolean invalid = event.equals(ClassicMessage.INVALID);
    Call call = answered(c -> !c.answered && (invalid || c.action.privileged()), event, answers);
    if (call != null) {
      answer(
          invalid
              ? new Answer(call, null, new InvalidRequestException(sentence))
              : new Answer(call, new Outcome.Unauthorized(call.seat, sentence)),
          answers);
    }
  }

  private void aboutSeat(String event, String seat, List<Answer> answers) {
    Optional<Reason> reason = Words.reason(event);
    if (reason.isPresent() || event.equals(ClassicMessage.BUSY)) {
      refused(event, seat, reason.orElse(null), answers);
      return;
    }
    EventType type = Words.eventType(event).orElse(null);
    if (type == null) {
      LOG.log(Level.DEBUG, "Skipped an unknown event.");
      return;
    }
    switch (type) {
      case LOCKED -> changed(seat, SeatStatus.LOCKED, l -> l.onLocked(seat));
      case UNLOCKED -> changed(seat, SeatStatus.AVAILABLE, l -> l.onUnlocked(seat));
      case RESERVED -> {
        changed(seat, SeatStatus.RESERVED, l -> l.onReserved(seat));
        broadcast(seat, Action.RESERVE, Action.RESERVE);
      }
      case UNRESERVED -> {
        changed(seat, SeatStatus.AVAILABLE, l -> l.onUnreserved(seat));
        broadcast(seat, Action.UNRESERVE, Action.REVOKE);
      }
      case PAID -> {
        changed(seat, SeatStatus.PAID, l -> l.onPaid(seat));
        broadcast(seat, Action.PAY, Action.PAY);
      }
      case UNPAID -> {
        changed(seat, SeatStatus.AVAILABLE, l -> l.onUnpaid(seat));
        broadcast(seat, Action.UNPAY, Action.REVOKE);
      }
      case LOCKED_FOR_YOU -> {
        mirror.setMine(seat);
        callbacks.add(listener -> listener.onLockedForYou(seat));
        granted(event, seat, Action.LOCK, answers);
      }
      case UNLOCKED_FOR_YOU -> {
        changed(seat, SeatStatus.AVAILABLE, l -> l.onUnlockedForYou(seat));
        granted(event, seat, Action.UNLOCK, answers);
      }
      case DELETED, BLOCKED, UNBLOCKED ->
          LOG.log(Level.DEBUG, "Skipped an event that the dialect has not for one seat.");
    }
  }

  private void changed(String seat, SeatStatus status, Consumer<SeatListener> event) {
    mirror.set(seat, status);
    callbacks.add(event);
  }

  // --- answers

  private void granted(String event, String seat, Action action, List<Answer> answers) {
    Call call =
        answered(c -> !c.answered && c.action == action && c.seat.equals(seat), event, answers);
    if (call != null) {
      answer(new Answer(call, new Outcome.Granted(seat)), answers);
    }
  }

  /** A refusal; without a reason the server is busy. */
  private void refused(String event, String seat, @Nullable Reason reason, List<Answer> answers) {
    Call call =
        answered(c -> seat.equals(c.fence) || (!c.answered && c.seat.equals(seat)), event, answers);
    if (call == null) {
      return;
    }
    if (seat.equals(call.fence)) {
      open.remove(call);
      passed(call, answers);
    } else if (reason == null) {
      answer(new Answer(call, new Outcome.Busy(seat)), answers);
    } else if (reason == Reason.ALREADY_LOCKED
        && call.action == Action.LOCK
        && mirror.isMine(seat)) {
      // The dialect's word for "you have it already". Messages come in order: it is this client's.
      answer(new Answer(call, new Outcome.Granted(seat)), answers);
    } else {
      answer(new Answer(call, new Outcome.Refused(seat, reason)), answers);
    }
  }

  /** Notes a broadcast with the first call that it can be the answer to. */
  private void broadcast(String seat, Action action, Action other) {
    for (Call call : open) {
      if (!call.answered
          && !call.broadcastSeen
          && (call.action == action || call.action == other)
          && call.seat.equals(seat)) {
        call.broadcastSeen = true;
        return;
      }
    }
  }

  /**
   * The first call that a message to the author alone is about, or null. The calls before it were
   * answered before, or never will be.
   */
  private @Nullable Call answered(Predicate<Call> fits, String event, List<Answer> answers) {
    if (open.stream().noneMatch(fits)) {
      LOG.log(Level.WARNING, "Skipped an answer that no call waits for: {0}", event);
      return null;
    }
    Call first = open.getFirst();
    while (!fits.test(first)) {
      open.removeFirst();
      passed(first, answers);
      first = open.getFirst();
    }
    return first;
  }

  /** What the call came to, now that something sent after it was answered. */
  private void passed(Call call, List<Answer> answers) {
    if (call.answered) {
      return;
    }
    if (call.broadcastSeen) {
      answers.add(new Answer(call, new Outcome.Granted(call.seat)));
    } else {
      LOG.log(Level.WARNING, "The server left out the answer to {0}.", call.action);
      answers.add(new Answer(call, new Outcome.Unknown(call.seat, "the server left it out")));
    }
  }

  private void answer(Answer answer, List<Answer> answers) {
    Call call = answer.call();
    call.answered = true;
    answers.add(answer);
    if (call.fence == null) {
      open.remove(call);
    }
  }
}
