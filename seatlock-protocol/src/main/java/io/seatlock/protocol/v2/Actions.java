package io.seatlock.protocol.v2;

import io.seatlock.core.Change;
import io.seatlock.core.Command;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.Result;
import io.seatlock.protocol.InvalidMessageException;
import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Encoder.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What requests of {@link Request.Purpose#COMMAND} mean: the command of each, and how its result is
 * answered.
 */
public final class Actions {

  private Actions() {}

  /**
   * The command that a request asks for.
   *
   * @param holder the public holder id of the session that asks
   * @throws InvalidMessageException if a field is ill-formed or does not suit the action
   * @throws IllegalArgumentException if the request is no command
   */
  public static Command toCommand(String holder, Request request) throws InvalidMessageException {
    if (request.action().purpose() != Request.Purpose.COMMAND) {
      throw new IllegalArgumentException(request.action() + " is no command");
    }
    try {
      return command(holder, request);
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("The request is ill-formed: " + e.getMessage() + ".", e);
    }
  }

  private static Command command(String holder, Request request) {
    return switch (request.action()) {
      case LOCK -> new Command.Lock(holder, request.seats());
      case UNLOCK -> new Command.Unlock(holder, request.seats());
      case UNLOCK_ALL -> new Command.UnlockAll(holder);
      case EXTEND -> new Command.Extend(holder);
      case RESERVE -> sale(holder, Command.Sale.Action.RESERVE, request);
      case UNRESERVE -> sale(holder, Command.Sale.Action.UNRESERVE, request);
      case PAY -> sale(holder, Command.Sale.Action.PAY, request);
      case UNPAY -> sale(holder, Command.Sale.Action.UNPAY, request);
      case REVOKE -> sale(holder, Command.Sale.Action.REVOKE, request);
      case BLOCK -> sale(holder, Command.Sale.Action.BLOCK, request);
      case UNBLOCK -> sale(holder, Command.Sale.Action.UNBLOCK, request);
      case HELLO, STATE, PING, BYE -> throw new AssertionError("checked before");
    };
  }

  private static Command sale(String holder, Command.Sale.Action action, Request request) {
    return new Command.Sale(
        action,
        request.seats(),
        holder,
        request.holder(),
        request.due(),
        request.ref(),
        request.reason());
  }

  /**
   * The messages that answer a request, in order. The last one carries the request's id; a result
   * that nobody knows has no answer, since the client asks the next server.
   *
   * @param events the command's own events if they reach the client by this answer; none if the
   *     request is answered again
   */
  public static List<byte[]> answer(Request request, Result result, List<Event> events) {
    if (result instanceof Result.Granted granted) {
      return answer(request, granted, events);
    } else if (result instanceof Result.Refused refused) {
      return List.of(
          refused.reason() == Reason.ID_REUSED
              ? idReused(request.id())
              : Encoder.refused(request.id(), refused.reason(), refused.seats()));
    } else if (result instanceof Result.NotAccepted) {
      return List.of(notAccepted(request.id()));
    }
    return List.of();
  }

  private static List<byte[]> answer(Request request, Result.Granted granted, List<Event> events) {
    RequestId id = request.id();
    long seq = granted.seq();
    List<String> seats = granted.seats();
    return switch (request.action()) {
      case LOCK -> List.of(Encoder.lockedForYou(id, seq, seats, granted.expiresInMillis()));
      case UNLOCK, UNLOCK_ALL ->
          List.of(Encoder.change(EventType.UNLOCKED_FOR_YOU, id, seq, seats));
      case EXTEND -> List.of(Encoder.extended(id, granted.expiresInMillis()));
      case BLOCK -> saleAnswer(id, granted, events, Change.BLOCKED);
      case UNBLOCK -> saleAnswer(id, granted, events, Change.UNBLOCKED);
      case RESERVE -> saleAnswer(id, granted, events, Change.RESERVED);
      case PAY -> saleAnswer(id, granted, events, Change.PAID);
      case UNPAY -> saleAnswer(id, granted, events, Change.UNPAID);
      case UNRESERVE, REVOKE -> saleAnswer(id, granted, events, Change.UNRESERVED);
      case HELLO, STATE, PING, BYE ->
          throw new IllegalArgumentException(request.action() + " is no command");
    };
  }

  /**
   * The answer is what everyone receives, with the id. A revocation of reserved and of paid seats
   * is two events: the last one answers. A request that has changed nothing, or that was answered
   * before, is answered from its result.
   *
   * @param unchanged the word for seats that were all as asked before
   */
  private static List<byte[]> saleAnswer(
      RequestId id, Result.Granted granted, List<Event> events, Change unchanged) {
    if (events.isEmpty()) {
      Change change = granted.change() == null ? unchanged : granted.change();
      return List.of(Encoder.change(word(change), id, granted.seq(), granted.seats()));
    }
    List<byte[]> messages = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      boolean last = i == events.size() - 1;
      messages.add(
          Encoder.change(word(event.change()), last ? id : null, event.seq(), event.seats()));
    }
    return messages;
  }

  private static EventType word(Change change) {
    return Objects.requireNonNull(change.toOthers());
  }

  /** The answer to a request whose id was used for something else. */
  public static byte[] idReused(RequestId id) {
    return Encoder.error(id, ErrorCode.ID_REUSED, "This id was used before for something else.");
  }

  /** The answer to a request that has led to nothing and may be repeated. */
  public static byte[] notAccepted(RequestId id) {
    return Encoder.error(id, ErrorCode.BUSY, "Nothing has happened. Try again in a moment.");
  }
}
