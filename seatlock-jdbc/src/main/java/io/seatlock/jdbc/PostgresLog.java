package io.seatlock.jdbc;

import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.AppendTransaction.Found;
import io.seatlock.jdbc.LogStore.StoredShow;
import io.seatlock.jdbc.PostgresNodes.Census;
import io.seatlock.jdbc.PostgresStore.Head;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
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
 * A log in a PostgreSQL database that several programs share. Each may append to each show, and
 * each decides the same commands in the same order; there is no leader. Safety rests on the
 * database's transactions and its primary key, not on clocks.
 *
 * <p>While the database is away, commands that are not patient are refused after a moment, patient
 * ones wait, and service goes on by itself when it is back. A commit whose answer was lost is
 * looked up before anything is said about it.
 *
 * <p>A program that has been silent for too long is declared dead by the others and must not go on:
 * {@link io.seatlock.core.Replica#failed} is told so.
 */
public final class PostgresLog extends DatabaseLog {

  private static final Logger LOG = System.getLogger("io.seatlock.jdbc");

  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final PostgresUrl url;
  private final Map<Long, ShowLog> byId = new HashMap<>();

  /** Claimed and sent with a commit that was not answered. */
  private final List<QueuedCommand> inDoubt = new ArrayList<>();

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

  private PostgresLog(PostgresUrl url, LogSettings settings) {
    super(settings);
    this.url = url;
  }

  /** A connection with its statements. */
  private record Session(PostgresStore store, AppendTransaction transaction, PostgresNodes nodes) {}

  /**
   * A log in this database, in the first schema of the search path. Nothing is opened yet.
   *
   * @param url {@code postgresql://user:password@host:5432/database}, or the same as a URL of JDBC;
   *     several hosts are separated by commas
   * @throws IllegalArgumentException if it is not a URL of PostgreSQL
   */
  public static PostgresLog at(String url) {
    return new PostgresLog(
        PostgresUrl.parse(Objects.requireNonNull(url, "url")), LogSettings.DEFAULT);
  }

  /**
   * Such a log that removes commands, in the background, which are older than this and covered by a
   * snapshot. Otherwise it keeps them for ever.
   */
  public PostgresLog retain(Duration age) {
    return with(settings().withRetain(Objects.requireNonNull(age, "age")));
  }

  PostgresLog with(LogSettings settings) {
    return new PostgresLog(url, settings);
  }

  // --- start and end

  @Override
  void open() throws IOException, SQLException {
    Session opened = connect();
    try {
      followAll(opened);
      // Registered only now: replaying takes its time, and a silent node is a dead one.
      nodeId = opened.nodes().register(node());
      followAll(opened);
    } catch (DamagedLogException e) {
      throw new DamagedLogException(url + ": " + e.getMessage(), e);
    }
    beat(opened);
    PostgresListener heard =
        new PostgresListener(
            url, opened.store().channel(), node(), settings().poll(), queue()::wake);
    listener = heard;
    heard.start();
  }

  private Session connect() throws IOException, SQLException {
    PostgresStore store = PostgresStore.open(url, settings().hold());
    Session opened = new Session(store, new AppendTransaction(store), new PostgresNodes(store));
    session = opened;
    watchingSince = System.nanoTime();
    nextBeat = watchingSince;
    nextPoll = watchingSince;
    return opened;
  }

  @Override
  public Optional<String> trouble() {
    Optional<String> failure = super.trouble();
    return failure.isPresent() ? failure : Optional.ofNullable(away);
  }

  @Override
  @Nullable LogStore store() {
    Session open = session;
    return open == null ? null : open.store();
  }

  @Override
  void breakOff() {
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
  void release() {
    closeQuietly(listener);
    listener = null;
    Session open = session;
    if (open != null) {
      try {
        open.store().rollback();
        open.nodes().remove(node());
      } catch (SQLException e) {
        LOG.log(Level.WARNING, "node " + node() + " could not say that it ends", e);
      }
      closeQuietly(open.store());
      session = null;
    }
  }

  /** The URL without user and password. */
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
  long chores() throws IOException {
    long now = System.nanoTime();
    if (session == null) {
      attempt(this::beat);
    } else if (now - nextBeat >= 0) {
      attempt(this::beat);
    }
    if (session != null && now - nextPoll >= 0) {
      attempt(this::followAll);
    }
    if (session != null && queue().isEmpty()) {
      // Otherwise after the next turn, which brings the most of it.
      attempt(open -> followNews(open, news(), List.of()));
    }
    if (session == null) {
      return Math.max(1, retryAt - System.nanoTime());
    }
    long[] next = {Math.min(nextBeat, nextPoll) - System.nanoTime()};
    attempt(open -> next[0] = Math.min(next[0], storeChores(open.store())));
    return session == null ? 1 : next[0];
  }

  /** Says that this node lives, and looks for those that do not any more. */
  private void beat(Session open) throws IOException, SQLException {
    long now = System.nanoTime();
    long interval = settings().heartbeat().toNanos();
    if (now - lastBeat > 3 * interval) {
      // Perhaps it was the database that slept: the others get their time to say that they live.
      watchingSince = now;
    }
    Set<String> named = replica().nodes();
    boolean bury = now - watchingSince > settings().death().toNanos();
    Census census = open.nodes().beat(node(), bury, settings().death(), named);
    time().set(census.now());
    requireAlive(census.alive());
    lastBeat = System.nanoTime();
    nextBeat = lastBeat + interval;
    for (String gone : census.gone()) {
      if (!gone.equals(node())) {
        replica().nodeGone(gone);
      }
    }
  }

  private void requireAlive(boolean alive) throws IOException {
    if (!alive) {
      throw new IOException(
          "this node, "
              + node()
              + ", was silent for more than "
              + settings().death().toMillis()
              + " ms and the others have declared it dead");
    }
  }

  // --- what others append

  /** Gives the replica whatever it does not have, of all shows. */
  private void followAll(Session open) throws IOException, SQLException {
    nextPoll = System.nanoTime() + settings().poll().toNanos();
    for (Head head : open.store().heads()) {
      ShowLog log = byId.get(head.show().id());
      if (log == null) {
        // It may begin with a snapshot that was taken after the heads were asked for.
        log = adopt(open, head.show());
      }
      if (head.last() != log.last() || head.at() != log.lastAt()) {
        followAll(open, log);
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
      ShowLog log = byId.get(id);
      if (log == null) {
        followAll(open);
        return;
      }
      if (!except.contains(log)) {
        followAll(open, log);
      }
    }
  }

  private void followAll(Session open, ShowLog log) throws IOException, SQLException {
    while (follow(open.store(), log)) {
      if (nodeId != 0 && System.nanoTime() - nextBeat >= 0) {
        open.store().commit();
        beat(open);
      }
    }
  }

  private ShowLog adopt(Session open, StoredShow show) throws IOException, SQLException {
    ShowLog log = install(open.store(), show);
    byId.put(show.id(), log);
    return log;
  }

  // --- what this node appends

  @Override
  void append(List<QueuedCommand> batch) throws IOException {
    attempt(open -> appendIn(open, batch));
    if (session == null) {
      queue().pause(Math.min(retryAt - System.nanoTime(), FIRST_PAUSE));
    }
  }

  private void appendIn(Session open, List<QueuedCommand> batch) throws IOException, SQLException {
    Map<String, ShowLog> shows = showsOf(open, batch);
    if (shows.isEmpty()) {
      return;
    }
    List<Long> news = news();
    Found found = open.transaction().begin(node(), shows.values());
    requireAlive(found.alive());
    time().set(found.now());
    for (ShowLog log : shows.values()) {
      requireKnown(open.store(), log, found.rowsOf(log));
    }
    if (found.isCut()) {
      // Too much has happened: this turn is left to others.
      open.store().rollback();
      for (ShowLog log : shows.values()) {
        followAll(open, log);
      }
      followNews(open, news, List.of());
      return;
    }
    // More has come while others had their turns.
    List<QueuedCommand> queued = batch();
    if (queued.stream().anyMatch(each -> each.submission().isPatient())) {
      // What the others have done decides whether these are still worth to be appended.
      together(() -> follow(open, shows.values(), found));
    }
    commit(open, shows.values(), found, place(queued, shows, found));
    followNews(open, news, shows.values());
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
    // In one order on all nodes: whoever creates a show waits for others who create it.
    List<Created> created = new ArrayList<>();
    for (String name : names.stream().filter(each -> known(each) == null).sorted().toList()) {
      Snapshot initial = replica().initial(name);
      created.add(new Created(name, initial, open.store().create(name, initial)));
    }
    open.store().commit();
    for (Created each : created) {
      if (each.show() == null) {
        adopt(open, Objects.requireNonNull(open.store().find(each.name())));
      } else {
        byId.put(each.show().id(), begin(each.show(), each.initial().at()));
      }
    }
    Map<String, ShowLog> shows = new HashMap<>();
    names.forEach(name -> shows.put(name, known(name)));
    return shows;
  }

  /** Gives the replica what was found and it does not have yet. */
  private void follow(Session open, Collection<ShowLog> shows, Found found)
      throws SQLException, DamagedLogException {
    for (ShowLog log : shows) {
      follow(open.store(), log, found.rowsOf(log));
    }
  }

  /**
   * Claims what is still to be appended to these shows and gives it places behind what is there.
   */
  private List<QueuedCommand> place(
      List<QueuedCommand> batch, Map<String, ShowLog> shows, Found found) {
    Map<ShowLog, Long> places = new HashMap<>();
    List<QueuedCommand> placed = new ArrayList<>(batch.size());
    for (QueuedCommand queued : batch) {
      Submission submission = queued.submission();
      ShowLog log = shows.get(submission.show());
      if (log == null || !queued.claim()) {
        continue;
      }
      List<Row> rows = found.rowsOf(log);
      Row head = rows.isEmpty() ? null : rows.get(rows.size() - 1);
      long at = Math.max(head == null ? log.lastAt() : head.at(), found.now());
      if (submission.isPatient() && replica().isIdle(submission, at)) {
        queued.release();
        queued.giveUp("there is nothing to do");
        continue;
      }
      long first = 1 + (head == null ? log.last() : head.last());
      queued.place(log, places.merge(log, first, (place, unused) -> place + 1), at);
      placed.add(queued);
    }
    return placed;
  }

  private void commit(
      Session open, Collection<ShowLog> shows, Found found, List<QueuedCommand> placed)
      throws SQLException, DamagedLogException {
    if (placed.isEmpty()) {
      open.store().commit();
    } else {
      Rows rows = open.store().rows();
      for (QueuedCommand queued : placed) {
        Submission submission = queued.submission();
        rows.addCommand(queued.log().id(), queued.index(), queued.at(), submission.command());
      }
      inDoubt.addAll(placed);
      open.transaction().appendAndCommit(rows.take(), nodeId, PostgresListener.news(node(), shows));
      inDoubt.clear();
    }
    // Only now, when the turn is over: others wait for it.
    together(
        () -> {
          follow(open, shows, found);
          placed.forEach(this::decide);
        });
    decided(placed);
  }

  /** Finds out what became of a commit that was not answered. */
  private void clearUp(Session open) throws IOException, SQLException {
    Set<ShowLog> shows = new HashSet<>();
    inDoubt.forEach(queued -> shows.add(queued.log()));
    // The transaction in doubt held these shows: it has ended when they are free.
    open.transaction().awaitOthers(shows);
    for (ShowLog log : shows) {
      followAll(open, log);
    }
    inDoubt.forEach(QueuedCommand::release);
    inDoubt.clear();
    queue().removeEnded();
  }

  @Override
  void decide(ShowLog log, Row row, Entry entry) {
    QueuedCommand own = row.node() == nodeId ? atPlace(log, entry) : null;
    if (own == null) {
      super.decide(log, row, entry);
    } else {
      inDoubt.remove(own);
      decide(own);
    }
  }

  private @Nullable QueuedCommand atPlace(ShowLog log, Entry entry) {
    for (QueuedCommand queued : inDoubt) {
      if (queued.log() == log && queued.index() == entry.index() && queued.at() == entry.at()) {
        return queued;
      }
    }
    return null;
  }
}
