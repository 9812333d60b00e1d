package io.seatlock.jdbc;

import io.seatlock.jdbc.LogStore.StoredShow;

/** How far the log of a show is known here. Of the log's thread alone. */
final class ShowLog {

  private final StoredShow show;
  private long last;
  private long lastAt;
  private boolean hasRows;
  private long snapshot;
  private long snapshotAt;
  private long snapshotDue;
  private boolean inSnapshot;

  ShowLog(StoredShow show) {
    this.show = show;
  }

  StoredShow show() {
    return show;
  }

  long id() {
    return show.id();
  }

  String name() {
    return show.name();
  }

  /** The place of the last command. */
  long last() {
    return last;
  }

  /** The time of the last command. */
  long lastAt() {
    return lastAt;
  }

  /** Begins with a state that includes the commands up to this one. */
  void beginAt(long index, long at) {
    last = index;
    lastAt = at;
  }

  /** Goes on to this command, which is in a row. */
  void goTo(long index, long at) {
    last = index;
    lastAt = at;
    hasRows = true;
  }

  /** Whether the last command is known to be in a row. */
  boolean hasRows() {
    return hasRows;
  }

  /** The place of the newest snapshot. */
  long snapshot() {
    return snapshot;
  }

  /** The time of that snapshot. */
  long snapshotAt() {
    return snapshotAt;
  }

  /**
   * There is a snapshot of this place and time, and the next one is worth its while so much later.
   */
  void hasSnapshot(long index, long at, long nextAfter) {
    snapshot = index;
    snapshotAt = at;
    snapshotDue = snapshot + nextAfter;
  }

  /** After how many commands the next snapshot is worth its while. */
  long snapshotSpacing() {
    return snapshotDue - snapshot;
  }

  boolean isSnapshotDue() {
    return last >= snapshotDue && !inSnapshot;
  }

  /** Whether a snapshot is being made. */
  boolean isInSnapshot() {
    return inSnapshot;
  }

  /** A snapshot is being made: none is due until {@link #endSnapshot}. */
  void beginSnapshot() {
    inSnapshot = true;
  }

  /** No snapshot is being made any more, whatever came of it. */
  void endSnapshot() {
    inSnapshot = false;
  }
}
