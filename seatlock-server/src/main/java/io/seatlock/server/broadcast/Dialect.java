package io.seatlock.server.broadcast;

import io.seatlock.core.Event;
import io.seatlock.core.Snapshot;
import java.util.List;

/** How what happens in a show is told to its clients. Must not block; called by any thread. */
public interface Dialect {

  /** The messages for everyone but the author, in order. */
  List<byte[]> toOthers(Event event);

  /** The messages for the author, in order; the same list if it hears what everyone hears. */
  List<byte[]> toAuthor(Event event, List<byte[]> toOthers);

  /** The first message for a new client. */
  byte[] startState(Snapshot snapshot);
}
