package io.seatlock.faults;

import io.seatlock.core.Command;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Submission;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A log in a plain file, as simple as can be, into which bugs can be planted. It survives the end
 * of the process, not of the machine. With some bugs it crashes by itself now and then, in the
 * worst moment: when a request is kept and not yet answered.
 */
final class PlainLog implements CommandLog {

  /** What is wrong with a log. */
  enum Bug {
    /** Nothing. */
    NONE,
    /** Commands are decided at once and written some time later. */
    ANSWERS_TOO_EARLY,
    /**
     * Requests that are to be done at most once are forgotten by a restart, what they did is not.
     */
    FORGETS_REQUESTS,
    /** All sessions end with a restart, however soon their clients are back. */
    FORGETS_SESSIONS,
    /** It goes on without writing when the disk is full. */
    IGNORES_A_FULL_DISK,
    /** Three seconds pass in one. */
    TIME_RUNS_FAST;

    /** Whether it shows, or would show, when a request is kept and not answered. */
    boolean showsInACrash() {
      return this == NONE || this == FORGETS_REQUESTS;
    }
  }

  private static final int CRASH_AFTER = 300;
  private static final long LATER_MILLIS = 300;

  private final Path file;
  private final Bug bug;
  private final String node = UUID.randomUUID().toString().replace("-", "");
  private final InstantSource clock;
  private final LinkedBlockingQueue<Submission> inbox = new LinkedBlockingQueue<>();
  private final Map<String, Long> lastAt = new HashMap<>();
  private final Map<String, String> opened = new HashMap<>();
  private final Thread thread = new Thread(this::run, "plain-log");
  private Replica replica;
  private DataOutputStream out;
  private int written;

  PlainLog(Path file, Bug bug) {
    this.file = file;
    this.bug = bug;
    Clock right = Clock.systemUTC();
    this.clock = bug == Bug.TIME_RUNS_FAST ? () -> Instant.ofEpochMilli(3 * right.millis()) : right;
  }

  @Override
  public void start(Replica into) throws IOException {
    replica = into;
    if (Files.exists(file)) {
      replay();
    }
    out =
        new DataOutputStream(
            new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                1 << 20));
    if (bug == Bug.FORGETS_SESSIONS) {
      endSessions();
    }
    into.nodes().stream().filter(each -> !each.equals(node)).forEach(into::nodeGone);
    thread.setDaemon(true);
    thread.start();
  }

  private void replay() throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      while (true) {
        String show = in.readUTF();
        long at = in.readLong();
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        Command command = Command.fromBytes(bytes);
        lastAt.put(show, at);
        if (command instanceof Command.OpenSession open) {
          opened.put(open.holder(), show);
        }
        if (bug == Bug.FORGETS_REQUESTS && command instanceof Command.Once once) {
          command = once.action();
        }
        replica.decide(show, replica.index(show) + 1, at, command);
      }
    } catch (EOFException e) {
      // That was all that was written as a whole.
    }
  }

  private void endSessions() throws IOException {
    for (Map.Entry<String, String> session : opened.entrySet()) {
      String show = session.getValue();
      Command end = new Command.CloseSession(session.getKey());
      long at = Math.max(lastAt.getOrDefault(show, 0L), clock.millis());
      lastAt.put(show, at);
      write(show, at, end);
      replica.decide(show, replica.index(show) + 1, at, end);
    }
  }

  private void run() {
    long flushedAt = System.nanoTime();
    try {
      while (true) {
        Submission next = inbox.poll(20, TimeUnit.MILLISECONDS);
        if (next != null) {
          decide(next);
        }
        if (System.nanoTime() - flushedAt > TimeUnit.MILLISECONDS.toNanos(LATER_MILLIS)) {
          out.flush();
          flushedAt = System.nanoTime();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String show, long at, Command command) throws IOException {
    byte[] bytes = command.toBytes();
    try {
      out.writeUTF(show);
      out.writeLong(at);
      out.writeInt(bytes.length);
      out.write(bytes);
      if (bug != Bug.ANSWERS_TOO_EARLY) {
        out.flush();
      }
    } catch (IOException e) {
      if (bug != Bug.IGNORES_A_FULL_DISK) {
        throw e;
      }
      System.out.println("ignored: " + e.getMessage());
      out = new DataOutputStream(OutputStream.nullOutputStream());
    }
  }

  private void decide(Submission submission) throws IOException {
    String show = submission.show();
    long at = Math.max(lastAt.getOrDefault(show, 0L), clock.millis());
    if (submission.isPatient() && replica.isIdle(submission, at)) {
      submission.notAccepted("there is nothing to do");
      return;
    }
    lastAt.put(show, at);
    write(show, at, submission.command());
    boolean mayCrash =
        bug.showsInACrash() && ++written > CRASH_AFTER && isSale(submission.command());
    long before = replica.snapshot(show).seq();
    // Until the end of the batch nobody is told.
    replica.beginBatch();
    replica.decide(replica.index(show) + 1, at, submission);
    if (mayCrash && replica.snapshot(show).seq() > before) {
      Runtime.getRuntime().halt(137);
    }
    replica.endBatch();
  }

  private static boolean isSale(Command command) {
    return command instanceof Command.Once once && once.action() instanceof Command.Sale;
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
    inbox.add(submission);
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public void close() {
    // It ends with its process.
  }
}
