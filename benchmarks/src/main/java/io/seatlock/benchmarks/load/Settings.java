package io.seatlock.benchmarks.load;

/**
 * How long each load takes.
 *
 * @param calmSeconds with all connections open and nothing to do
 * @param warmUpSeconds before anything is measured
 * @param seconds what is measured
 * @param patienceSeconds how long nothing may arrive before what is missing counts as lost
 */
record Settings(double calmSeconds, double warmUpSeconds, double seconds, double patienceSeconds) {

  long calmNanos() {
    return (long) (calmSeconds * 1e9);
  }

  long warmUpNanos() {
    return (long) (warmUpSeconds * 1e9);
  }

  long patienceNanos() {
    return (long) (patienceSeconds * 1e9);
  }

  long nanos() {
    return (long) (seconds * 1e9);
  }
}
