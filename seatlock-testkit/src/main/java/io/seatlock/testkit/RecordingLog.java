package io.seatlock.testkit;

import io.seatlock.core.Command;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Replica;
import io.seatlock.core.Snapshot;
import io.seatlock.core.Submission;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A log between a {@link io.seatlock.core.SeatLock} and the log under test: it writes down what the
 * one under test does to the replica, and what is wrong with that.
 */
public final class RecordingLog implements CommandLog {

  /**
   * A decision.
   *
   * @param show of which show
   * @param index the place of the command
   * @param at its time
   * @param command what was decided
   * @param own whether it was appended here
   */
  public record Decision(String show, long index, long at, Command command, boolean own) {}

  private final CommandLog tested;
  private final List<Decision> decisions = new CopyOnWriteArrayList<>();
  private final List<String> installed = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile Consumer<Decision> before = decision -> {};

  /** Records what this log does. */
  public RecordingLog(CommandLog tested) {
    this.tested = tested;
  }

  /** Calls this on the log's thread before each decision. */
  public RecordingLog beforeDecision(Consumer<Decision> listener) {
    before = listener;
    return this;
  }

  /** All decisions so far, in their order. */
  public List<Decision> decisions() {
    return List.copyOf(decisions);
  }

  /** The decisions of one show. */
  public List<Decision> decisions(String show) {
    return decisions.stream().filter(each -> each.show().equals(show)).toList();
  }

  /** The shows that were installed from a snapshot, as {@code name@place}. */
  public List<String> installed() {
    return List.copyOf(installed);
  }

  /** What the log did that it must not do. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /** With what it said that it cannot go on. */
  public List<Throwable> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void start(Replica replica) throws IOException {
    tested.start(new Recorder(replica));
  }

  @Override
  public String node() {
    return tested.node();
  }

  @Override
  public InstantSource clock() {
    return tested.clock();
  }

  @Override
  public void append(Submission submission) {
    tested.append(submission);
  }

  @Override
  public Optional<String> trouble() {
    return tested.trouble();
  }

  @Override
  public void close() {
    tested.close();
  }

  private final class Recorder implements Replica {
    private final Replica replica;
    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();

    Recorder(Replica replica) {
      this.replica = replica;
    }

    private void alone(Runnable call) {
      Thread me = Thread.currentThread();
      Thread other = inside.compareAndExchange(null, me);
      if (other != null && other != me) {
        faults.add(me + " calls the replica while " + other + " does");
      }
      try {
        call.run();
      } finally {
        if (other == null) {
          inside.set(null);
        }
      }
    }

    private void record(Decision decision, Runnable call) {
      alone(
          () -> {
            long index = replica.index(decision.show());
            if (decision.index() != index + 1) {
              faults.add(decision + " after command " + index);
            }
            List<Decision> earlier = decisions(decision.show());
            if (!earlier.isEmpty() && earlier.get(earlier.size() - 1).at() > decision.at()) {
              faults.add(decision + " is earlier than the one before");
            }
            before.accept(decision);
            decisions.add(decision);
            call.run();
          });
    }

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
      alone(
          () -> {
            installed.add(show + "@" + index);
            replica.install(show, index, state);
          });
    }

    @Override
    public void beginBatch() {
      alone(replica::beginBatch);
    }

    @Override
    public void endBatch() {
      alone(replica::endBatch);
    }

    @Override
    public void decide(String show, long index, long at, Command command) {
      record(
          new Decision(show, index, at, command, false),
          () -> replica.decide(show, index, at, command));
    }

    @Override
    public void decide(long index, long at, Submission submission) {
      record(
          new Decision(submission.show(), index, at, submission.command(), true),
          () -> replica.decide(index, at, submission));
    }

    @Override
    public boolean isIdle(Submission submission, long at) {
      return replica.isIdle(submission, at);
    }

    @Override
    public Snapshot snapshot(String show) {
      return Objects.requireNonNull(replica.snapshot(show));
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
      failures.add(cause);
      replica.failed(cause);
    }
  }
}
