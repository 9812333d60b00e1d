package io.seatlock.faults;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order in which the operations on one seat can have happened one after the other,
 * each at a moment between its beginning and its end, so that every answer is right.
 *
 * <p>An operation with an unknown outcome may have happened or not. A lock may also end by itself,
 * but not before its time.
 */
public final class Linearizability {
  /*
   * Wing and Gong's search in Lowe's variant: through the beginnings and ends by time, and operations
   * happen as late as possible, at an end. A configuration is which of the open operations have
   * happened already, and the state after them; all that are possible are kept as a set, each once.
   * At an end each goes on to those in which that operation has happened. If none is left, there is
   * no order, and the answer of that operation is where it shows.
   *
   * Moving everything to the latest moment loses nothing: operations keep their order, and a lock
   * that may have ended by itself at one moment may have done so at each later one.
   */

  private static final int MAX_OPEN = 62;
  private static final int TO_PRUNE = 32;
  private static final int EXCERPT = 12;

  private final List<SeatOperation> operations;
  private final @Nullable SeatOperation[] open = new SeatOperation[MAX_OPEN];
  private long optional;
  private Set<Configuration> configurations = new HashSet<>();

  private record Configuration(long happened, SeatState state) {}

  private record Moment(long at, boolean end, SeatOperation operation) {}

  private Linearizability(List<SeatOperation> operations) {
    this.operations = operations;
    configurations.add(new Configuration(0, SeatState.AVAILABLE));
  }

  /**
   * Checks a history of one seat that was available at its beginning.
   *
   * @return what is wrong, with the last operations before it shows; empty if nothing is
   */
  public static Optional<String> check(List<SeatOperation> operations) {
    return new Linearizability(operations).search();
  }

  private Optional<String> search() {
    for (Moment moment : moments()) {
      if (!moment.end()) {
        begin(moment.operation());
        continue;
      }
      Set<Configuration> before = configurations;
      end(moment.operation(), moment.at());
      if (configurations.isEmpty()) {
        return Optional.of(explain(moment.operation(), before));
      }
    }
    return Optional.empty();
  }

  private List<Moment> moments() {
    List<Moment> moments = new ArrayList<>();
    for (SeatOperation operation : operations) {
      moments.add(new Moment(operation.invokedAt(), false, operation));
      if (operation.endedAt() != Operation.NEVER) {
        moments.add(new Moment(operation.endedAt(), true, operation));
      }
    }
    moments.sort(Comparator.comparingLong(Moment::at).thenComparing(Moment::end));
    return moments;
  }

  private void begin(SeatOperation operation) {
    int slot = freeSlot();
    open[slot] = operation;
    if (operation.isOptional()) {
      optional |= bit(slot);
    }
  }

  private int freeSlot() {
    for (int slot = 0; slot < MAX_OPEN; slot++) {
      if (open[slot] == null) {
        return slot;
      }
    }
    throw new IllegalStateException("more than " + MAX_OPEN + " operations are open at once");
  }

  private int slotOf(SeatOperation operation) {
    for (int slot = 0; slot < MAX_OPEN; slot++) {
      SeatOperation there = open[slot];
      if (there != null && there.operation().number() == operation.operation().number()) {
        return slot;
      }
    }
    throw new IllegalArgumentException("not open: " + operation);
  }

  private void end(SeatOperation operation, long at) {
    int slot = slotOf(operation);
    Set<Configuration> next = new HashSet<>();
    Set<Configuration> seen = new HashSet<>();
    Deque<Configuration> toVisit = new ArrayDeque<>();
    for (Configuration each : configurations) {
      if ((each.happened() & bit(slot)) != 0) {
        next.add(new Configuration(each.happened() & ~bit(slot), each.state()));
        continue;
      }
      if (operation.isOptional()) {
        next.add(each);
      }
      if (seen.add(each)) {
        toVisit.add(each);
      }
    }
    while (!toVisit.isEmpty()) {
      for (Configuration following : following(toVisit.remove(), at)) {
        if ((following.happened() & bit(slot)) != 0) {
          next.add(new Configuration(following.happened() & ~bit(slot), following.state()));
        } else if (seen.add(following)) {
          toVisit.add(following);
        }
      }
    }
    open[slot] = null;
    optional &= ~bit(slot);
    configurations = next.size() > TO_PRUNE ? pruned(next) : next;
  }

  private List<Configuration> following(Configuration from, long at) {
    List<Configuration> following = new ArrayList<>();
    if (from.state().mayEndAt(at)) {
      following.add(new Configuration(from.happened(), SeatState.AVAILABLE));
    }
    for (int slot = 0; slot < MAX_OPEN; slot++) {
      SeatOperation operation = open[slot];
      if (operation != null && (from.happened() & bit(slot)) == 0) {
        SeatState after = operation.after(from.state());
        if (after != null) {
          following.add(new Configuration(from.happened() | bit(slot), after));
        }
      }
    }
    return following;
  }

  /** Without those that have used up more unknown operations than another one to get as far. */
  private Set<Configuration> pruned(Set<Configuration> all) {
    Set<Configuration> kept = new HashSet<>();
    for (Configuration each : all) {
      if (all.stream().noneMatch(other -> isBetter(other, each))) {
        kept.add(each);
      }
    }
    return kept;
  }

  private boolean isBetter(Configuration one, Configuration other) {
    return one.happened() != other.happened()
        && (one.happened() & ~other.happened()) == 0
        && ((one.happened() ^ other.happened()) & ~optional) == 0
        && one.state().equals(other.state());
  }

  private static long bit(int slot) {
    return 1L << slot;
  }

  private String explain(SeatOperation culprit, Set<Configuration> before) {
    StringBuilder text = new StringBuilder("no order explains ");
    text.append(culprit.operation()).append("\n  the seat could have been");
    before.stream().map(Configuration::state).distinct().forEach(s -> text.append(' ').append(s));
    text.append("\n  operations up to then:");
    List<SeatOperation> earlier =
        operations.stream()
            .filter(operation -> operation.invokedAt() <= culprit.endedAt())
            .sorted(Comparator.comparingLong(SeatOperation::endedAt))
            .toList();
    earlier.stream()
        .skip(Math.max(0, earlier.size() - EXCERPT))
        .forEach(operation -> text.append("\n    ").append(operation.operation()));
    return text.toString();
  }
}
