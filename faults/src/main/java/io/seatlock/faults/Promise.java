package io.seatlock.faults;

import java.time.Duration;

/**
 * What the servers of a run promise besides: by it their answers are judged.
 *
 * @param grace how long a session lives on without a connection, in nanoseconds
 * @param slack how much too early something may end, in nanoseconds: what clocks may differ by
 * @param freshReads whether who reads must see what anybody was told before: so it is with one
 *     server; of several each reads what it has heard of
 */
record Promise(long grace, long slack, boolean freshReads) {

  private static final long SLACK = 50_000_000;

  /** A promise of servers with this grace. */
  static Promise of(Duration grace, boolean freshReads) {
    return new Promise(grace.toNanos(), SLACK, freshReads);
  }
}
