package io.seatlock.benchmarks.load;

import java.net.InetSocketAddress;

/** A server that load is put on. */
interface Target {

  /** What is answered if something cannot be known. */
  long UNKNOWN = -1;

  /** Where it listens. */
  InetSocketAddress address();

  /** What is to be spoken to it. */
  default Dialect dialect() {
    return Dialect.CLASSIC;
  }

  /** Processor time that its process has used so far, or {@link #UNKNOWN}. */
  default long cpuNanos() {
    return UNKNOWN;
  }

  /** Memory that its process has resident, or {@link #UNKNOWN}. */
  default long residentBytes() {
    return UNKNOWN;
  }
}
