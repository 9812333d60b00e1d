package io.seatlock.benchmarks.load;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** What is compared with others in turns: it can be put under load for a while, again and again. */
interface Contender extends AutoCloseable {

  /**
   * One stretch of full load.
   *
   * @param seconds how long it was
   * @param operations how many were answered in it
   * @param cpuSeconds processor time of the servers; NaN if it is not known
   */
  record Stretch(double seconds, long operations, double cpuSeconds) {

    double perSecond() {
      return operations / seconds;
    }

    double perCpuSecond() {
      return operations / cpuSeconds;
    }
  }

  /** What it is called in tables. */
  String name();

  /** Puts it under load for so long, and lets it come to rest. */
  Stretch load(long nanos) throws IOException;

  /** While another one is under load: says to its servers that its connections are alive. */
  void rest() throws IOException;

  /** Answer times count from the next load on. */
  void measure();

  /** The answer times since {@link #measure}. */
  Histogram answerTimes();

  /** What was not as it must be, after the last load. */
  Exactness check();

  @Override
  void close() throws IOException;
}
