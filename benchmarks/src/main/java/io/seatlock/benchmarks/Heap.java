package io.seatlock.benchmarks;

/** The heap of this process. */
final class Heap {

  private Heap() {}

  /** Bytes in use, once collecting more often makes them no fewer. */
  static long usedAfterCollection() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    long usedNow = runtime.totalMemory() - runtime.freeMemory();
    while (usedNow < used) {
      used = usedNow;
      runtime.gc();
      usedNow = runtime.totalMemory() - runtime.freeMemory();
    }
    return usedNow;
  }
}
