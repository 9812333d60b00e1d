package io.seatlock.jdbc.postgres;

import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Replica;
import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.postgres.AppendTransaction.Found;
import io.seatlock.jdbc.postgres.PostgresNodes.Census;
import io.seatlock.jdbc.postgres.PostgresStore.Head;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.queue.LogWriter;
import io.seatlock.jdbc.queue.QueuedCommand;
import io.seatlock.jdbc.queue.QueuedLog;
import io.seatlock.jdbc.store.LogStore.StoredShow;
import io.seatlock.jdbc.store.ReplicaFeed;
import io.seatlock.jdbc.store.Row;
import io.seatlock.jdbc.store.Rows;
import io.seatlock.jdbc.store.ShowLog;
import io.seatlock.jdbc.store.SnapshotKeeper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Appends what waits in a queue to a PostgreSQL database, and follows what other programs append
 * there.
 */
final class PostgresWriter implements LogWriter {

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final PostgresUrl url;
  private final LogSettings settings;
  private final QueuedLog<?> log;
  private final Map<Long, ShowLog> byId = new HashMap<>();

  /** Claimed and sent with a commit that was not answered. */
  private final List<QueuedCommand> inDoubt = new ArrayList<>();

  /** How many commands are still to be appended one by one, since one of them cannot be written. */
  private int toTryAlone;

  private @Nullable ReplicaFeed feed;
  private @Nullable SnapshotKeeper snapshots;
  private @Nullable PostgresListener listener;
  private long nodeId;
  private long pause = FIRST_PAUSE;
  private long retryAt;
  private long nextBeat;
  private long nextPoll;

  /** Since when this node has seen every heartbeat that there was. */
  private long watchingSince;

  private long lastBeat;
  private volatile @Nullable Session session;
  private volatile @Nullable String away;

  PostgresWriter(PostgresUrl url, LogSettings settings, QueuedLog<?> log) {
    this.url = url;
    this.settings = settings;
    this.log = log;
  }

  /** A connection with its statements. */
  private record Session(PostgresStore store, AppendTransaction transaction, PostgresNodes nodes) {}

  // --- start and end

