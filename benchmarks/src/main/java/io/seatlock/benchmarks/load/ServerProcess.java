package io.seatlock.benchmarks.load;

import io.seatlock.testsupport.JavaProgram;
import io.seatlock.testsupport.RunningProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which says on its output where it listens. */
final class ServerProcess implements Target, AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("ws://(\\S+):(\\d+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Duration TO_START = Duration.ofSeconds(60);
  private static final Duration TO_STOP = Duration.ofSeconds(10);
  private static final int LAST_LINES = 20;

  private final Dialect dialect;
  private final RunningProgram program;
  private final long startedAt;
  private final InetSocketAddress address;

  private ServerProcess(
      Dialect dialect, RunningProgram program, long startedAt, InetSocketAddress address) {
    this.dialect = dialect;
    this.program = program;
    this.startedAt = startedAt;
    this.address = address;
  }

  /** Starts the packaged server, with these options more, to speak this dialect to it. */
  static ServerProcess seatlock(Path jar, Dialect dialect, List<String> options)
      throws IOException, InterruptedException {
    List<String> more = new ArrayList<>(List.of("--in-memory"));
    more.addAll(options);
    return seatlockThatKeeps(jar, dialect, more);
  }

  /** Starts the packaged server with these options, which say where it keeps everything. */
  static ServerProcess seatlockThatKeeps(Path jar, Dialect dialect, List<String> options)
      throws IOException, InterruptedException {
    // The seats of a writer that never pauses are locked for as long as the load takes.
    List<String> arguments =
        new ArrayList<>(List.of("--port", "0", "--admin-port", "0", "--time-limit", "24h"));
    // Sessions that come back must be able to, however long the load before that takes.
    arguments.addAll(List.of("--grace", "1h"));
    arguments.addAll(options);
    return start(dialect, new JavaProgram(List.of("-jar", jar.toString()), arguments));
  }

  /** Starts the server to compare with. */
  static ServerProcess baseline() throws IOException, InterruptedException {
    List<String> program =
        List.of("-cp", System.getProperty("java.class.path"), BroadcastBaseline.class.getName());
    return start(Dialect.CLASSIC, new JavaProgram(program, List.of()));
  }

  private static ServerProcess start(Dialect dialect, JavaProgram program)
      throws IOException, InterruptedException {
    RunningProgram running = program.start();
    long startedAt = System.nanoTime();
    try {
      Matcher found = ADDRESS.matcher(running.awaitLine("ws://", TO_START));
      if (!found.find()) {
        throw new IOException("it listens nowhere");
      }
      InetSocketAddress address =
          new InetSocketAddress(
              InetAddress.getByName(found.group(1)), Integer.parseInt(found.group(2)));
      return new ServerProcess(dialect, running, startedAt, address);
    } catch (IOException | TimeoutException e) {
      running.close();
      throw new IOException("the server did not start: " + running.printed(), e);
    }
  }

  /** The last that it wrote. */
  List<String> lastLines() {
    List<String> all = program.printed();
    return all.subList(Math.max(0, all.size() - LAST_LINES), all.size());
  }

  /** When its process was started, on the nano clock. */
  long startedAt() {
    return startedAt;
  }

  /** Ends it at once, as a power cut would, and waits until it has ended. */
  void kill() {
    program.close();
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public long cpuNanos() {
    return program.handle().info().totalCpuDuration().map(Duration::toNanos).orElse(UNKNOWN);
  }

  @Override
  public long residentBytes() {
    Path status = Path.of("/proc", Long.toString(program.handle().pid()), "status");
    try {
      Matcher resident = RESIDENT.matcher(Files.readString(status));
      return resident.find() ? Long.parseLong(resident.group(1)) * 1024 : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  /** Asks it to end, and ends it if it does not in time. */
  @Override
  public void close() {
    program.terminate();
    try {
      program.endsWithin(TO_STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    program.close();
  }
}
