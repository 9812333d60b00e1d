package io.seatlock.benchmarks.load;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Says on a stream what is being done: on a terminal in one line that changes. */
final class Progress {

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PrintStream out;
  private final boolean changing;
  private String load = "";
  private String step = "";
  private long stepSince;
  private long saidAt;
  private int width;

  /**
   * With nothing said.
   *
   * @param changing whether the stream is a terminal, where a line can be written over
   */
  Progress(PrintStream out, boolean changing) {
    this.out = out;
    this.changing = changing;
  }

  /** A load begins. */
  void load(String name) {
    load = name;
    if (!changing) {
      out.println(name);
    }
    step("starting");
  }

  /** A part of the load begins. */
  void step(String what) {
    step = what;
    stepSince = System.nanoTime();
    if (changing) {
      say();
    }
  }

  /** Called often; says something now and then. */
  void tick() {
    if (changing && System.nanoTime() - saidAt > EVERY_NANOS) {
      say();
    }
  }

  /** Leaves a line that stays. */
  void result(String text) {
    if (changing) {
      out.print("\r" + " ".repeat(width) + "\r");
    }
    out.println(text);
  }

  private void say() {
    saidAt = System.nanoTime();
    String line = load + ": " + step;
    line += " (" + TimeUnit.NANOSECONDS.toSeconds(saidAt - stepSince) + " s)";
    out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
    width = line.length();
    out.flush();
  }
}
