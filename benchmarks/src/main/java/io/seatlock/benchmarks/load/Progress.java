package io.seatlock.benchmarks.load;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Says on a stream what is being done: when a load begins and ends, and every few seconds. */
final class Progress {

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final PrintStream out;
  private String load = "";
  private String step = "";
  private long stepSince;
  private long saidAt;

  /** With nothing said. */
  Progress(PrintStream out) {
    this.out = out;
  }

  /** A load begins. */
  void load(String name) {
    load = name;
    step("starting");
    out.println(name);
  }

  /** A part of the load begins. */
  void step(String what) {
    step = what;
    stepSince = System.nanoTime();
    saidAt = stepSince;
  }

  /** Called often; says something now and then. */
  void tick() {
    long now = System.nanoTime();
    if (now - saidAt > EVERY_NANOS) {
      saidAt = now;
      out.printf("%s: %s (%d s)%n", load, step, TimeUnit.NANOSECONDS.toSeconds(now - stepSince));
    }
  }

  /** The load has ended. */
  void result(String text) {
    out.println(text);
  }
}
