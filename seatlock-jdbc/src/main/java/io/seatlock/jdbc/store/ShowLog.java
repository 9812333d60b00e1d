package io.seatlock.jdbc.store;

import io.seatlock.jdbc.store.LogStore.StoredShow;

/** How far the log of a show is known here. Of the log's thread alone. */
public final class ShowLog {

  private final StoredShow show;
  private long last;
  private long lastAt;
  private boolean hasRows;
  private long snapshot;
  private long snapshotAt;
  private int snapshotLength;
  private boolean inSnapshot;

  /** A show of which nothing is known yet. */
  public ShowLog(StoredShow show) {
    this.show = show;
  }

  /** Returns the show. */
  public StoredShow show() {
    return show;
  }

  /** Returns the show's number. */
  public long id() {
    return show.id();
  }

  /** Returns the show's name. */
  public String name() {
    return show.name();
  }

  /** Returns the place of the last command. */
  public long last() {
    return last;
  }

  /** Returns the time of the last command. */
  public long lastAt() {
    return lastAt;
  }

  /** Begins with a state that includes the commands up to this one. */
  void beginAt(long index, long at) {
    last = index;
    lastAt = at;
  }

  /** Goes on to this command, which is in a row. */
  public void goTo(long index, long at) {
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

  /** How many bytes the state in that snapshot has. */
  int snapshotLength() {
    return snapshotLength;
  }

  /** There is a snapshot of this place and time, with a state of so many bytes. */
  void hasSnapshot(long index, long at, int stateLength) {
    snapshot = index;
    snapshotAt = at;
    snapshotLength = stateLength;
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
