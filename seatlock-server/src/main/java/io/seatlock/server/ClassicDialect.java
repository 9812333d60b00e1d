package io.seatlock.server;

import io.seatlock.core.Change;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Snapshot;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.server.broadcast.Dialect;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classic dialect: one message a seat. It has no word for seats that are withdrawn from sale
 * and that come back: they are told, as in the first message, like reserved ones.
 */
final class ClassicDialect implements Dialect {

  @Override
  public List<byte[]> toOthers(Event event) {
    return aboutEachSeat(spoken(event.change().toOthers()), event.seats());
  }

  @Override
  public List<byte[]> toAuthor(Event event, List<byte[]> toOthers) {
    Change change = event.change();
    EventType type = change.toAuthor();
    if (type == null) {
      return List.of();
    }
    if (type == change.toOthers()) {
      return toOthers;
    }
    return type == EventType.DELETED
        ? List.of(ClassicMessage.deleted(event.seats()))
        : aboutEachSeat(type, event.seats());
  }

  @Override
  public byte[] startState(Snapshot snapshot) {
    List<String> reserved =
        Stream.concat(
                snapshot.seats(SeatStatus.RESERVED).stream(),
                snapshot.seats(SeatStatus.BLOCKED).stream())
            .toList();
    return ClassicMessage.startState(
        new ClassicMessage.StartState(
            snapshot.seats(SeatStatus.LOCKED), reserved, snapshot.seats(SeatStatus.PAID)));
  }

  private static EventType spoken(EventType type) {
    return switch (type) {
      case BLOCKED -> EventType.RESERVED;
      case UNBLOCKED -> EventType.UNRESERVED;
      default -> type;
    };
  }

  private static List<byte[]> aboutEachSeat(EventType type, List<String> seats) {
    if (seats.size() == 1) {
      return List.of(ClassicMessage.event(type, seats.get(0)));
    }
    return seats.stream().map(seat -> ClassicMessage.event(type, seat)).toList();
  }
}
