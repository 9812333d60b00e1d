package io.seatlock.jdbc;

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

  /** A row and the show that it is of. */
  record Made(ShowLog show, StoredSnapshot snapshot) {}

  /** Begins to make the row of the show's last command. */
  void begin(ShowLog show, Snapshot state) {
    show.beginSnapshot();
    long index = show.last();
    executor.execute(
        () -> {
          try {
            made.add(new Made(show, StoredSnapshot.of(show.name(), index, state)));
            onMade.run();
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "no snapshot could be made of show " + show.name(), e);
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
