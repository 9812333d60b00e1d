package io.seatlock.core;

import java.time.InstantSource;
import java.util.function.LongConsumer;

/** Wakes a show when something in it is due. Guarded by the show's lock. */
final class Alarm {

  private final Timer timer;
  private final InstantSource clock;
  private final LongConsumer ring;
  private long setFor = Long.MAX_VALUE;

  /**
   * An alarm that is not set.
   *
   * @param ring called by the timer with the time for which the alarm was set
   */
  Alarm(Timer timer, InstantSource clock, LongConsumer ring) {
    this.timer = timer;
    this.clock = clock;
    this.ring = ring;
  }

  /**
   * Sets it, unless it is set for as early a time already.
   *
   * @param at milliseconds since the epoch; MAX_VALUE for never
   * @param notWithin how many milliseconds from now it is quiet in any case
   */
  void setFor(long at, long notWithin) {
    if (at < setFor) {
      setFor = at;
      timer.runIn(Math.max(notWithin, at - clock.millis()), () -> ring.accept(at));
    }
  }

  /** Whether a ring for this time counts: no earlier one was set since. It is not set then. */
  boolean stopIfSetFor(long at) {
    if (at != setFor) {
      return false;
    }
    setFor = Long.MAX_VALUE;
    return true;
  }
}
