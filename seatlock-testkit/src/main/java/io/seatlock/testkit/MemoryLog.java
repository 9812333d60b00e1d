package io.seatlock.testkit;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import java.io.IOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory, in the hands of a test. It outlives its {@link io.seatlock.core.SeatLock}: give
 * {@link #reopened} to the next one to play a restart. Meanwhile it can be held, refuse, lose what
 * waits, or fail. Safe for use by many threads; decisions are made on a thread of its own.
 */
public final class MemoryLog implements CommandLog {

  /** What outlives a restart. Guarded by itself. */
  static final class Store {
    final Map<String, List<Entry>> entries = new LinkedHashMap<>();
    final Map<String, SavedState> beginnings = new LinkedHashMap<>();
    final Map<String, SavedState> snapshots = new LinkedHashMap<>();

    /** How many logs are started and not closed. */
    int users;
  }

  private static final String CLOSED = "the log is closed";

  private final Store store;
  private final InstantSource clock;
  private final int snapshotEvery;
  private final String node = UUID.randomUUID().toString().replace("-", "");
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "seatlock-memory-log");

  /** The rest is guarded by this. */
  private final Queue<Submission> held = new ArrayDeque<>();

  private boolean holding;
  private @Nullable String refusal;
  private @Nullable String failure;
  private boolean closed;
  private @Nullable Replica replica;

  private MemoryLog(Store store, InstantSource clock, int snapshotEvery) {
    this.store = store;
    this.clock = clock;
    this.snapshotEvery = snapshotEvery;
    thread.setDaemon(true);
  }

  /** An empty log that runs by the wall clock and takes no snapshots. */
  public static MemoryLog create() {
    return new MemoryLog(new Store(), Clock.systemUTC(), Integer.MAX_VALUE);
  }

  /** The same log by another clock, for a log that is not started yet. */
  public MemoryLog withClock(InstantSource clock) {
    return new MemoryLog(store, clock, snapshotEvery);
  }

  /** The same log with a snapshot after so many commands, for a log that is not started yet. */
  public MemoryLog withSnapshots(int every) {
    return new MemoryLog(store, clock, every);
  }

  /** The same log after a restart; what is in it now is there. */
  public MemoryLog reopened() {
    return new MemoryLog(store, clock, snapshotEvery);
  }

  /** What is in the log of a show. */
  public List<Entry> entries(String show) {
    synchronized (store) {
      return List.copyOf(store.entries.getOrDefault(show, List.of()));
    }
  }

  /** Opens the archive of this log for reading. */
  public CommandArchive openForReading() {
    return new MemoryArchive(store, false);
  }

  /**
   * Opens the archive of this log for reading and writing.
   *
   * @throws IOException if a log on the same memory is started and not closed
   */
  public CommandArchive openForWriting() throws IOException {
    synchronized (store) {
      if (store.users > 0) {
        throw new IOException("the log in memory is used by " + store.users + " programs");
      }
    }
    return new MemoryArchive(store, true);
  }

  /** From now on commands wait and are not in the log. */
  public synchronized void hold() {
    holding = true;
  }

  /** How many commands wait since {@link #hold}. */
  public synchronized int held() {
    return held.size();
  }

  /** Appends what waited, and what comes. */
  public synchronized void release() {
    holding = false;
    held.forEach(this::enqueue);
    held.clear();
  }

  /**
   * Ends what waited as unknown.
   *
   * @param written whether it is in the log, for the next to find
   */
  public synchronized void lose(boolean written) {
    List<Submission> lost = List.copyOf(held);
    held.clear();
    tasks.add(
        () -> {
          for (Submission submission : lost) {
            if (written) {
              write(submission);
            }
            submission.unknown("lost by the test");
          }
        });
  }

  /** Accepts nothing until {@link #accept}. */
  public synchronized void refuse(String why) {
    refusal = Objects.requireNonNull(why, "why");
  }

  /** Ends {@link #refuse}. */
  public synchronized void accept() {
    refusal = null;
  }

  /** Cannot go on, as after a failed write. */
  public synchronized void fail(Throwable cause) {
    failure = String.valueOf(cause.getMessage());
    held.forEach(submission -> submission.notAccepted("the log cannot go on"));
    held.clear();
    tasks.add(() -> replica().failed(cause));
  }

  // --- the port

  @Override
  public void start(Replica replica) throws IOException {
    synchronized (this) {
      if (this.replica != null) {
        throw new IllegalStateException("a log is started once");
      }
      this.replica = replica;
    }
    synchronized (store) {
      store.users++;
      store.snapshots.forEach(
          (show, kept) -> {
            replica.install(show, kept.index(), kept.state());
            entries(show).stream()
                .filter(entry -> entry.index() > kept.index())
                .forEach(e -> replica.decide(show, e.index(), e.at(), e.command()));
          });
    }
    replica.nodes().stream().filter(each -> !each.equals(node)).forEach(replica::nodeGone);
    thread.start();
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public synchronized void append(Submission submission) {
    if (closed) {
      submission.notAccepted(CLOSED);
    } else if (failure != null) {
      submission.notAccepted("the log cannot go on");
    } else if (refusal != null) {
      submission.notAccepted(refusal);
    } else if (holding) {
      held.add(submission);
    } else {
      enqueue(submission);
    }
  }

  @Override
  public synchronized Optional<String> trouble() {
    return Optional.ofNullable(failure != null ? failure : refusal);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      held.forEach(submission -> submission.notAccepted(CLOSED));
      held.clear();
      if (replica == null) {
        return;
      }
    }
    synchronized (store) {
      store.users--;
    }
    tasks.add(thread::interrupt);
    if (Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized Replica replica() {
    return Objects.requireNonNull(replica);
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        tasks.take().run();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void enqueue(Submission submission) {
    tasks.add(() -> decide(submission));
  }

  private void decide(Submission submission) {
    Entry entry = write(submission);
    replica().decide(entry.index(), entry.at(), submission);
    if (entry.index() % snapshotEvery == 0) {
      Snapshot state = copy(replica().snapshot(submission.show()));
      synchronized (store) {
        store.snapshots.put(submission.show(), new SavedState(entry.index(), state));
      }
    }
  }

  /** As it comes back from a disk. */
  private static Snapshot copy(Snapshot state) {
    return Snapshot.fromBytes(state.toBytes());
  }

  private Entry write(Submission submission) {
    String show = submission.show();
    boolean known;
    synchronized (store) {
      known = store.beginnings.containsKey(show);
    }
    Snapshot genesis = known ? null : copy(replica().initial(show));
    synchronized (store) {
      if (genesis != null) {
        store.beginnings.put(show, new SavedState(0, genesis));
        store.snapshots.put(show, new SavedState(0, genesis));
      }
      List<Entry> entries = store.entries.computeIfAbsent(show, name -> new ArrayList<>());
      SavedState beginning = Objects.requireNonNull(store.beginnings.get(show));
      long before =
          entries.isEmpty() ? beginning.state().at() : entries.get(entries.size() - 1).at();
      Command command = Command.fromBytes(submission.command().toBytes());
      long index = beginning.index() + entries.size() + 1;
      Entry entry = new Entry(index, Math.max(before, clock.millis()), command);
      entries.add(entry);
      return entry;
    }
  }
}
