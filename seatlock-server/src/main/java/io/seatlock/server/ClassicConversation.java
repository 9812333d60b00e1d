package io.seatlock.server;

import io.seatlock.core.Command;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicRequest;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.server.access.Role;
import io.seatlock.server.broadcast.Feed;
import io.seatlock.server.broadcast.Feeds;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.Conversation;
import java.util.List;
import org.java_websocket.framing.CloseFrame;

/** A client of the classic dialect: its connection is its session. */
final class ClassicConversation implements Conversation {

  private final Connection connection;
  private final Feeds feeds;
  private final Feed.Member member;
  private final Guest guest;
  private final ServerSettings settings;
  private int invalidInARow;

  private ClassicConversation(
      Connection connection,
      Feeds feeds,
      Feed.Member member,
      Guest guest,
      ServerSettings settings) {
    this.connection = connection;
    this.feeds = feeds;
    this.member = member;
    this.guest = guest;
    this.settings = settings;
  }

  static ClassicConversation begin(
      Connection connection, Feeds feeds, Guest guest, ServerSettings settings) {
    String holder = SessionToken.randomId();
    Feed.Member member = feeds.join(guest.show(), connection, holder);
    member.becomeHolders();
    member.start(List.of());
    guest.show().apply(new Command.OpenSession(holder));
    return new ClassicConversation(connection, feeds, member, guest, settings);
  }

  @Override
  public void onText(String text) {
    try {
      ClassicRequest request = ClassicRequest.parse(text);
      Command command = command(request);
      invalidInARow = 0;
      if (!allowed(request)) {
        say(ClassicMessage.UNAUTHORIZED, "This action needs the right authorizationString.");
      } else if (member.isBusy()) {
        say(ClassicMessage.BUSY, request.seat());
      } else if (request.action() == ClassicRequest.Action.LOCK) {
        lock(request, command);
      } else {
        member.feed().show().apply(command, result -> answer(request, result));
      }
    } catch (InvalidMessageException e) {
      invalid(String.valueOf(e.getMessage()));
    }
  }

  private boolean allowed(ClassicRequest request) {
    Role needed = request.action().privileged() ? Role.BACKEND : Role.KIOSK;
    return guest.may(needed)
        || settings
            .access()
            .find(request.action().privileged() ? request.authorizationString() : null)
            .filter(grant -> grant.role().includes(needed))
            .isPresent();
  }

  private void lock(ClassicRequest request, Command command) {
    switch (guest.tryLock(member.holder(), 1)) {
      case TOO_MANY -> member.answer(ClassicMessage.refusal(Reason.LIMIT_REACHED, request.seat()));
      case TOO_FAST -> say(ClassicMessage.BUSY, request.seat());
      case FREE ->
          member
              .feed()
              .show()
              .apply(
                  command,
                  result -> {
                    guest.tried(member.holder(), 1);
                    answer(request, result);
                  });
    }
  }

  private void say(String event, String text) {
    member.answer(ClassicMessage.text(event, text));
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
    feeds.leave(member);
    member.feed().show().apply(new Command.CloseSession(member.holder()));
    guest.left();
  }

  /** Answers what no event has answered. */
  private void answer(ClassicRequest request, Result result) {
    if (result instanceof Result.Refused refused) {
      member.answer(ClassicMessage.refusal(refused.reason(), request.seat()));
    } else if (result instanceof Result.Granted granted && !granted.changed()) {
      // Only a lock that the sender has already changes nothing in this dialect.
      member.answer(ClassicMessage.refusal(Reason.ALREADY_LOCKED, request.seat()));
    }
  }

  private void invalid(String sentence) {
    say(ClassicMessage.INVALID, sentence);
    if (++invalidInARow >= settings.maxInvalidInARow()) {
      connection.close(CloseFrame.POLICY_VALIDATION, "too many invalid messages");
    }
  }

  private Command command(ClassicRequest request) throws InvalidMessageException {
    String seat = request.seat();
    try {
      return switch (request.action()) {
        case LOCK -> new Command.Lock(member.holder(), List.of(seat));
        case UNLOCK -> new Command.Unlock(member.holder(), List.of(seat));
        case RESERVE -> Command.reserve(seat).by(member.holder());
        case UNRESERVE -> Command.unreserve(seat).by(member.holder());
        case PAY -> Command.pay(seat).by(member.holder());
        case UNPAY -> Command.unpay(seat).by(member.holder());
        case REVOKE -> Command.revoke(seat).by(member.holder());
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("The " + e.getMessage() + ".", e);
    }
  }
}
