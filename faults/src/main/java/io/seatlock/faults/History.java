package io.seatlock.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Everything that the clients of a run asked for and were told. Safe for use by many threads; to be
 * checked when they have ended.
 */
public final class History {

  private final ConcurrentMap<String, Chronicle> chronicles = new ConcurrentHashMap<>();
  private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
  private final AtomicLong numbers = new AtomicLong();

  /** A number for an operation. */
  public long nextNumber() {
    return numbers.incrementAndGet();
  }

  /** What was told of a show. */
  public Chronicle chronicle(String show) {
    return chronicles.computeIfAbsent(show, Chronicle::new);
  }

  /** All that was told. */
  public List<Chronicle> chronicles() {
    return chronicles.values().stream().sorted(Comparator.comparing(Chronicle::show)).toList();
  }

  /** An operation has ended, or is given up. */
  public void add(Operation operation) {
    operations.add(operation);
  }

  /** The operations of a show in the order of their beginnings. */
  public List<Operation> operations(String show) {
    return operations.stream()
        .filter(operation -> operation.show().equals(show))
        .sorted(Comparator.comparingLong(Operation::invokedAt))
        .toList();
  }

  /** How many operations ended in each way. */
  public Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Operation operation : operations) {
      counts.merge(operation.outcome().getClass().getSimpleName(), 1, Integer::sum);
    }
    return counts;
  }

  /** How many operations ended in this way. */
  public int count(Class<? extends Outcome> outcome) {
    return counts().getOrDefault(outcome.getSimpleName(), 0);
  }

  /** The holders that resumed their sessions after this moment, in nanoseconds. */
  public Set<String> resumedSince(long moment) {
    return operations.stream()
        .filter(each -> each.outcome() instanceof Outcome.Resumed && each.invokedAt() > moment)
        .map(Operation::holder)
        .collect(Collectors.toSet());
  }

  /** Everything about a show as text, for who looks for a fault. */
  public List<String> dump(String show) {
    List<String> lines = new ArrayList<>();
    for (Operation operation : operations(show)) {
      lines.add(operation.toString());
    }
    for (Chronicle.Told<Change> told : chronicle(show).changes().values()) {
      lines.add(told.toString());
    }
    return lines;
  }
}