  @Override
  public void open(Replica replica) throws IOException {
    ReplicaFeed opened = new ReplicaFeed(replica, this, this::takeInDoubt);
    feed = opened;
    snapshots = new SnapshotKeeper(opened, settings, log.settableClock(), log.queue()::wake);
    try {
      open();
    } catch (DamagedLogException e) {
      throw new DamagedLogException(url + ": " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new IOException("the log in " + this + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private void open() throws IOException, SQLException {
    Session opened = connect();
    followAll(opened);
    // Registered only now: replaying takes its time, and a silent node is a dead one.
    nodeId = opened.nodes().register(log.node());
    followAll(opened);
    beat(opened);
    PostgresListener heard =
        new PostgresListener(
            url, opened.store().channel(), log.node(), settings.poll(), log.queue()::wake);
    listener = heard;
    heard.start();
  }

  private ReplicaFeed feed() {
    return Objects.requireNonNull(feed, "the log is open");
  }

  private Replica replica() {
    return feed().replica();
  }

  private SnapshotKeeper snapshots() {
    return Objects.requireNonNull(snapshots, "the log is open");
  }

  private Session connect() throws IOException, SQLException {
    PostgresStore store = PostgresStore.open(url, settings.hold());
    Session opened = new Session(store, new AppendTransaction(store), new PostgresNodes(store));
    session = opened;
    watchingSince = System.nanoTime();
    nextBeat = watchingSince;
    nextPoll = watchingSince;
    return opened;
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(away);
  }

  @Override
  public void saveAtClose(long closeBy) {
    Session open = session;
    if (open != null) {
      try {
        snapshots().saveAtClose(open.store(), closeBy);
      } catch (SQLException e) {
        // What they would have saved is time at the next start.
        LOG.log(Level.WARNING, "snapshots in " + this + " could not be saved", e);
      }
    }
  }

  @Override
  public void breakOff() {
    Session open = session;
    if (open != null) {
      try {
        // Not close: that would wait for a database that does not answer.
        open.store().connection().abort(Runnable::run);
      } catch (SQLException e) {
        LOG.log(Level.WARNING, "a connection to " + url + " could not be broken off", e);
      }
    }
  }

  @Override
  public void release() {
    closeQuietly(snapshots);
    closeQuietly(listener);
    listener = null;
    Session open = session;
    if (open != null) {
      try {
        open.store().rollback();
        open.nodes().remove(log.node());
      } catch (SQLException e) {
        LOG.log(Level.WARNING, "node " + log.node() + " could not say that it ends", e);
      }
      closeQuietly(open.store());
      session = null;
    }
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

  /** The URL without user, password and parameters. */
  @Override
  public String toString() {
    return url.toString();
  }

  // --- being there, and being away

  /** What is done in a session; any fault of the database ends the session. */
  private interface Work {
    void runIn(Session open) throws IOException, SQLException;
  }

  /** Does it if the database is there. */
  private void attempt(Work work) throws IOException {
    try {
      Session open = session;
      if (open == null) {
        if (System.nanoTime() - retryAt < 0) {
          return;
        }
        open = connect();
      }
      if (!inDoubt.isEmpty()) {
        clearUp(open);
      }
      work.runIn(open);
      if (away != null) {
        LOG.log(Level.INFO, "{0} is back", url);
        away = null;
      }
      pause = FIRST_PAUSE;
    } catch (SQLException e) {
      goAway(e);
    }
  }

  private void goAway(SQLException cause) {
    if (away == null) {
      LOG.log(Level.WARNING, url + " is away: " + cause.getMessage());
    }
    away = url + " is away: " + cause.getMessage();
    breakOff();
    session = null;
    retryAt = System.nanoTime() + pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  @Override
  public long doChores() throws IOException {
    long now = System.nanoTime();
    if (session == null) {
      attempt(this::beat);
    } else if (now - nextBeat >= 0) {
      attempt(this::beat);
    }
    if (session != null && now - nextPoll >= 0) {
      attempt(this::followAll);
    }
    if (session != null && log.queue().isEmpty()) {
      // Otherwise after the next turn, which brings the most of it.
      attempt(open -> followNews(open, news(), List.of()));
    }
    if (session == null) {
      return Math.max(1, retryAt - System.nanoTime());
    }
    long[] next = {Math.min(nextBeat, nextPoll) - System.nanoTime()};
    attempt(open -> next[0] = Math.min(next[0], snapshots().doChores(open.store())));
    return session == null ? 1 : next[0];
  }

  /** Says that this node lives, and looks for those that do not any more. */
  private void beat(Session open) throws IOException, SQLException {
    long now = System.nanoTime();
    long interval = settings.heartbeat().toNanos();
    if (now - lastBeat > 3 * interval) {
      // Perhaps it was the database that slept: the others get their time to say that they live.
      watchingSince = now;
    }
    Set<String> named = replica().nodes();
    boolean bury = now - watchingSince > settings.death().toNanos();
    Census census = open.nodes().beat(log.node(), bury, settings.death(), named);
    log.settableClock().set(census.now());
    requireAlive(census.alive());
    lastBeat = System.nanoTime();
    nextBeat = lastBeat + interval;
    for (String gone : census.gone()) {
      if (!gone.equals(log.node())) {
        replica().nodeGone(gone);
      }
    }
  }

  private void requireAlive(boolean alive) throws IOException {
    if (!alive) {
      throw new IOException(
          "this node, "
              + log.node()
              + ", was silent for more than "
              + settings.death().toMillis()
              + " ms and the others have declared it dead");
    }
  }

  // --- what others append

  /** Gives the replica whatever it does not have, of all shows. */
  private void followAll(Session open) throws IOException, SQLException {
    nextPoll = System.nanoTime() + settings.poll().toNanos();
    for (Head head : open.store().heads()) {
      ShowLog show = byId.get(head.show().id());
      if (show == null) {
        // It may begin with a snapshot that was taken after the heads were asked for.
        show = adopt(open, head.show());
      }
      if (head.last() != show.last() || head.at() != show.lastAt()) {
        followAll(open, show);
      }
    }
    open.store().commit();
  }

  /** The shows in which others have said that they appended something; null if it may be any. */
  private @Nullable List<Long> news() {
    return listener == null ? List.of() : listener.take();
  }

  /** Gives the replica what others have appended, but for shows of which it has that already. */
  private void followNews(Session open, @Nullable List<Long> news, Collection<ShowLog> except)
      throws IOException, SQLException {
    if (news == null) {
      followAll(open);
      return;
    }
    for (long id : news) {
      ShowLog show = byId.get(id);
      if (show == null) {
        followAll(open);
        return;
      }
      if (!except.contains(show)) {
        followAll(open, show);
      }
    }
  }

  private void followAll(Session open, ShowLog show) throws IOException, SQLException {
    while (feed().followPage(open.store(), show)) {
      if (nodeId != 0 && System.nanoTime() - nextBeat >= 0) {
        open.store().commit();
        beat(open);
      }
    }
  }

  private ShowLog adopt(Session open, StoredShow show) throws IOException, SQLException {
    ShowLog known = feed().install(open.store(), show);
    byId.put(show.id(), known);
    return known;
  }

  // --- what this node appends

  @Override
  public void append(List<QueuedCommand> batch) throws IOException {
    attempt(open -> appendIn(open, batch));
    if (session == null) {
      log.queue().pause(Math.min(retryAt - System.nanoTime(), FIRST_PAUSE));
    }
  }

  private void appendIn(Session open, List<QueuedCommand> batch) throws IOException, SQLException {
    Map<String, ShowLog> shows = showsOf(open, batch);
    if (shows.isEmpty()) {
      return;
    }
    List<Long> news = news();
    Found found = open.transaction().begin(log.node(), shows.values());
    requireAlive(found.alive());
    log.settableClock().set(found.now());
    for (ShowLog show : shows.values()) {
      feed().requireKnown(open.store(), show, found.rowsOf(show));
    }
    if (found.isCut()) {
      // Too much has happened: this turn is left to others.
      open.store().rollback();
      for (ShowLog show : shows.values()) {
        followAll(open, show);
      }
      followNews(open, news, List.of());
      return;
    }
    // More has come while others had their turns.
    List<QueuedCommand> queued = nextBatch();
    if (queued.stream().anyMatch(each -> each.submission().isPatient())) {
      // What the others have done decides whether these are still worth to be appended.
      feed().inOneBatch(() -> follow(open, shows.values(), found));
    }
    commit(open, shows.values(), found, place(open.store().rows(), queued, shows, found));
    followNews(open, news, shows.values());
  }

  /**
   * Returns what is to go into this transaction: all that waits, or one command of those to try.
   */
  private List<QueuedCommand> nextBatch() {
    List<QueuedCommand> waiting = log.nextBatch();
    if (toTryAlone == 0 || waiting.isEmpty()) {
      return waiting;
    }
    toTryAlone--;
    return waiting.subList(0, 1);
  }

  /**
   * A show that was to be created.
   *
   * @param show null if there is one already
   */
  private record Created(String name, Snapshot initial, @Nullable StoredShow show) {}

  /** The shows of what has not ended, by name; those that there are not yet are created. */
  private Map<String, ShowLog> showsOf(Session open, List<QueuedCommand> batch)
      throws IOException, SQLException {
    Set<String> names = new LinkedHashSet<>();
    for (QueuedCommand queued : batch) {
      if (!queued.hasEnded()) {
        names.add(queued.submission().show());
      }
    }
    // In one order on all nodes: a node that creates a show waits for other nodes that create it.
    List<Created> created = new ArrayList<>();
    for (String name : names.stream().filter(each -> feed().find(each) == null).sorted().toList()) {
      Snapshot initial = replica().initial(name);
      try {
        created.add(new Created(name, initial, open.store().create(name, initial)));
      } catch (RuntimeException | AssertionError e) {
        names.remove(name);
        batch.stream()
            .filter(queued -> queued.submission().show().equals(name))
            .forEach(queued -> queued.failAlone(e));
      }
    }
    open.store().commit();
    for (Created each : created) {
      if (each.show() == null) {
        adopt(open, Objects.requireNonNull(open.store().find(each.name())));
      } else {
        byId.put(each.show().id(), feed().beginShow(each.show(), each.initial().at()));
      }
    }
    Map<String, ShowLog> shows = new HashMap<>();
    names.forEach(name -> shows.put(name, feed().get(name)));
    return shows;
  }

  /** Gives the replica what was found and it does not have yet. */
  private void follow(Session open, Collection<ShowLog> shows, Found found)
      throws SQLException, DamagedLogException {
    for (ShowLog show : shows) {
      feed().follow(open.store(), show, found.rowsOf(show));
    }
  }

  /**
   * Claims what is still to be appended to these shows, gives it places behind what is there, and
   * gathers it into rows.
   */
  private List<QueuedCommand> place(
      Rows rows, List<QueuedCommand> batch, Map<String, ShowLog> shows, Found found) {
    Map<ShowLog, Long> places = new HashMap<>();
    List<QueuedCommand> placed = new ArrayList<>(batch.size());
    for (QueuedCommand queued : batch) {
      Submission submission = queued.submission();
      ShowLog show = shows.get(submission.show());
      if (show == null || !queued.claim()) {
        continue;
      }
      List<Row> there = found.rowsOf(show);
      Row head = there.isEmpty() ? null : there.get(there.size() - 1);
      long at = Math.max(head == null ? show.lastAt() : head.at(), found.now());
      if (submission.isPatient() && replica().isIdle(submission, at)) {
        queued.release();
        queued.giveUp("there is nothing to do");
        continue;
      }
      long first = 1 + (head == null ? show.last() : head.last());
      long index = places.getOrDefault(show, first);
      try {
        rows.addCommand(show.id(), index, at, submission.command());
      } catch (RuntimeException | AssertionError e) {
        queued.failAlone(e);
        continue;
      }
      places.put(show, index + 1);
      queued.place(index, at);
      placed.add(queued);
    }
    return placed;
  }

  private void commit(
      Session open, Collection<ShowLog> shows, Found found, List<QueuedCommand> placed)
      throws SQLException, DamagedLogException {
    if (placed.isEmpty()) {
      open.store().commit();
    } else if (!append(open, shows, placed)) {
      return;
    }
    // Only now, when the turn is over: others wait for it.
    feed()
        .inOneBatch(
            () -> {
              follow(open, shows, found);
              placed.forEach(feed()::decideAppended);
            });
    snapshots().beginSnapshotsAfter(placed);
    log.queue().removeEnded();
  }

  /**
   * Appends these and commits.
   *
   * @return false if nothing was appended since one of the commands cannot be written: it has
   *     failed, or each is tried alone next
   */
  private boolean append(Session open, Collection<ShowLog> shows, List<QueuedCommand> placed)
      throws SQLException {
    inDoubt.addAll(placed);
    try {
      open.transaction()
          .appendAndCommit(
              open.store().rows().take(), nodeId, PostgresListener.news(log.node(), shows));
    } catch (SQLException e) {
      if (!isOfOneCommand(e)) {
        throw e;
      }
      // The database has refused the rows and therefore not got to the commit.
      inDoubt.clear();
      open.store().rollback();
      if (placed.size() == 1) {
        placed.get(0).failAlone(e);
        log.queue().removeEnded();
      } else {
        placed.forEach(QueuedCommand::release);
        toTryAlone = placed.size();
      }
      return false;
    }
    inDoubt.clear();
    return true;
  }

  /** Whether the database refuses what it was given, and would take something else. */
  private static boolean isOfOneCommand(SQLException e) {
    // Data exceptions, and limits of the program such as the length of a row.
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("22") || state.startsWith("54");
  }

  /** Finds out what became of a commit that was not answered. */
  private void clearUp(Session open) throws IOException, SQLException {
    Set<ShowLog> shows = new HashSet<>();
    inDoubt.forEach(queued -> shows.add(feed().get(queued.submission().show())));
    // The transaction in doubt held these shows: it has ended when they are free.
    open.transaction().awaitOthers(shows);
    for (ShowLog show : shows) {
      followAll(open, show);
    }
    inDoubt.forEach(QueuedCommand::release);
    inDoubt.clear();
    log.queue().removeEnded();
  }

  /** Returns the command in doubt that this entry turns out to be, if it is one. */
  private @Nullable QueuedCommand takeInDoubt(ShowLog show, Row row, Entry entry) {
    if (row.node() == nodeId) {
      for (QueuedCommand queued : inDoubt) {
        if (queued.submission().show().equals(show.name())
            && queued.index() == entry.index()
            && queued.at() == entry.at()) {
          inDoubt.remove(queued);
          return queued;
        }
      }
    }
    return null;
  }
}
