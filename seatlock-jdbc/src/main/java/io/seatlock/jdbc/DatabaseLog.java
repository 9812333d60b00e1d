package io.seatlock.jdbc;

import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.LogStore.Place;
import io.seatlock.jdbc.LogStore.StoredShow;
import io.seatlock.jdbc.SnapshotMaker.Made;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the logs in databases have in common: a queue, one thread that appends what waits in it, the
 * patience of those who wait, snapshots, and the end.
 */
abstract class DatabaseLog implements CommandLog {
  /*
   * The thread takes whatever waits, appends all of it in one transaction, and then has it decided.
   * Nothing waits for company: while one commit runs the next batch gathers by itself, the larger
   * the more there is to do.
   *
   * A second thread counts the time of those who wait, since the first may be stuck in a call to
   * the database.
   */

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  static final String CLOSED = "the log is closed";
  private static final String TOO_LATE = "the log did not take the command in time";

  /** How many commands go into one transaction at most. */
  private static final int BATCH = 512;

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Into how many spans with a snapshot each the time is divided for which commands are kept. */
  private static final int COVERS = 8;

  private static final long PRUNE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LogSettings settings;
  private final AppendQueue queue;
  private final LogClock clock = new LogClock();
  private final String node = newNode();
  private final SnapshotMaker snapshots;
  private final Map<String, ShowLog> shows = new HashMap<>();
  private final Deque<ShowLog> toPrune = new ArrayDeque<>();
  private long nextPrune = System.nanoTime();

  private @Nullable Replica replica;
  private volatile @Nullable Thread thread;
  private volatile @Nullable String failure;
  private volatile boolean closing;

  /** Since when the log's thread has been at work, on the nano clock; 0 if it waits for work. */
  private volatile long busySince;

  private volatile long closeBy;

  DatabaseLog(LogSettings settings) {
    this.settings = settings;
    queue = new AppendQueue(settings.queue());
    snapshots = new SnapshotMaker(queue::wake);
  }

