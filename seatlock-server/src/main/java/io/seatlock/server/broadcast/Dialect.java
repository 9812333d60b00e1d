package io.seatlock.server.broadcast;

import io.seatlock.core.Event;
import io.seatlock.core.SeatMap;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a show's events and state for its clients. Must not block; called by any thread. */
public interface Dialect {

  /** The messages for everyone but the author, in order. */
  List<byte[]> toOthers(Event event);

  /**
   * The messages for the author, in order; the same list if the author receives what everyone
   * receives.
   *
   * @param answered whether the answer to the author's request follows, and may contain the event
   */
  List<byte[]> toAuthor(Event event, List<byte[]> toOthers, boolean answered);

  /** Encodes the state of a show, which new clients receive first, and others on request. */
  StartState startState(SeatMap map);

  /** The state of a show, encoded. */
  interface StartState {

    /**
     * The whole message for one holder, with its frame, in parts that others may share.
     *
     * @param id the id of the answered request, as written in messages; null if there is none
     */
    List<ByteBuffer> frame(String holder, @Nullable String id);
  }
}
