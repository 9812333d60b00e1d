package io.seatlock.jdbc;

import io.seatlock.jdbc.LogStore.StoredShow;

/** How far the log of a show is known here. Of the log's thread alone. */
final class ShowLog {

  private final StoredShow show;
  private long last;
  private long lastAt;
  private long snapshot;
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

  void goTo(long index, long at) {
    last = index;
    lastAt = at;
  }

  /** The place of the newest snapshot. */
  long snapshot() {
    return snapshot;
  }

  /** There is a snapshot of this place, and the next one is worth its while so much later. */
  void hasSnapshot(long index, long nextAfter) {
    snapshot = Math.max(snapshot, index);
    snapshotDue = snapshot + nextAfter;
    inSnapshot = false;
  }

  boolean isSnapshotDue() {
    return last >= snapshotDue && !inSnapshot;
  }

  /** A snapshot is being made: none is due until {@link #hasSnapshot}. */
  void beginSnapshot() {
    inSnapshot = true;
  }
}
