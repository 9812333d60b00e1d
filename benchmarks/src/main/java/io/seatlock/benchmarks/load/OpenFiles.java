package io.seatlock.benchmarks.load;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** How many connections fit under the limit of open files, which the servers inherit. */
final class OpenFiles {

  private static final long OTHERS = 300;

  private OpenFiles() {}

  /** As many as wanted, or as are possible. */
  static int atMost(int wanted) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os) {
      return (int) Math.max(1, Math.min(wanted, os.getMaxFileDescriptorCount() - OTHERS));
    }
    return wanted;
  }

  /** A note if there are fewer than wanted. */
  static List<String> note(int wanted) {
    int possible = atMost(wanted);
    return possible == wanted
        ? List.of()
        : List.of(
            "only %d connections instead of %d: more open files are not allowed here (ulimit -n)"
                .formatted(possible, wanted));
  }
}
