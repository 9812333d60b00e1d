package io.seatlock.faults;

import io.seatlock.core.Command;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import io.seatlock.jdbc.postgres.PostgresLog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The log in PostgreSQL with a bug planted around it. */
final class PlantedPostgresLog implements CommandLog {

  /** What is wrong with it. */
  enum Bug {
    /** Nothing. */
    NONE,
    /** Commands are decided at once, and appended then. */
    ANSWERS_TOO_EARLY,
    /** What was in a commit without an answer is taken for not done, and nobody looks. */
    TAKES_DOUBT_FOR_LOST,
    /** Commands wait for a database that is away, however long. */
    NEVER_REFUSES
  }

  private static final long LOOK_MILLIS = 5;

  private final PostgresLog log;
  private final Bug bug;

  /** Appended and not decided yet. */
  private final Set<Submission> open = ConcurrentHashMap.newKeySet();

  private final BlockingQueue<Submission> inbox = new LinkedBlockingQueue<>();
  private Replica replica;

  PlantedPostgresLog(PostgresLog log, Bug bug) {
    this.log = log;
    this.bug = bug;
  }

  @Override
  public void start(Replica into) throws IOException {
    replica = into;
    log.start(new Between());
    Thread thread = new Thread(this::run, "planted-log");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void append(Submission submission) {
    inbox.add(submission);
  }

  private void run() {
    try {
      while (true) {
        boolean away = log.trouble().isPresent();
        if (away && bug == Bug.TAKES_DOUBT_FOR_LOST) {
          open.forEach(this::takeForLost);
        }
        Submission next =
            away && bug == Bug.NEVER_REFUSES
                ? null
                : inbox.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          pass(next);
        } else {
          Thread.sleep(1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeForLost(Submission submission) {
    if (!submission.isPatient() && open.remove(submission)) {
      submission.notAccepted("the commit was not answered");
    }
  }

  private void pass(Submission submission) {
    String show = submission.show();
    if (bug == Bug.ANSWERS_TOO_EARLY) {
      synchronized (this) {
        if (replica.index(show) > 0) {
          replica.decide(replica.index(show) + 1, clock().millis(), submission);
          log.append(submission);
          return;
        }
      }
    }
    open.add(submission);
    log.append(submission);
  }

  @Override
  public String node() {
    return log.node();
  }

  @Override
  public InstantSource clock() {
    return log.clock();
  }

  @Override
  public Optional<String> trouble() {
    return log.trouble();
  }

  @Override
  public void close() {
    log.close();
  }

  /** What the log gives on its way to the replica. */
  private final class Between implements Replica {

    @Override
    public long index(String show) {
      return replica.index(show);
    }

    @Override
    public Snapshot initial(String show) {
      return replica.initial(show);
    }

    @Override
    public void install(String show, long index, Snapshot state) {
      synchronized (PlantedPostgresLog.this) {
        replica.install(show, index, state);
      }
    }

    @Override
    public void decide(String show, long index, long at, Command command) {
      synchronized (PlantedPostgresLog.this) {
        replica.decide(show, next(show, index), at, command);
      }
    }

    @Override
    public void decide(long index, long at, Submission submission) {
      synchronized (PlantedPostgresLog.this) {
        String show = submission.show();
        if (open.remove(submission)) {
          replica.decide(next(show, index), at, submission);
        } else if (bug != Bug.ANSWERS_TOO_EARLY) {
          replica.decide(show, index, at, submission.command());
        }
        // Otherwise it was decided before it was appended.
      }
    }

    /** Who decides early has its own idea of the order. */
    private long next(String show, long index) {
      return bug == Bug.ANSWERS_TOO_EARLY ? replica.index(show) + 1 : index;
    }

    @Override
    public boolean isIdle(Submission submission, long at) {
      return open.contains(submission) && replica.isIdle(submission, at);
    }

    @Override
    public Snapshot snapshot(String show) {
      return replica.snapshot(show);
    }

    @Override
    public Set<String> nodes() {
      return replica.nodes();
    }

    @Override
    public void nodeGone(String node) {
      replica.nodeGone(node);
    }

    @Override
    public void failed(Throwable cause) {
      replica.failed(cause);
    }
  }
}
