package io.seatlock.jdbc;

import io.seatlock.core.Submission;
import io.seatlock.jdbc.LogStore.StoredShow;
import io.seatlock.jdbc.PostgresNodes.Census;
import io.seatlock.jdbc.PostgresStore.Head;
import io.seatlock.jdbc.PostgresStore.Rows;
import io.seatlock.jdbc.PostgresTurn.Found;
import io.seatlock.jdbc.PostgresTurn.Row;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
  private final List<Waiting> inDoubt = new ArrayList<>();

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
  private record Session(PostgresStore store, PostgresTurn turn, PostgresNodes nodes) {}

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
            url, opened.store().channel(), node(), settings().poll(), inbox()::wake);
    listener = heard;
    heard.start();
  }

  private Session connect() throws IOException, SQLException {
    PostgresStore store = PostgresStore.open(url, settings().hold());
    Session opened = new Session(store, new PostgresTurn(store), new PostgresNodes(store));
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
    void in(Session open) throws IOException, SQLException;
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
      work.in(open);
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
    PostgresListener heard = listener;
    if (session != null && heard != null) {
      List<Long> news = heard.take();
      if (news == null || now - nextPoll >= 0) {
        attempt(this::followAll);
      } else if (!news.isEmpty()) {
        attempt(open -> followSome(open, news));
      }
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
      } else if (head.last() < log.last()) {
        throw lost(log);
      }
      if (head.last() > log.last()) {
        followAll(open, log);
      }
    }
    open.store().commit();
  }

  private void followSome(Session open, List<Long> shows) throws IOException, SQLException {
    for (long id : shows) {
      ShowLog log = byId.get(id);
      if (log == null) {
        followAll(open);
        return;
      }
      followAll(open, log);
    }
    open.store().commit();
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

  private DamagedLogException lost(ShowLog log) {
    return new DamagedLogException(
        url
            + " has lost commands: command "
            + log.last()
            + " of show "
            + log.name()
            + " was there and is not any more");
  }

  // --- what this node appends

  @Override
  void append(List<Waiting> batch) throws IOException {
    attempt(open -> appendIn(open, batch));
    if (session == null) {
      inbox().pause(Math.min(retryAt - System.nanoTime(), FIRST_PAUSE));
    }
  }

  private void appendIn(Session open, List<Waiting> batch) throws IOException, SQLException {
    Map<String, ShowLog> shows = new LinkedHashMap<>();
    for (Waiting waiting : batch) {
      if (waiting.hasEnded()) {
        continue;
      }
      String name = waiting.submission().show();
      ShowLog log = shows.containsKey(name) ? shows.get(name) : known(name);
      shows.put(name, log == null ? create(open, name) : log);
    }
    if (shows.isEmpty()) {
      return;
    }
    Found found = open.turn().begin(node(), shows.values());
    requireAlive(found.alive());
    time().set(found.now());
    requireNothingLost(open, shows.values(), found);
    if (found.isCut()) {
      // Too much has happened: this turn is left to others.
      open.store().rollback();
      for (ShowLog log : shows.values()) {
        followAll(open, log);
      }
      open.store().commit();
      return;
    }
    // More has come while others had their turns.
    List<Waiting> waiting = batch();
    if (waiting.stream().anyMatch(each -> each.submission().isPatient())) {
      // What the others have done decides whether these are still worth to be appended.
      together(() -> follow(open, found));
    }
    commit(open, found, shows.values(), place(waiting, shows, found));
  }

  private ShowLog create(Session open, String name) throws IOException, SQLException {
    StoredShow created = open.store().create(name, replica().initial(name));
    open.store().commit();
    if (created == null) {
      return adopt(open, Objects.requireNonNull(open.store().find(name)));
    }
    ShowLog log = begin(created, 0);
    byId.put(created.id(), log);
    return log;
  }

  private void requireNothingLost(Session open, Collection<ShowLog> shows, Found found)
      throws SQLException, DamagedLogException {
    Map<Long, Row> first = new HashMap<>();
    found.rows().forEach(row -> first.putIfAbsent(row.show(), row));
    for (ShowLog log : shows) {
      Row row = first.get(log.id());
      if (row == null ? log.last() > 0 : row.index() == log.last() && row.at() != log.lastAt()) {
        throw lost(log);
      }
      if (row != null && row.index() > log.last() + 1) {
        throw gap(open.store(), log, row.index());
      }
    }
  }

  /** Gives the replica what was found and it does not have yet. */
  private void follow(Session open, Found found) throws SQLException, DamagedLogException {
    for (Row row : found.rows()) {
      ShowLog log = Objects.requireNonNull(byId.get(row.show()));
      if (row.index() > log.last()) {
        followOne(open, log, row);
      }
    }
  }

  private void followOne(Session open, ShowLog log, Row row)
      throws SQLException, DamagedLogException {
    follow(
        open.store(),
        log,
        open.store().entry(log.show(), row.index(), row.at(), row.command().bytes()));
  }

  /**
   * Claims what is still to be appended to these shows and gives it places behind what is there.
   */
  private List<Waiting> place(List<Waiting> batch, Map<String, ShowLog> shows, Found found) {
    Map<Long, Row> heads = new HashMap<>();
    found.rows().forEach(row -> heads.put(row.show(), row));
    Map<ShowLog, Long> places = new HashMap<>();
    List<Waiting> placed = new ArrayList<>(batch.size());
    for (Waiting waiting : batch) {
      Submission submission = waiting.submission();
      ShowLog log = shows.get(submission.show());
      if (log == null || !waiting.claim()) {
        continue;
      }
      Row head = heads.get(log.id());
      long at = Math.max(head == null ? log.lastAt() : head.at(), found.now());
      if (submission.isPatient() && replica().isIdle(submission, at)) {
        waiting.release();
        waiting.giveUp("there is nothing to do");
        continue;
      }
      long first = 1 + (head == null ? log.last() : head.index());
      waiting.place(log, places.merge(log, first, (place, unused) -> place + 1), at);
      placed.add(waiting);
    }
    return placed;
  }

  private void commit(Session open, Found found, Collection<ShowLog> shows, List<Waiting> placed)
      throws SQLException, DamagedLogException {
    if (placed.isEmpty()) {
      open.store().commit();
    } else {
      Rows rows = open.store().rows();
      for (Waiting waiting : placed) {
        Submission submission = waiting.submission();
        rows.add(waiting.log().id(), waiting.index(), waiting.at(), submission.command());
      }
      inDoubt.addAll(placed);
      open.turn().append(rows, nodeId, PostgresListener.tell(node(), shows));
      inDoubt.clear();
    }
    // Only now, when the turn is over: others wait for it.
    together(
        () -> {
          follow(open, found);
          placed.forEach(this::decide);
        });
    inbox().removeEnded();
  }

  /** Finds out what became of a commit that was not answered. */
  private void clearUp(Session open) throws IOException, SQLException {
    Map<Long, ShowLog> shows = new HashMap<>();
    for (Waiting waiting : inDoubt) {
      shows.put(waiting.log().id(), waiting.log());
    }
    Found found = open.turn().look(shows.values());
    open.store().rollback();
    for (Row row : found.rows()) {
      ShowLog log = Objects.requireNonNull(shows.get(row.show()));
      if (row.index() <= log.last()) {
        continue;
      }
      Waiting own = row.node() == nodeId ? atPlace(log, row) : null;
      if (own == null) {
        followOne(open, log, row);
      } else {
        inDoubt.remove(own);
        decide(own);
      }
    }
    inDoubt.forEach(Waiting::release);
    inDoubt.clear();
    inbox().removeEnded();
  }

  private @Nullable Waiting atPlace(ShowLog log, Row row) {
    for (Waiting waiting : inDoubt) {
      if (waiting.index() == row.index() && waiting.at() == row.at() && waiting.log() == log) {
        return waiting;
      }
    }
    return null;
  }
}
