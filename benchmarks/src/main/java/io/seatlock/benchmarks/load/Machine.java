package io.seatlock.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The processor time of the whole machine and of this process over a stretch of time. */
final class Machine {

  private final java.lang.management.OperatingSystemMXBean bean =
      ManagementFactory.getOperatingSystemMXBean();
  private long ownFrom;
  private double ownSeconds;

  /** The stretch begins. */
  void begin() {
    if (bean instanceof OperatingSystemMXBean os) {
      // Each call tells of the time since the one before.
      os.getCpuLoad();
      ownFrom = os.getProcessCpuTime();
    }
  }

  /** The stretch ends: the processor time that everything took, or NaN if that is not known. */
  double busySeconds(double elapsedSeconds) {
    if (bean instanceof OperatingSystemMXBean os) {
      ownSeconds = (os.getProcessCpuTime() - ownFrom) / 1e9;
      double load = os.getCpuLoad();
      return load < 0 ? Double.NaN : load * elapsedSeconds * os.getAvailableProcessors();
    }
    return Double.NaN;
  }

  /** What this process took of that. */
  double ownSeconds() {
    return ownSeconds;
  }
}
