package io.seatlock.jdbc;

import io.seatlock.core.Replica;
import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.LogStore.StoredShow;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A log in one SQLite file, for one program at a time. A command is decided when SQLite has flushed
 * it to the disk.
 *
 * <p>The directory belongs to the log while it is open; another program that wants it is refused.
 * Anybody may read the file meanwhile: its view {@code history} tells the commands in words.
 *
 * <p>It never goes on after a write that failed: what waits is not accepted or unknown, and {@link
 * Replica#failed} is told why.
 */
public final class SqliteLog extends DatabaseLog {

  private final Path path;
  private final List<QueuedCommand> claimed = new ArrayList<>();
  private @Nullable DataDirectory directory;
  private @Nullable SqliteStore store;

  private SqliteLog(Path path, LogSettings settings) {
    super(settings);
    this.path = path;
  }

  /** A log in this directory, which is created if need be. Nothing is opened yet. */
  public static SqliteLog in(Path directory) {
    return new SqliteLog(Objects.requireNonNull(directory, "directory"), LogSettings.DEFAULT);
  }

  /**
   * Such a log that removes commands, in the background, which are older than this and covered by a
   * snapshot. Otherwise it keeps them for ever.
   */
  public SqliteLog retain(Duration age) {
    return with(settings().withRetain(Objects.requireNonNull(age, "age")));
  }

  SqliteLog with(LogSettings settings) {
    return new SqliteLog(path, settings);
  }

  @Override
  void open() throws IOException, SQLException {
    DataDirectory taken = DataDirectory.take(path);
    directory = taken;
    SqliteStore opened;
    try {
      opened = SqliteStore.open(taken.file());
      store = opened;
      taken.remember();
      opened.check(taken.file());
      time().atLeast(opened.lastTime());
      replay(opened);
    } catch (SQLException e) {
      throw new IOException(taken.file() + " cannot be read: " + e.getMessage(), e);
    }
    // No other program is here: whoever was has ended.
    replica().nodes().stream().filter(each -> !each.equals(node())).forEach(replica()::nodeGone);
  }

  private void replay(SqliteStore tables) throws SQLException, DamagedLogException {
    try {
      for (StoredShow show : tables.shows()) {
        ShowLog log = install(tables, show);
        while (follow(tables, log)) {
          // Page by page.
        }
      }
    } catch (DamagedLogException e) {
      throw new DamagedLogException(this + ": " + e.getMessage(), e);
    }
    tables.rollback();
  }

  @Override
  LogStore store() {
    return opened();
  }

  private SqliteStore opened() {
    return Objects.requireNonNull(store, "the log is open");
  }

  @Override
  void append(List<QueuedCommand> batch) throws SQLException {
    SqliteStore tables = opened();
    claimed.clear();
    try {
      insert(tables, batch);
    } catch (SQLException | RuntimeException e) {
      // Without a commit nothing of it is there, now or after a restart.
      claimed.forEach(QueuedCommand::release);
      throw e;
    }
    tables.commit();
    together(() -> claimed.forEach(this::decide));
    decided(claimed);
  }

  private void insert(SqliteStore tables, List<QueuedCommand> batch) throws SQLException {
    long now = time().millis();
    for (QueuedCommand queued : batch) {
      if (!queued.claim()) {
        continue;
      }
      claimed.add(queued);
      Submission submission = queued.submission();
      ShowLog log = known(submission.show());
      if (log == null) {
        log = create(tables, submission.show());
      }
      long at = Math.max(log.lastAt(), now);
      if (submission.isPatient() && replica().isIdle(submission, at)) {
        claimed.remove(claimed.size() - 1);
        queued.release();
        queued.giveUp("there is nothing to do");
        continue;
      }
      long index = log.last() + 1;
      tables.rows().addCommand(log.id(), index, at, submission.command());
      log.goTo(index, at);
      queued.place(log, index, at);
    }
    tables.insert(tables.rows().take());
  }

  private ShowLog create(SqliteStore tables, String name) throws SQLException {
    Snapshot initial = replica().initial(name);
    StoredShow show = tables.create(name, initial);
    return begin(Objects.requireNonNull(show, "only this program creates shows"), initial.at());
  }

  @Override
  long chores() throws IOException, SQLException {
    return storeChores(opened());
  }

  @Override
  void breakOff() {
    // A call to SQLite ends by itself, or not at all if the disk does not answer.
  }

  @Override
  void release() {
    closeQuietly(store);
    closeQuietly(directory);
    directory = null;
    store = null;
  }

  /** The file. */
  @Override
  public String toString() {
    return path.resolve(SqliteStore.FILE).toString();
  }
}
