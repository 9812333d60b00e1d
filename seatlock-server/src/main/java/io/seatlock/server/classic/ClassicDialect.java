package io.seatlock.server.classic;

import io.seatlock.core.Change;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.SeatMap;
import io.seatlock.protocol.classic.Encoder;
import io.seatlock.server.broadcast.Dialect;
import io.seatlock.server.broadcast.Frames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes events in the classic dialect: one message per seat. The dialect has no word for blocked
 * seats, so it shows them as reserved, in the first message and in all later ones.
 */
public final class ClassicDialect implements Dialect {

  @Override
  public List<byte[]> toOthers(Event event) {
    EventType type = event.change().toOthers();
    return type == null ? List.of() : aboutEachSeat(spoken(type), event.seats());
  }

  @Override
  public List<byte[]> toAuthor(Event event, List<byte[]> toOthers, boolean answered) {
    Change change = event.change();
    EventType type = change.toAuthor();
    if (type == null || type == EventType.EXPIRING) {
      return List.of();
    }
    if (type == change.toOthers()) {
      return toOthers;
    }
    return type == EventType.DELETED
        ? List.of(Encoder.deleted(event.seats()))
        : aboutEachSeat(type, event.seats());
  }

  @Override
  public StartState startState(SeatMap map) {
    List<String> reserved = Stream.concat(map.reserved().stream(), map.blocked().stream()).toList();
    byte[] message = Encoder.startState(new Encoder.StartState(map.locked(), reserved, map.paid()));
    List<ByteBuffer> frame = List.of(Frames.texts(List.of(message)));
    return (holder, id) -> frame;
  }

  private static EventType spoken(EventType type) {
    return switch (type) {
      case BLOCKED -> EventType.RESERVED;
      case UNBLOCKED -> EventType.UNRESERVED;
      case LOCKED,
          LOCKED_FOR_YOU,
          UNLOCKED,
          UNLOCKED_FOR_YOU,
          EXPIRING,
          DELETED,
          RESERVED,
          UNRESERVED,
          PAID,
          UNPAID ->
          type;
    };
  }

  private static List<byte[]> aboutEachSeat(EventType type, List<String> seats) {
    if (seats.size() == 1) {
      return List.of(Encoder.event(type, seats.get(0)));
    }
    return seats.stream().map(seat -> Encoder.event(type, seat)).toList();
  }
}
