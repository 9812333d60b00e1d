package io.seatlock.jdbc.store;

import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.queue.LogClock;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.queue.QueuedCommand;
import io.seatlock.jdbc.store.LogStore.Place;
import io.seatlock.jdbc.store.SnapshotMaker.Made;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Saves snapshots of shows when they are worth their while, and removes commands that are older
 * than what is retained. Of the log's thread.
 */
public final class SnapshotKeeper implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  /** Into how many spans with a snapshot each the time is divided for which commands are kept. */
  private static final int COVERS = 8;

  private static final long PRUNE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ReplicaFeed feed;
  private final LogSettings settings;
  private final LogClock clock;
  private final SnapshotMaker maker;
  private final Deque<ShowLog> toPrune = new ArrayDeque<>();
  private long nextPrune = System.nanoTime();

  /**
   * Keeps the snapshots of the shows that the feed's replica has.
   *
   * @param onMade is run by another thread when a snapshot is ready for {@link #doChores}
   */
  public SnapshotKeeper(ReplicaFeed feed, LogSettings settings, LogClock clock, Runnable onMade) {
    this.feed = feed;
    this.settings = settings;
    this.clock = clock;
    maker = new SnapshotMaker(onMade);
  }

  /**
   * Begins the snapshots that are due now that these are decided: all that was appended together,
   * so that the last row of each show is complete.
   */
  public void beginSnapshotsAfter(List<QueuedCommand> batch) {
    for (QueuedCommand queued : batch) {
      ShowLog log = feed.get(queued.submission().show());
      long spacing = spacingAfter(log.snapshotLength());
      if (!log.isInSnapshot() && log.last() - log.snapshot() >= spacing) {
        maker.begin(log, stateOf(log), spacing / 2);
      }
    }
  }

  private Snapshot stateOf(ShowLog log) {
    return feed.replica().snapshot(log.name());
  }

  /**
   * How many commands there must be between a snapshot and the next. Large states get fewer
   * snapshots: never more bytes of them than some times those of commands.
   */
  private long spacingAfter(int stateLength) {
    return Math.max(settings.snapshotEvery(), stateLength / 16);
  }

  /**
   * Saves snapshots that are ready, and does a step of pruning if it is time.
   *
   * @return how many nanoseconds later something is due again
   */
  public long doChores(LogStore store) throws SQLException {
    for (Made made = maker.poll(); made != null; made = maker.poll()) {
      // If it is not saved now, the next command is an occasion for another one.
      made.show().endSnapshot();
      if (made.snapshot() != null) {
        save(store, made.show(), made.snapshot(), made.distance());
      }
    }
    return settings.retain() == null ? Long.MAX_VALUE : prune(store, settings.retain().toMillis());
  }

  /** Saves a snapshot, unless another node has made one of its own meanwhile. */
  private void save(LogStore store, ShowLog log, StoredSnapshot snapshot, long distance)
      throws SQLException {
    Place newest = store.newestSnapshotPlace(log.id());
    if (newest.index() + distance <= snapshot.index()) {
      if (settings.retain() == null) {
        store.saveInPlace(log.show(), snapshot);
      } else {
        // Those before are needed to read what is still kept.
        store.save(log.show(), snapshot);
      }
      newest = new Place(snapshot.index(), snapshot.at());
    }
    store.commit();
    log.hasSnapshot(newest.index(), newest.at(), snapshot.state().length);
  }

  private long prune(LogStore store, long retainMillis) throws SQLException {
    long left = nextPrune - System.nanoTime();
    if (left > 0) {
      return left;
    }
    if (toPrune.isEmpty()) {
      toPrune.addAll(feed.all());
    }
    ShowLog log = toPrune.peek();
    if (log == null || !store.prune(log.show(), clock.millis() - retainMillis)) {
      toPrune.poll();
    }
    store.commit();
    if (log != null && isCoverDue(log, retainMillis)) {
      maker.begin(log, stateOf(log), 1);
    }
    nextPrune = System.nanoTime() + (toPrune.isEmpty() ? PRUNE_NANOS : 0);
    return toPrune.isEmpty() ? PRUNE_NANOS : 0;
  }

  /**
   * Whether a show needs a snapshot so that what gets old can be removed, though it is not worth
   * its while for the next start.
   */
  private boolean isCoverDue(ShowLog log, long retainMillis) {
    return log.last() > log.snapshot()
        && !log.isInSnapshot()
        && clock.millis() - log.snapshotAt() >= retainMillis / COVERS;
  }

  /**
   * Saves snapshots that make the next start faster.
   *
   * @param closeBy until when there is time for it, on the nano clock
   */
  public void saveAtClose(LogStore store, long closeBy) throws SQLException {
    doChores(store);
    for (ShowLog log : feed.all()) {
      boolean worthIt = log.last() - log.snapshot() >= settings.snapshotAtClose();
      if (worthIt && System.nanoTime() - closeBy < 0) {
        saveAtClose(store, log);
      }
    }
  }

  private void saveAtClose(LogStore store, ShowLog log) throws SQLException {
    StoredSnapshot snapshot;
    try {
      snapshot = StoredSnapshot.fromState(log.name(), log.last(), stateOf(log));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "no snapshot could be made of show " + log.name(), e);
      return;
    }
    save(store, log, snapshot, settings.snapshotAtClose());
  }

  @Override
  public void close() {
    maker.close();
  }
}
