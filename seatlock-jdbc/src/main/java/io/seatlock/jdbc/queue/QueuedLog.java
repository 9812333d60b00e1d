package io.seatlock.jdbc.queue;

import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Submission;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A command log with a queue: one thread appends what waits in it to a database. Here are the
 * queue, the threads, the patience of the commands that wait, and the end; what is done in the
 * database is a {@link LogWriter}.
 */
public final class QueuedLog<W extends LogWriter> implements CommandLog {
  /*
   * The thread takes whatever waits, appends all of it in one transaction, and then has it decided.
   * Nothing waits for company: while one commit runs the next batch gathers by itself, the larger
   * the more there is to do.
   *
   * A second thread counts the time of the commands that wait, since the first may be stuck in a
   * call to the database.
   */

  static final String CLOSED = "the log is closed";
  private static final String FAILED = "the log cannot go on";
  private static final String TOO_LATE = "the log did not take the command in time";

  /** How many commands go into one transaction at most. */
  private static final int BATCH = 512;

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final LogSettings settings;
  private final AppendQueue queue;
  private final LogClock clock = new LogClock();
  private final String node = newNode();
  private final W writer;

  private @Nullable Replica replica;
  private volatile @Nullable Thread thread;
  private volatile @Nullable String failure;
  private volatile boolean closing;

  /** Since when the log's thread has been at work, on the nano clock; 0 if it waits for work. */
  private volatile long busySince;

  private volatile long closeBy;

  /**
   * Makes a log that is not started.
   *
   * @param writer makes the writer of this log; nothing may be appended meanwhile
   */
  public QueuedLog(LogSettings settings, Function<QueuedLog<?>, W> writer) {
    this.settings = settings;
    queue = new AppendQueue(settings.queue());
    this.writer = writer.apply(this);
  }

  /** 16 hexadecimal digits that no other program has. */
  private static String newNode() {
    byte[] bits = new byte[8];
    new SecureRandom().nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  // --- the port

  @Override
  public void start(Replica replica) throws IOException {
    if (this.replica != null || closing) {
      throw new IllegalStateException("a log is started once");
    }
    this.replica = Objects.requireNonNull(replica, "replica");
    boolean open = false;
    try {
      writer.open(replica);
      open = true;
    } finally {
      if (!open) {
        writer.release();
      }
    }
    startDaemon("seatlock-log-patience", this::countTime);
    thread = startDaemon("seatlock-log", this::run);
  }

  private static Thread startDaemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
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
  public void append(Submission submission) {
    queue.enqueue(submission);
  }

  @Override
  public Optional<String> trouble() {
    String why = failure;
    long since = busySince;
    if (why == null && since != 0) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
      if (seconds >= settings.patience().toSeconds() + 1) {
        why = writer + " has not answered for " + seconds + " s";
      }
    }
    return why == null ? writer.trouble() : Optional.of(why);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (!closing) {
        closeBy = System.nanoTime() + CLOSE_NANOS;
        closing = true;
      }
    }
    queue.shut(CLOSED);
    Thread appender = thread;
    if (appender == null) {
      writer.release();
    } else if (appender != Thread.currentThread()) {
      joinOrBreakOff(appender);
    }
  }

  private void joinOrBreakOff(Thread appender) {
    try {
      appender.join(TimeUnit.NANOSECONDS.toMillis(CLOSE_NANOS) + 1000);
      if (appender.isAlive()) {
        writer.breakOff();
        appender.join(1000);
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
        long idle = closing ? 0 : writer.doChores();
        busySince = 0;
        queue.await(idle);
        busySince = System.nanoTime() | 1;
        List<QueuedCommand> batch = nextBatch();
        if (!batch.isEmpty()) {
          writer.append(batch);
        }
      }
      writer.saveAtClose(closeBy);
    } catch (Throwable e) {
      fault = e;
      failure = "the log in " + writer + " cannot go on: " + e.getMessage();
    }
    String end = fault == null ? CLOSED : FAILED;
    queue.shut(end);
    writer.release();
    queue.abandon(end);
    if (fault != null) {
      Objects.requireNonNull(replica).failed(new IOException(failure, fault));
    }
  }

  /** Returns the writer. */
  public W writer() {
    return writer;
  }

  // --- for the writer

  /** Returns what is to go into the next transaction: whatever waits by now. */
  public List<QueuedCommand> nextBatch() {
    return queue.first(BATCH);
  }

  /** Returns what waits to be appended. */
  public AppendQueue queue() {
    return queue;
  }

  /** Returns the clock, to be set by the database's time. */
  public LogClock settableClock() {
    return clock;
  }

  /** Returns the name of the database, for an operator. */
  @Override
  public String toString() {
    return writer.toString();
  }
}
