package io.seatlock.jdbc.store;

import io.seatlock.core.Snapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Turns states into rows on a thread of its own, so that the log's thread need not. */
final class SnapshotMaker implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  private final Queue<Made> made = new ConcurrentLinkedQueue<>();
  private final Runnable onMade;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "seatlock-log-snapshots");
            thread.setDaemon(true);
            return thread;
          });

  /** Calls this on its thread when there is something to {@link #poll}. */
  SnapshotMaker(Runnable onMade) {
    this.onMade = onMade;
  }

  /**
   * A row and the show that it is of.
   *
   * @param snapshot the row; null if none could be made
   * @param distance how many commands there must be between it and the one before
   */
  record Made(ShowLog show, @Nullable StoredSnapshot snapshot, long distance) {}

  /**
   * Begins to make the row of the show's last command.
   *
   * @param distance how many commands there must be between it and the one before
   */
  void begin(ShowLog show, Snapshot state, long distance) {
    show.beginSnapshot();
    long index = show.last();
    executor.execute(
        () -> {
          StoredSnapshot snapshot = null;
          try {
            snapshot = StoredSnapshot.fromState(show.name(), index, state);
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "no snapshot could be made of show " + show.name(), e);
          } finally {
            // Also if there was not enough memory for it: later there may be.
            made.add(new Made(show, snapshot, distance));
            onMade.run();
          }
        });
  }

  /** What is made and was not given out yet. */
  @Nullable Made poll() {
    return made.poll();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
