package io.seatlock.server.v2;

import io.seatlock.core.Command;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests of one connection that have gone to the show, by their ids, and how often each id
 * was used again meanwhile. Safe for use by many threads.
 */
final class RequestsInFlight {

  private final Map<String, Repeats> byId = new ConcurrentHashMap<>();

  /**
   * How often an id was used again before it was answered.
   *
   * @param same how often for the same request
   * @param other how often for another one
   */
  record Repeats(Command request, int same, int other) {

    private Repeats plus(Command again) {
      return again.equals(request)
          ? new Repeats(request, same + 1, other)
          : new Repeats(request, same, other + 1);
    }
  }

  void begin(Command.Once once) {
    byId.put(once.id(), new Repeats(once.action(), 0, 0));
  }

  /** Counts a repeat if a request with this id is in flight; otherwise does nothing. */
  boolean countIfInFlight(Command.Once once) {
    return byId.computeIfPresent(once.id(), (id, repeats) -> repeats.plus(once.action())) != null;
  }

  /** Ends a request that has begun, and returns what has repeated its id. */
  Repeats end(Command.Once once) {
    return Objects.requireNonNull(byId.remove(once.id()));
  }
}
