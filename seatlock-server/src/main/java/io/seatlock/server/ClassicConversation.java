package io.seatlock.server;

import io.seatlock.core.Command;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicRequest;
import io.seatlock.protocol.InvalidMessageException;
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
  private final ServerSettings settings;
  private int invalidInARow;

  private ClassicConversation(
      Connection connection, Feeds feeds, Feed.Member member, ServerSettings settings) {
    this.connection = connection;
    this.feeds = feeds;
    this.member = member;
    this.settings = settings;
  }

  static ClassicConversation begin(
      Connection connection, Feeds feeds, String show, String holder, ServerSettings settings) {
    Feed.Member member = feeds.join(show, connection, holder);
    member.becomeHolders();
    member.start(List.of());
    member.feed().show().apply(new Command.OpenSession(holder));
    return new ClassicConversation(connection, feeds, member, settings);
  }

  @Override
  public void onText(String text) {
    try {
      ClassicRequest request = ClassicRequest.parse(text);
      Command command = command(request);
      invalidInARow = 0;
      if (request.action().privileged()
          && !settings.authorization().matches(request.authorizationString())) {
        member.answer(
            ClassicMessage.text(
                ClassicMessage.UNAUTHORIZED, "This action needs the right authorizationString."));
        return;
      }
      if (member.isBusy()) {
        member.answer(ClassicMessage.text(ClassicMessage.BUSY, request.seat()));
        return;
      }
      member.feed().show().apply(command, result -> answer(request, result));
    } catch (InvalidMessageException e) {
      invalid(String.valueOf(e.getMessage()));
    }
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
    member.answer(ClassicMessage.text(ClassicMessage.INVALID, sentence));
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
