package io.seatlock.server.classic;

import io.seatlock.core.Command;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.core.Show;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.Role;
import io.seatlock.protocol.classic.Encoder;
import io.seatlock.protocol.classic.Request;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.broadcast.Subscriber;
import io.seatlock.server.client.ClientPolicy;
import io.seatlock.server.client.ClientRights;
import io.seatlock.server.client.FaultLimit;
import io.seatlock.server.client.RandomIds;
import io.seatlock.server.client.Requests;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import java.util.List;
import org.java_websocket.framing.CloseFrame;

/** Serves a client of the classic dialect, whose session ends with its connection. */
public final class ClassicConversation implements Conversation {

  private final Connection connection;
  private final Feeds feeds;
  private final Subscriber subscriber;
  private final ClientRights rights;
  private final Show show;
  private final ClientPolicy policy;
  private final String holder = RandomIds.newHolder();
  private final Requests requests;
  private final FaultLimit faults;

  /** Whether the session is open or being opened. */
  private volatile boolean opened;

  private ClassicConversation(
      Connection connection, Feeds feeds, ClientRights rights, ClientPolicy policy) {
    this.connection = connection;
    this.feeds = feeds;
    this.rights = rights;
    this.show = rights.show();
    this.policy = policy;
    this.subscriber = feeds.subscribe(show, connection);
    this.requests = new Requests(connection, rights);
    this.faults = new FaultLimit(connection, policy);
  }

  public static ClassicConversation begin(
      Connection connection, Feeds feeds, ClientRights rights, ClientPolicy policy) {
    ClassicConversation begun = new ClassicConversation(connection, feeds, rights, policy);
    begun.subscriber.becomeHolder(begun.holder);
    begun.subscriber.startWithState(List.of());
    return begun;
  }

  /** Opens the session before the first lock only, since most clients of a show just watch. */
  private void openSession() {
    if (!opened) {
      opened = true;
      show.apply(
          new Command.OpenSession(holder, null, rights.newConnection()),
          result -> opened = result instanceof Result.Granted);
    }
  }

  @Override
  public boolean isReady() {
    return requests.hasRoom();
  }

  @Override
  public void onText(String text) {
    try {
      Request request = Request.parse(text);
      Command command = command(request);
      faults.reset();
      if (!allowed(request)) {
        say(Encoder.UNAUTHORIZED, "This action needs the right authorizationString.");
      } else if (subscriber.isBusy()) {
        say(Encoder.BUSY, request.seat());
      } else if (command instanceof Command.Lock lock) {
        openSession();
        requests.lock(
            lock,
            newLocks -> apply(request, lock, newLocks),
            refusal -> refuseLock(request, refusal));
      } else {
        if (command instanceof Command.Unlock) {
          openSession();
        }
        apply(request, command, 0);
      }
    } catch (InvalidMessageException e) {
      invalid(String.valueOf(e.getMessage()));
    }
  }

  private boolean allowed(Request request) {
    Role needed = request.action().privileged() ? Role.BACKEND : Role.KIOSK;
    return rights.may(needed)
        || policy
            .access()
            .find(request.action().privileged() ? request.authorizationString() : null)
            .filter(grant -> grant.role().includes(needed))
            .isPresent();
  }

  private void apply(Request request, Command command, int newLocks) {
    requests.apply(command, holder, newLocks, (result, events) -> answer(request, result));
  }

  private void refuseLock(Request request, Requests.LockRefusal refusal) {
    switch (refusal) {
      case TOO_FAST -> say(Encoder.BUSY, request.seat());
      case BEYOND_LIMIT -> subscriber.answer(Encoder.refusal(Reason.LIMIT_REACHED, request.seat()));
    }
  }

  private void say(String event, String text) {
    subscriber.answer(Encoder.text(event, text));
  }

  @Override
  public void onBinary() {
    invalid("Binary messages are not understood.");
  }

  @Override
  public void onGoingAway() {
    connection.close(CloseFrame.GOING_AWAY, "the server ends");
  }

  @Override
  public void onClosed() {
    feeds.unsubscribe(subscriber);
    if (opened) {
      show.applyEventually(new Command.CloseSession(holder));
    }
    rights.leave();
  }

  /** Sends the answer unless an event is the answer. */
  private void answer(Request request, Result result) {
    if (result instanceof Result.Unknown) {
      return; // The server ends, and with it the connection.
    }
    if (result instanceof Result.Refused refused && refused.reason() != Reason.NO_SESSION) {
      subscriber.answer(Encoder.refusal(refused.reason(), request.seat()));
    } else if (!(result instanceof Result.Granted)) {
      // The log takes nothing at the moment, or took nothing when the session was to be opened.
      say(Encoder.BUSY, request.seat());
    } else if (result instanceof Result.Granted granted && !granted.changed()) {
      // Only a lock that the sender has already changes nothing in this dialect.
      subscriber.answer(Encoder.refusal(Reason.ALREADY_LOCKED, request.seat()));
    }
  }

  private void invalid(String sentence) {
    say(Encoder.INVALID, sentence);
    faults.countFault();
  }

  private Command command(Request request) throws InvalidMessageException {
    String seat = request.seat();
    try {
      return switch (request.action()) {
        case LOCK -> new Command.Lock(holder, List.of(seat));
        case UNLOCK -> new Command.Unlock(holder, List.of(seat));
        case RESERVE -> Command.reserve(seat).by(holder);
        case UNRESERVE -> Command.unreserve(seat).by(holder);
        case PAY -> Command.pay(seat).by(holder);
        case UNPAY -> Command.unpay(seat).by(holder);
        case REVOKE -> Command.revoke(seat).by(holder);
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("The " + e.getMessage() + ".", e);
    }
  }
}
