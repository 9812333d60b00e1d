package io.seatlock.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One holder of locks in a show, as the embedding program uses it. Safe for use by many threads.
 *
 * <p>Every method answers with what was decided; none waits for anything but the log, if there is
 * one. After {@link #close}, or when the session was closed by a command, actions are refused with
 * {@link Reason#NO_SESSION}.
 */
public final class Session implements AutoCloseable {

  private final Show show;
  private final String holder;
  private final AtomicBoolean closed = new AtomicBoolean();

  Session(Show show, String holder) {
    this.show = show;
    this.holder = holder;
  }

  /** The public holder id: the author of this session's events, safe to show to others. */
  public String holder() {
    return holder;
  }

  /**
   * Locks the seats, all or none. The first lock of a session that holds nothing starts its time
   * limit.
   *
   * @throws IllegalArgumentException if no seat is named, one is named twice or is ill-formed
   */
  public Result lock(String... seats) {
    return show.apply(new Command.Lock(holder, List.of(seats)));
  }

  /** Locks one seat; the same as the other {@code lock} without its array. */
  public Result lock(String seat) {
    return show.apply(new Command.Lock(holder, List.of(seat)));
  }

  /**
   * Unlocks the seats, all or none.
   *
   * @throws IllegalArgumentException if no seat is named, one is named twice or is ill-formed
   */
  public Result unlock(String... seats) {
    return show.apply(new Command.Unlock(holder, List.of(seats)));
  }

  /** Unlocks one seat; the same as the other {@code unlock} without its array. */
  public Result unlock(String seat) {
    return show.apply(new Command.Unlock(holder, List.of(seat)));
  }

  /** Unlocks whatever this session holds. */
  public Result unlockAll() {
    return show.apply(new Command.UnlockAll(holder));
  }

  /** Restarts the time limit, up to the show's absolute limit. */
  public Result extend() {
    return show.apply(new Command.Extend(holder));
  }

  /** Ends the session and releases its locks. Closing it again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      show.applyEventually(new Command.CloseSession(holder));
    }
  }
}
