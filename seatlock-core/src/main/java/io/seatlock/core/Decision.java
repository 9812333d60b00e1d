package io.seatlock.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one command led to, as its show delivers it: the events, and the answer if a caller in this
 * program waits for one. A server that sends both to clients can thus decide in one place whether
 * an author hears of its change by the event or by the answer.
 *
 * @param ended what was due before the command and ended first, in order; mostly nothing
 * @param events what the command itself changed, in order; mostly one event or none
 * @param answer the result, if the command was given with a callback that is called next; null if
 *     there is nobody to answer: it was given without one, or by another program
 */
public record Decision(List<Event> ended, List<Event> events, @Nullable Result answer) {

  /** Copies lists that could change. */
  public Decision {
    ended = List.copyOf(ended);
    events = List.copyOf(events);
  }

  /** An answer without events. */
  static Decision of(Result answer) {
    return new Decision(List.of(), List.of(), answer);
  }
}
