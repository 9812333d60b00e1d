package io.seatlock.jdbc.store;

import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Replica;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.queue.QueuedCommand;
import io.seatlock.jdbc.store.LogStore.StoredShow;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives the replica what is in the tables of a log, and knows how far each show has got. Of the
 * log's thread, and of the one that starts the log before that.
 */
public final class ReplicaFeed {

  private final Replica replica;
  private final Object where;
  private final OwnCommands own;
  private final Map<String, ShowLog> shows = new HashMap<>();

  /** Finds commands of this program whose fate was unknown until they were found in the log. */
  @FunctionalInterface
  public interface OwnCommands {
    /** Returns the command that this entry is, and forgets it; null if it is not one of them. */
    @Nullable QueuedCommand take(ShowLog log, Row row, Entry entry);
  }

  /**
   * Begins without any show.
   *
   * @param where names the log, for messages
   */
  public ReplicaFeed(Replica replica, Object where, OwnCommands own) {
    this.replica = Objects.requireNonNull(replica, "replica");
    this.where = where;
    this.own = own;
  }

  /** Returns what it feeds. */
  public Replica replica() {
    return replica;
  }

  /** Returns how far a show has got; null if the replica has nothing of it. */
  public @Nullable ShowLog find(String show) {
    return shows.get(show);
  }

  /** Returns the log of a show that the replica has. */
  public ShowLog get(String show) {
    return Objects.requireNonNull(shows.get(show), "the replica has the show");
  }

  /** Returns all shows that the replica has. */
  Collection<ShowLog> all() {
    return Collections.unmodifiableCollection(shows.values());
  }

  /** Begins a show that the replica has in its first state, which is of this time. */
  public ShowLog beginShow(StoredShow show, long at) {
    return beginShow(show, 0, at, 0);
  }

  private ShowLog beginShow(StoredShow show, long index, long at, int stateLength) {
    ShowLog log = new ShowLog(show);
    log.beginAt(index, at);
    log.hasSnapshot(index, at, stateLength);
    shows.put(show.name(), log);
    return log;
  }

  /** Gives the replica the newest snapshot of a show. */
  public ShowLog install(LogStore store, StoredShow show) throws SQLException, DamagedLogException {
    StoredSnapshot snapshot = store.newestSnapshot(show);
    store.commit();
    replica.install(show.name(), snapshot.index(), snapshot.verifiedState(show.name()));
    return beginShow(show, snapshot.index(), snapshot.at(), snapshot.state().length);
  }

  // --- what is in the tables

  /**
   * Gives the replica a page of what it does not have yet.
   *
   * @return whether there may be more
   */
  public boolean followPage(LogStore store, ShowLog log) throws SQLException, DamagedLogException {
    List<Row> rows = store.rowsFrom(log.show(), log.last());
    // No transaction stands open while commands are decided.
    store.commit();
    requireKnown(store, log, rows);
    inOneBatch(() -> follow(store, log, rows));
    return rows.size() == LogStore.PAGE;
  }

  /** Gives the replica those of these rows that it does not have yet. */
  public void follow(LogStore store, ShowLog log, List<Row> rows)
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
      decideFound(log, row, entry);
    }
  }

  private void decideFound(ShowLog log, Row row, Entry entry) {
    QueuedCommand queued = own.take(log, row, entry);
    if (queued == null) {
      replica.decide(log.name(), entry.index(), entry.at(), entry.command());
      log.goTo(entry.index(), entry.at());
    } else {
      decideAppended(queued);
    }
  }

  /**
   * Requires that the last command that is known here is still there, in the first of these rows,
   * or that nothing is missing after it.
   */
  public void requireKnown(LogStore store, ShowLog log, List<Row> rows)
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
        where
            + " has lost commands: command "
            + log.last()
            + " of show "
            + log.name()
            + " was there and is not any more");
  }

  /** What comes next is not what follows. */
  private static DamagedLogException gap(LogStore store, ShowLog log, long next)
      throws SQLException {
    return new DamagedLogException(
        store.newestSnapshotPlace(log.id()).index() >= next - 1
            ? "this node was away too long: after command "
                + log.last()
                + " of show "
                + log.name()
                + " others have been removed since"
            : "command " + (log.last() + 1) + " of show " + log.name() + " is missing");
  }

  // --- what this program has appended

  /** Has a command decided that was claimed and placed, and is in the log now. */
  public void decideAppended(QueuedCommand queued) {
    Submission submission = queued.submission();
    ShowLog log = get(submission.show());
    if (queued.endDecided()) {
      replica.decide(queued.index(), queued.at(), submission);
    } else {
      // The log was closed without waiting for this.
      replica.decide(log.name(), queued.index(), queued.at(), submission.command());
    }
    log.goTo(queued.index(), queued.at());
  }

  /** Decides commands. */
  @FunctionalInterface
  public interface Decisions {
    /** Gives them to the replica. */
    void decide() throws SQLException, DamagedLogException;
  }

  /** Delivers what these decisions lead to once all of them are made. */
  public void inOneBatch(Decisions decisions) throws SQLException, DamagedLogException {
    replica.beginBatch();
    try {
      decisions.decide();
    } finally {
      replica.endBatch();
    }
  }
}
