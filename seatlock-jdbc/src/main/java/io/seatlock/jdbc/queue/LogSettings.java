package io.seatlock.jdbc.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set in a log; tests set more of it than others can.
 *
 * @param retain how long commands are kept that a snapshot covers; null for no limit
 * @param snapshotEvery after how many commands a show gets a snapshot
 * @param snapshotAtClose after how many of them it gets one when the log is closed
 * @param patience how long commands wait that are not patient
 * @param queue how many commands may wait before those are refused that are not patient
 * @param heartbeat how often a node says that it lives, and looks for those that do not
 * @param death after how long a silent node is dead
 * @param poll how often a node looks for what nobody told it
 * @param hold how long a transaction may stand still, holding shows, before it is broken off
 */
public record LogSettings(
    @Nullable Duration retain,
    int snapshotEvery,
    int snapshotAtClose,
    Duration patience,
    int queue,
    Duration heartbeat,
    Duration death,
    Duration poll,
    Duration hold) {

  public static final LogSettings DEFAULT =
      new LogSettings(
          null,
          10_000,
          300,
          Duration.ofSeconds(2),
          20_000,
          Duration.ofSeconds(1),
          Duration.ofSeconds(6),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2));

  public LogSettings withRetain(@Nullable Duration retain) {
    if (retain != null && retain.isNegative()) {
      throw new IllegalArgumentException("retain is negative: " + retain);
    }
    return new LogSettings(
        retain, snapshotEvery, snapshotAtClose, patience, queue, heartbeat, death, poll, hold);
  }

  public LogSettings withSnapshots(int every, int atClose) {
    return new LogSettings(retain, every, atClose, patience, queue, heartbeat, death, poll, hold);
  }

  public LogSettings withPatience(Duration patience, int queue) {
    return new LogSettings(
        retain, snapshotEvery, snapshotAtClose, patience, queue, heartbeat, death, poll, hold);
  }

  public LogSettings withTimes(Duration heartbeat, Duration death, Duration poll, Duration hold) {
    return new LogSettings(
        retain, snapshotEvery, snapshotAtClose, patience, queue, heartbeat, death, poll, hold);
  }
}
