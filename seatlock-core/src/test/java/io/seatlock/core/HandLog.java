package io.seatlock.core;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A log worked by hand: what is appended waits until the test commits it, on the test's thread.
 * What was committed is there for the next log on the same entries.
 */
class HandLog implements CommandLog {

  /** A committed command. */
  record Entry(String show, long index, long at, Command command) {}

  /** What was committed: with which state each show began, and its commands. */
  record Kept(Map<String, Snapshot> beginnings, List<Entry> entries) {
    Kept() {
      this(new HashMap<>(), new ArrayList<>());
    }
  }

  private final String node;
  private final Map<String, Snapshot> beginnings;
  private final List<Entry> entries;
  private final List<Submission> waiting = new ArrayList<>();
  private Replica replica;
  private int appended;
  private boolean closed;
  long now = 1_000;

  HandLog(String node, Kept kept) {
    this.node = node;
    this.beginnings = kept.beginnings();
    this.entries = kept.entries();
  }

  @Override
  public void start(Replica replica) throws IOException {
    this.replica = replica;
    beginnings.forEach((show, state) -> replica.install(show, 0, state));
    for (Entry entry : entries) {
      replica.decide(entry.show(), entry.index(), entry.at(), entry.command());
      now = Math.max(now, entry.at());
    }
    replica.nodes().stream().filter(other -> !other.equals(node)).forEach(replica::nodeGone);
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public InstantSource clock() {
    return () -> Instant.ofEpochMilli(now);
  }

  @Override
  public synchronized void append(Submission submission) {
    if (closed) {
      submission.notAccepted("closed");
    } else {
      waiting.add(submission);
      appended++;
      notifyAll();
    }
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public void close() {
    commit();
    synchronized (this) {
      closed = true;
    }
  }

  Replica replica() {
    return replica;
  }

  List<Entry> entries() {
    return entries;
  }

  synchronized List<Submission> waiting() {
    return List.copyOf(waiting);
  }

  /** Waits until so much has been appended in all, committed or not. */
  synchronized void awaitAppended(int count) throws InterruptedException {
    while (appended < count) {
      wait();
    }
  }

  /** Decides what waits, and what that leads to. */
  void commit() {
    List<Submission> batch = take();
    while (!batch.isEmpty()) {
      for (Submission submission : batch) {
        if (!replica.isIdle(submission, now)) {
          long index = replica.index(submission.show()) + 1;
          beginnings.computeIfAbsent(submission.show(), replica::initial);
          entries.add(new Entry(submission.show(), index, now, submission.command()));
          replica.decide(index, now, submission);
        }
      }
      batch = take();
    }
  }

  /** Takes what waits out of the log. */
  synchronized List<Submission> take() {
    List<Submission> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }
}
