package io.seatlock.server.v2;

import io.seatlock.core.Change;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.SeatMap;
import io.seatlock.protocol.v2.Encoder;
import io.seatlock.server.broadcast.Dialect;
import io.seatlock.server.broadcast.Frames;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes events in the v2 dialect: one message per event, with its number. */
public final class V2Dialect implements Dialect {

  @Override
  public List<byte[]> toOthers(Event event) {
    EventType type = event.change().toOthers();
    return type == null
        ? List.of()
        : List.of(Encoder.change(type, null, event.seq(), event.seats()));
  }

  @Override
  public List<byte[]> toAuthor(Event event, List<byte[]> toOthers, boolean answered) {
    Change change = event.change();
    return switch (change) {
      case EXPIRED -> List.of(Encoder.change(EventType.DELETED, null, event.seq(), event.seats()));
      case EXPIRING -> List.of(Encoder.expiring(event.expiresInMillis(), event.seats()));
      case RELEASED, TAKEN_OVER -> List.of();
      case LOCKED, UNLOCKED, RESERVED, UNRESERVED, PAID, UNPAID, BLOCKED, UNBLOCKED ->
          answered ? List.of() : toOthers;
    };
  }

  @Override
  public StartState startState(SeatMap map) {
    byte[] begin = Encoder.startStateBegin(map, null);
    ByteBuffer shared = ByteBuffer.wrap(begin).asReadOnlyBuffer();
    return (holder, id) -> {
      byte[] end = Encoder.startStateEnd(map.locksByHolder().getOrDefault(holder, List.of()), id);
      return List.of(
          Frames.textHeader(begin.length + end.length), shared.duplicate(), ByteBuffer.wrap(end));
    };
  }
}
