package io.seatlock.jdbc.sqlite;

import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Replica;
import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.queue.LogWriter;
import io.seatlock.jdbc.queue.QueuedCommand;
import io.seatlock.jdbc.queue.QueuedLog;
import io.seatlock.jdbc.store.LogStore.StoredShow;
import io.seatlock.jdbc.store.ReplicaFeed;
import io.seatlock.jdbc.store.ShowLog;
import io.seatlock.jdbc.store.SnapshotKeeper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Appends what waits in a queue to a SQLite file. */
final class SqliteWriter implements LogWriter {

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  // What SQLite calls SQLITE_TOOBIG and SQLITE_MISMATCH.
  private static final int TOO_BIG = 18;
  private static final int MISMATCH = 20;

  private final Path path;
  private final LogSettings settings;
  private final QueuedLog<?> log;
  private final List<QueuedCommand> claimed = new ArrayList<>();
  private @Nullable DataDirectory directory;
  private @Nullable Session session;

  SqliteWriter(Path path, LogSettings settings, QueuedLog<?> log) {
    this.path = path;
    this.settings = settings;
    this.log = log;
  }

  /** The open file and the replica that it feeds. */
  private record Session(SqliteStore store, ReplicaFeed feed, SnapshotKeeper snapshots) {}

  private Session session() {
    return Objects.requireNonNull(session, "the log is open");
  }

  SqliteStore store() {
    return session().store();
  }

  // --- start and end

  @Override
  public void open(Replica replica) throws IOException {
    DataDirectory taken;
    try {
      taken = DataDirectory.take(path);
    } catch (SQLException e) {
      throw new IOException("the log in " + this + " cannot be opened: " + e.getMessage(), e);
    }
    directory = taken;
    try {
      SqliteStore store = SqliteStore.open(taken.file());
      ReplicaFeed feed = new ReplicaFeed(replica, this, (show, row, entry) -> null);
      SnapshotKeeper snapshots =
          new SnapshotKeeper(feed, settings, log.settableClock(), log.queue()::wake);
      session = new Session(store, feed, snapshots);
      taken.remember();
      store.check(taken.file());
      log.settableClock().atLeast(store.lastTime());
      replay(store, feed);
    } catch (SQLException e) {
      throw new IOException(taken.file() + " cannot be read: " + e.getMessage(), e);
    }
    // No other program is here: whichever was has ended.
    replica.nodes().stream().filter(each -> !each.equals(log.node())).forEach(replica::nodeGone);
  }

  private void replay(SqliteStore store, ReplicaFeed feed)
      throws SQLException, DamagedLogException {
    try {
      for (StoredShow show : store.shows()) {
        ShowLog known = feed.install(store, show);
        while (feed.followPage(store, known)) {
          // Page by page.
        }
      }
    } catch (DamagedLogException e) {
      throw new DamagedLogException(this + ": " + e.getMessage(), e);
    }
    store.rollback();
  }

  @Override
  public void saveAtClose(long closeBy) {
    try {
      session().snapshots().saveAtClose(session().store(), closeBy);
    } catch (SQLException e) {
      // What they would have saved is time at the next start.
      LOG.log(Level.WARNING, "snapshots in " + this + " could not be saved", e);
    }
  }

  @Override
  public void breakOff() {
    // A call to SQLite ends by itself, or not at all if the disk does not answer.
  }

  @Override
  public void release() {
    Session open = session;
    if (open != null) {
      closeQuietly(open.snapshots());
      closeQuietly(open.store());
    }
    closeQuietly(directory);
    directory = null;
    session = null;
  }

  private void closeQuietly(@Nullable AutoCloseable resource) {
    if (resource != null) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "the log in " + this + " was not closed cleanly", e);
      }
    }
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  // --- appending

  @Override
  public void append(List<QueuedCommand> batch) throws IOException {
    try {
      if (!appendTogether(batch)) {
        // One of them is to blame, and fails alone.
        for (QueuedCommand queued : batch) {
          appendTogether(List.of(queued));
        }
      }
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
    log.queue().removeEnded();
  }

  /**
   * Appends these in one transaction and has them decided.
   *
   * @return false if nothing was appended since one of several commands cannot be written; one that
   *     was alone has failed
   */
  private boolean appendTogether(List<QueuedCommand> batch) throws IOException, SQLException {
    Session open = session();
    claimed.clear();
    try {
      claim(open, batch);
      open.store().insert(open.store().rows().take());
    } catch (SQLException e) {
      // Without a commit nothing of it is there, now or after a restart.
      claimed.forEach(QueuedCommand::release);
      if (!isOfOneCommand(e)) {
        throw e;
      }
      open.store().rollback();
      if (claimed.size() == 1) {
        claimed.get(0).failAlone(e);
      }
      return claimed.size() == 1;
    } catch (RuntimeException e) {
      claimed.forEach(QueuedCommand::release);
      throw e;
    }
    open.store().commit();
    open.feed().inOneBatch(() -> claimed.forEach(open.feed()::decideAppended));
    open.snapshots().beginSnapshotsAfter(claimed);
    return true;
  }

  /** Whether SQLite refuses what it was given, and would take something else. */
  private static boolean isOfOneCommand(SQLException e) {
    // Without what extends the codes.
    int code = e.getErrorCode() & 0xff;
    return code == TOO_BIG || code == MISMATCH;
  }

  /** Claims what is to be appended, gives it places and gathers it into rows. */
  private void claim(Session open, List<QueuedCommand> batch) throws SQLException {
    long now = log.settableClock().millis();
    Map<ShowLog, Long> last = new HashMap<>();
    for (QueuedCommand queued : batch) {
      if (!queued.claim()) {
        continue;
      }
      claimed.add(queued);
      ShowLog show = showOf(open, queued);
      if (show == null) {
        claimed.remove(claimed.size() - 1);
        continue;
      }
      Submission submission = queued.submission();
      long at = Math.max(show.lastAt(), now);
      if (submission.isPatient() && open.feed().replica().isIdle(submission, at)) {
        claimed.remove(claimed.size() - 1);
        queued.release();
        queued.giveUp("there is nothing to do");
        continue;
      }
      long index = 1 + last.getOrDefault(show, show.last());
      try {
        open.store().rows().addCommand(show.id(), index, at, submission.command());
      } catch (RuntimeException | AssertionError e) {
        claimed.remove(claimed.size() - 1);
        queued.failAlone(e);
        continue;
      }
      queued.place(index, at);
      last.put(show, index);
    }
  }

  /**
   * Returns the show of a command, created if need be; null if it cannot be, and the command
   * failed.
   */
  private static @Nullable ShowLog showOf(Session open, QueuedCommand queued) throws SQLException {
    String name = queued.submission().show();
    ShowLog known = open.feed().find(name);
    if (known != null) {
      return known;
    }
    Snapshot initial = open.feed().replica().initial(name);
    StoredShow show;
    try {
      show = open.store().create(name, initial);
    } catch (RuntimeException | AssertionError e) {
      queued.failAlone(e);
      return null;
    }
    // By itself, so that it is there whatever becomes of the commands.
    open.store().commit();
    return open.feed()
        .beginShow(Objects.requireNonNull(show, "only this program creates shows"), initial.at());
  }

  @Override
  public long doChores() throws IOException {
    try {
      return session().snapshots().doChores(session().store());
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The file. */
  @Override
  public String toString() {
    return path.resolve(SqliteStore.FILE).toString();
  }
}
