package io.seatlock.benchmarks.load;

import java.util.List;

/**
 * Whether every connection received exactly what it must.
 *
 * @param faults what differed, in words; empty if nothing did
 * @param operations how many operations were counted
 * @param oneOrder whether all who looked saw the changes in the same order
 */
record Exactness(List<String> faults, long operations, boolean oneOrder) {

  /** Copies the list. */
  Exactness {
    faults = List.copyOf(faults);
  }

  boolean isExact() {
    return faults.isEmpty();
  }

  @Override
  public String toString() {
    if (!isExact()) {
      return "NOT EXACT";
    }
    return oneOrder ? "EXACT" : "EXACT, orders differ";
  }
}
