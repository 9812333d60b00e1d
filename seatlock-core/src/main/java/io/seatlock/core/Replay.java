package io.seatlock.core;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * The past of a show, played again: the same commands at the same times give the same results,
 * events and state. Use it to check a log, or to find out what has happened. Not safe for use by
 * many threads.
 */
public final class Replay {

  private final SeatMachine machine;

  /**
   * Begins with a state.
   *
   * @throws IllegalArgumentException if the snapshot contradicts itself
   */
  public Replay(Snapshot state) {
    machine = SeatMachine.of(state);
  }

  /**
   * Decides the next command.
   *
   * @param at its time, in milliseconds since the epoch
   * @param events receives what it led to, and before that what had ended by then; must not call
   *     back
   */
  public Result apply(Command command, long at, Consumer<? super Event> events) {
    Objects.requireNonNull(command, "command");
    return machine.apply(command, at, events::accept);
  }

  /** The state by now. */
  public Snapshot snapshot() {
    return machine.snapshot();
  }
}
