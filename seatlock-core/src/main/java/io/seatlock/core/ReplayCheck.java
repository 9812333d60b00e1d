package io.seatlock.core;

import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Replays the commands of a show that it is given to read, and compares the snapshots of the log
 * with the states that these commands lead to. For implementations of {@link CommandArchive#check}.
 * Not safe for use by several threads.
 */
public final class ReplayCheck implements CommandArchive.Reader {

  private final String show;
  private final Deque<SavedState> snapshots;
  private final Replay replay;

  /**
   * Begins to check a show.
   *
   * @param snapshots the states to compare, oldest first
   * @throws DamagedLogException if the beginning contradicts itself
   */
  public ReplayCheck(String show, SavedState beginning, List<SavedState> snapshots)
      throws DamagedLogException {
    this.show = Objects.requireNonNull(show, "show");
    this.snapshots = new ArrayDeque<>(snapshots);
    try {
      replay = new Replay(beginning.state());
    } catch (IllegalArgumentException e) {
      throw new DamagedLogException(
          "the snapshot of show "
              + show
              + " at command "
              + beginning.index()
              + " contradicts itself: "
              + e,
          e);
    }
  }

  /**
   * Replays the next command.
   *
   * @throws DamagedLogException if there is a snapshot of this command and it differs
   */
  @Override
  public void read(Entry entry) throws DamagedLogException {
    replay.apply(entry.command(), entry.at(), event -> {});
    SavedState next = snapshots.peek();
    if (next != null && entry.index() == next.index()) {
      snapshots.remove();
      if (!replay.snapshot().equals(next.state())) {
        throw new DamagedLogException(
            "the snapshot of show "
                + show
                + " at command "
                + next.index()
                + " is not what the commands lead to");
      }
    }
  }

  /**
   * Requires that every snapshot was reached.
   *
   * @throws DamagedLogException if there is a snapshot of a command that is missing
   */
  public void requireComplete() throws DamagedLogException {
    SavedState left = snapshots.peek();
    if (left != null) {
      throw new DamagedLogException(
          "the snapshot of show " + show + " is of command " + left.index() + ", which is missing");
    }
  }
}
