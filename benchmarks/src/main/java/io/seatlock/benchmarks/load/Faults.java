package io.seatlock.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** What was not as it must be: how often, and the first few in words. Belongs to one thread. */
final class Faults {

  private static final int SHOWN = 5;

  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String fault) {
    count++;
    if (first.size() < SHOWN) {
      first.add(fault);
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The first faults, and how many more there are. */
  List<String> shown() {
    List<String> shown = new ArrayList<>(first);
    if (count > first.size()) {
      shown.add("and " + (count - first.size()) + " more");
    }
    return List.copyOf(shown);
  }
}