  /** 16 hexadecimal digits that no other program has. */
  private static String newNode() {
    byte[] bits = new byte[8];
    new SecureRandom().nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  // --- what differs

  /** Opens the database and gives the replica what is in it. */
  abstract void open() throws IOException, SQLException;

  /** The tables, for chores between batches; null while the database is away. */
  abstract @Nullable LogStore store();

  /** Appends these and has them decided, or leaves them where they are. */
  abstract void append(List<QueuedCommand> batch) throws IOException, SQLException;

  /**
   * Does what is due besides.
   *
   * @return how many nanoseconds later something is due again
   */
  abstract long chores() throws IOException, SQLException;

  /** Breaks off what the log's thread is doing in the database, since it takes too long. */
  abstract void breakOff();

  /** Gives everything back, whether or not it was opened. */
  abstract void release();

  // --- the port

  @Override
  public final void start(Replica replica) throws IOException {
    if (this.replica != null || closing) {
      throw new IllegalStateException("a log is started once");
    }
    this.replica = Objects.requireNonNull(replica, "replica");
    boolean open = false;
    try {
      open();
      open = true;
    } catch (SQLException e) {
      throw new IOException("the log in " + this + " cannot be opened: " + e.getMessage(), e);
    } finally {
      if (!open) {
        release();
      }
    }
    daemon("seatlock-log-patience", this::countTime);
    thread = daemon("seatlock-log", this::run);
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public final String node() {
    return node;
  }

  @Override
  public final InstantSource clock() {
    return clock;
  }

  @Override
  public final void append(Submission submission) {
    queue.enqueue(submission);
  }

  @Override
  public Optional<String> trouble() {
    String why = failure;
    long since = busySince;
    if (why == null && since != 0) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
      if (seconds >= settings.patience().toSeconds() + 1) {
        why = this + " has not answered for " + seconds + " s";
      }
    }
    return Optional.ofNullable(why);
  }

  @Override
  public final void close() {
    synchronized (this) {
      if (!closing) {
        closeBy = System.nanoTime() + CLOSE_NANOS;
        closing = true;
      }
    }
    queue.shut(CLOSED);
    Thread writer = thread;
    if (writer == null) {
      release();
      snapshots.close();
    } else if (writer != Thread.currentThread()) {
      joinOrBreakOff(writer);
    }
  }

  private void joinOrBreakOff(Thread writer) {
    try {
      writer.join(TimeUnit.NANOSECONDS.toMillis(CLOSE_NANOS) + 1000);
      if (writer.isAlive()) {
        breakOff();
        writer.join(1000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    queue.abandon(CLOSED);
  }

  // --- the two threads

  private void countTime() {
    long patience = settings.patience().toNanos();
    while (!closing && failure == null) {
      queue.giveUp(System.nanoTime(), patience, TOO_LATE);
      try {
        Thread.sleep(Math.max(1, TimeUnit.NANOSECONDS.toMillis(patience / 20)));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void run() {
    Throwable fault = null;
    try {
      while (!closing || (!queue.isEmpty() && System.nanoTime() - closeBy < 0)) {
        long idle = closing ? 0 : chores();
        busySince = 0;
        queue.await(idle);
        busySince = System.nanoTime() | 1;
        List<QueuedCommand> batch = batch();
        if (!batch.isEmpty()) {
          append(batch);
        }
      }
      saveAtClose();
    } catch (Throwable e) {
      fault = e;
      failure = "the log in " + this + " cannot go on: " + e.getMessage();
    }
    snapshots.close();
    queue.shut(fault == null ? CLOSED : "the log cannot go on");
    release();
    queue.abandon(fault == null ? CLOSED : "the log cannot go on");
    if (fault != null) {
      replica().failed(new IOException(failure, fault));
    }
  }

  // --- for the dialects; of the log's thread, and of start before that

  final void closeQuietly(@Nullable AutoCloseable resource) {
    if (resource != null) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "the log in " + this + " was not closed cleanly", e);
      }
    }
  }

  final Replica replica() {
    return Objects.requireNonNull(replica, "a log is started before it is used");
  }

  final LogSettings settings() {
    return settings;
  }

  final AppendQueue queue() {
    return queue;
  }

  /** What is to go into the next transaction: whatever waits by now. */
  final List<QueuedCommand> batch() {
    return queue.first(BATCH);
  }

  final LogClock time() {
    return clock;
  }

  final boolean isClosing() {
    return closing;
  }

  final @Nullable ShowLog known(String show) {
    return shows.get(show);
  }

  final Iterable<ShowLog> known() {
    return shows.values();
  }

  /** A show that the replica has in its first state, which is of this time. */
  final ShowLog begin(StoredShow show, long at) {
    return begin(show, 0, at, 0);
  }

  private ShowLog begin(StoredShow show, long index, long at, int stateLength) {
    ShowLog log = new ShowLog(show);
    log.beginAt(index, at);
    log.hasSnapshot(index, at, snapshotAfter(stateLength));
    shows.put(show.name(), log);
    return log;
  }

  /** Gives the replica the newest snapshot of a show. */
  final ShowLog install(LogStore store, StoredShow show) throws SQLException, DamagedLogException {
    StoredSnapshot snapshot = store.newestSnapshot(show);
    store.commit();
    replica().install(show.name(), snapshot.index(), snapshot.verifiedState(show.name()));
    return begin(show, snapshot.index(), snapshot.at(), snapshot.state().length);
  }

  /**
   * Gives the replica a page of what it does not have yet.
   *
   * @return whether there may be more
   */
  final boolean follow(LogStore store, ShowLog log) throws SQLException, DamagedLogException {
    List<Row> rows = store.rowsFrom(log.show(), log.last());
    // No transaction stands open while commands are decided.
    store.commit();
    requireKnown(store, log, rows);
    together(() -> follow(store, log, rows));
    return rows.size() == LogStore.PAGE;
  }

  /** Gives the replica those of these rows that it does not have yet. */
  final void follow(LogStore store, ShowLog log, List<Row> rows)
      throws SQLException, DamagedLogException {
    for (Row row : rows) {
      if (row.last() > log.last()) {
        follow(store, log, row);
      }
    }
  }

  private void follow(LogStore store, ShowLog log, Row row)
      throws SQLException, DamagedLogException {
    if (row.first() != log.last() + 1) {
      throw gap(store, log, row.first());
    }
    if (row.at() < log.lastAt()) {
      throw new DamagedLogException(
          "command " + row.first() + " of show " + log.name() + " has an earlier time");
    }
    for (Entry entry : row.entries(log.name(), store.checksum())) {
      decide(log, row, entry);
    }
  }

  /** Gives the replica a command that was found in the log. */
  void decide(ShowLog log, Row row, Entry entry) {
    replica().decide(log.name(), entry.index(), entry.at(), entry.command());
    log.goTo(entry.index(), entry.at());
  }

  /**
   * Requires that the last command that is known here is still there, in the first of these rows,
   * or that nothing is missing after it.
   */
  final void requireKnown(LogStore store, ShowLog log, List<Row> rows)
      throws SQLException, DamagedLogException {
    if (rows.isEmpty()) {
      if (log.hasRows()) {
        throw lost(log);
      }
      return;
    }
    Row known = rows.get(0);
    if (known.first() > log.last() + 1) {
      throw gap(store, log, known.first());
    }
    if (known.first() <= log.last() && (known.last() != log.last() || known.at() != log.lastAt())) {
      throw lost(log);
    }
  }

  private DamagedLogException lost(ShowLog log) {
    return new DamagedLogException(
        this
            + " has lost commands: command "
            + log.last()
            + " of show "
            + log.name()
            + " was there and is not any more");
  }

  /** What comes next is not what follows. */
  private DamagedLogException gap(LogStore store, ShowLog log, long next) throws SQLException {
    return new DamagedLogException(
        store.newestSnapshotPlace(log.id()).index() >= next - 1
            ? "this node was away too long: after command "
                + log.last()
                + " of show "
                + log.name()
                + " others have been removed since"
            : "command " + (log.last() + 1) + " of show " + log.name() + " is missing");
  }

  /** Gives the replica commands. */
  interface Decisions<E extends Exception> {
    void run() throws E, SQLException;
  }

  /** What these lead to is told when all of them are decided. */
  final <E extends Exception> void together(Decisions<E> decisions) throws E, SQLException {
    replica().beginBatch();
    try {
      decisions.run();
    } finally {
      replica().endBatch();
    }
  }

  /** What was claimed and placed is in the log now. */
  final void decide(QueuedCommand queued) {
    ShowLog log = queued.log();
    Submission submission = queued.submission();
    if (queued.endDecided()) {
      replica().decide(queued.index(), queued.at(), submission);
    } else {
      // Whoever closed the log has not waited for this.
      replica().decide(log.name(), queued.index(), queued.at(), submission.command());
    }
    log.goTo(queued.index(), queued.at());
  }

  /** All that was appended together is decided: the last row of each show is complete. */
  final void decided(List<QueuedCommand> batch) {
    for (QueuedCommand queued : batch) {
      ShowLog log = queued.log();
      if (log.isSnapshotDue()) {
        snapshots.begin(log, replica().snapshot(log.name()), log.snapshotSpacing() / 2);
      }
    }
    queue.removeEnded();
  }

  /** Snapshots that are ready, and a step of pruning if it is time. */
  final long storeChores(LogStore store) throws SQLException {
    for (Made made = snapshots.poll(); made != null; made = snapshots.poll()) {
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
    log.hasSnapshot(newest.index(), newest.at(), snapshotAfter(snapshot.state().length));
  }

  /**
   * Large states get fewer snapshots: never more bytes of them than some times those of commands.
   */
  private long snapshotAfter(int stateLength) {
    return Math.max(settings.snapshotEvery(), stateLength / 16);
  }

  private long prune(LogStore store, long retainMillis) throws SQLException {
    long left = nextPrune - System.nanoTime();
    if (left > 0) {
      return left;
    }
    if (toPrune.isEmpty()) {
      toPrune.addAll(shows.values());
    }
    ShowLog log = toPrune.peek();
    if (log == null || !store.prune(log.show(), clock.millis() - retainMillis)) {
      toPrune.poll();
    }
    store.commit();
    if (log != null && isCoverDue(log, retainMillis)) {
      snapshots.begin(log, replica().snapshot(log.name()), 1);
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

  private void saveAtClose() {
    try {
      snapshotsAtClose();
    } catch (SQLException e) {
      // What they would have saved is time at the next start.
      LOG.log(Level.WARNING, "snapshots in " + this + " could not be saved", e);
    }
  }

  private void snapshotsAtClose() throws SQLException {
    LogStore store = store();
    if (store == null) {
      return;
    }
    storeChores(store);
    for (ShowLog log : shows.values()) {
      boolean worthIt = log.last() - log.snapshot() >= settings.snapshotAtClose();
      if (worthIt && System.nanoTime() - closeBy < 0) {
        StoredSnapshot snapshot =
            StoredSnapshot.fromState(log.name(), log.last(), replica().snapshot(log.name()));
        save(store, log, snapshot, settings.snapshotAtClose());
      }
    }
  }
}
