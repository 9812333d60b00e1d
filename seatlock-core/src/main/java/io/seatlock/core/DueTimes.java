package io.seatlock.core;

import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is due at which time, in the order of times; what is due at one time has an order, too. */
final class DueTimes<T> {

  private final NavigableMap<Long, NavigableSet<T>> times = new TreeMap<>();
  private final Comparator<T> order;

  DueTimes(Comparator<T> order) {
    this.order = order;
  }

  /** The first time at which something is due; MAX_VALUE if nothing is. */
  long first() {
    return times.isEmpty() ? Long.MAX_VALUE : times.firstKey();
  }

  /** All that is due at the first time; there must be something. */
  List<T> allDueFirst() {
    return List.copyOf(times.firstEntry().getValue());
  }

  /** The first of what is due at the first time; there must be something. */
  T dueFirst() {
    return times.firstEntry().getValue().first();
  }

  void add(long at, T element) {
    times.computeIfAbsent(at, time -> new TreeSet<>(order)).add(element);
  }

  /** Removes what was added for this time. */
  void remove(long at, T element) {
    NavigableSet<T> together = Objects.requireNonNull(times.get(at));
    together.remove(element);
    if (together.isEmpty()) {
      times.remove(at);
    }
  }
}
