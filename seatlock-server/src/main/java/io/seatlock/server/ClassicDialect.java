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

/** The classic dialect: one message a seat. */
final class ClassicDialect implements Dialect {

  @Override
  public List<byte[]> toOthers(Event event) {
    return aboutEachSeat(event.change().toOthers(), event.seats());
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

  private static List<byte[]> aboutEachSeat(EventType type, List<String> seats) {
    if (seats.size() == 1) {
      return List.of(ClassicMessage.event(type, seats.get(0)));
    }
    return seats.stream().map(seat -> ClassicMessage.event(type, seat)).toList();
  }
}
