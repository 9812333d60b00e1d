package io.seatlock.benchmarks.load;

/**
 * How long each load takes.
 *
 * @param warmUpSeconds before anything is measured
 * @param seconds what is measured
 */
record Settings(double warmUpSeconds, double seconds) {

  long warmUpNanos() {
    return (long) (warmUpSeconds * 1e9);
  }

  long nanos() {
    return (long) (seconds * 1e9);
  }
}
