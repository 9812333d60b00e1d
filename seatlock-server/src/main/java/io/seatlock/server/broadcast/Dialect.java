package io.seatlock.server.broadcast;

import io.seatlock.core.Event;
import io.seatlock.core.SeatMap;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How what happens in a show is told to its clients. Must not block; called by any thread. */
public interface Dialect {

  /** The messages for everyone but the author, in order. */
  List<byte[]> toOthers(Event event);

  /**
   * The messages for the author, in order; the same list if it hears what everyone hears.
   *
   * @param answered whether an answer to the author's request follows, and may say it instead
   */
  List<byte[]> toAuthor(Event event, List<byte[]> toOthers, boolean answered);

  /** The state of a show: the first message for new clients, and for those that ask for it. */
  StartState startState(SeatMap map);

  /** The state of a show, encoded. */
  interface StartState {

    /**
     * The whole message for one holder, with its frame, in parts that others may share.
     *
     * @param id of the request that it answers, as it stands in messages; null if it answers none
     */
    List<ByteBuffer> frame(String holder, @Nullable String id);
  }
}
