package io.seatlock.testsupport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program in a process of its own, and the lines it prints. Safe for use by many threads. */
public final class RunningProgram implements AutoCloseable {
  private final Process process;
  private final Thread reader;
  private final Thread atExit;
  private final List<String> printed = new ArrayList<>();
  private boolean outputEnded;

  RunningProgram(Process process) throws IOException {
    this.process = process;
    process.getOutputStream().close();
    atExit = new Thread(process::destroyForcibly, "end-program");
    Runtime.getRuntime().addShutdownHook(atExit);
    reader = new Thread(this::readLines, "program-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void readLines() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (printed) {
          printed.add(line);
          printed.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (printed) {
        outputEnded = true;
        printed.notifyAll();
      }
    }
  }

  /** What it has printed so far. */
  public List<String> printed() {
    synchronized (printed) {
      return List.copyOf(printed);
    }
  }

  /**
   * Waits for a line with these words, which may have come already, and returns it.
   *
   * @throws TimeoutException with what the program has printed, if the line does not come in this
   *     time, or the program ends without it
   */
  public String awaitLine(String words, Duration patience)
      throws InterruptedException, TimeoutException {
    long until = System.nanoTime() + patience.toNanos();
    synchronized (printed) {
      int seen = 0;
      while (true) {
        for (; seen < printed.size(); seen++) {
          if (printed.get(seen).contains(words)) {
            return printed.get(seen);
          }
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (millis <= 0 || outputEnded) {
          throw new TimeoutException("no \"" + words + "\" in " + printed);
        }
        printed.wait(millis);
      }
    }
  }

  /** The process, to be asked for its id and what it uses. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Whether it runs, or is paused. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end, as an operator or a container does. */
  public void terminate() {
    // Not Process.destroy, which would also close what it still has to print.
    process.toHandle().destroy();
  }

  /** Ends it at once, as a power cut would, and waits until it has ended. */
  public void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  /** Whether it ends by itself in this time. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits until it has ended by itself, and all that it printed is there; returns its exit code.
   *
   * @throws TimeoutException with what it has printed, if it does not end in this time
   */
  public int awaitExit(Duration patience) throws InterruptedException, TimeoutException {
    if (!endsWithin(patience)) {
      throw new TimeoutException("it does not end: " + printed());
    }
    reader.join();
    return process.exitValue();
  }

  /** Takes all time from it. */
  public void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Gives it time again. */
  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    int exit = new ProcessBuilder("kill", name, pid).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("kill " + name + " " + pid + " ended with " + exit);
    }
  }

  /** Ends it at once, and waits until it has ended. */
  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM of the tests is ending.
    }
  }
}
