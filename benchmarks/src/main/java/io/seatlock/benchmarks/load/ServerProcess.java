package io.seatlock.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which says on its output where it listens. */
final class ServerProcess implements Target, AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("ws://(\\S+):(\\d+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 10;
  private static final int LINES_KEPT = 20;

  private final Dialect dialect;
  private final Process process;
  private final Thread killer;
  private final long startedAt = System.nanoTime();
  private final CompletableFuture<InetSocketAddress> listening = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>();

  private ServerProcess(Dialect dialect, List<String> command) throws IOException {
    this.dialect = dialect;
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    killer = new Thread(process::destroyForcibly, "end-server");
    Runtime.getRuntime().addShutdownHook(killer);
    Thread reader = new Thread(this::readOutput, "server-output");
    reader.setDaemon(true);
    reader.start();
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
    List<String> command = new ArrayList<>(List.of(java(), "-jar", jar.toString()));
    // The seats of a writer that never pauses are locked for as long as the load takes.
    command.addAll(List.of("--port", "0", "--admin-port", "0", "--time-limit", "24h"));
    // Sessions that come back must be able to, however long the load before that takes.
    command.addAll(List.of("--grace", "1h"));
    command.addAll(options);
    return start(dialect, command);
  }

  /** Starts the server to compare with. */
  static ServerProcess baseline() throws IOException, InterruptedException {
    return start(
        Dialect.CLASSIC,
        List.of(
            java(),
            "-cp",
            System.getProperty("java.class.path"),
            BroadcastBaseline.class.getName()));
  }

  private static ServerProcess start(Dialect dialect, List<String> command)
      throws IOException, InterruptedException {
    ServerProcess server = new ServerProcess(dialect, command);
    try {
      server.listening.get(START_SECONDS, TimeUnit.SECONDS);
      return server;
    } catch (ExecutionException | TimeoutException e) {
      server.close();
      throw new IOException("the server did not start: " + server.lastLines(), e);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private void readOutput() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        keep(line);
        Matcher address = ADDRESS.matcher(line);
        if (address.find()) {
          listening.complete(
              new InetSocketAddress(
                  InetAddress.getByName(address.group(1)), Integer.parseInt(address.group(2))));
        }
      }
      listening.completeExceptionally(new IOException("its output ended"));
    } catch (IOException e) {
      listening.completeExceptionally(e);
    }
  }

  private void keep(String line) {
    synchronized (lastLines) {
      if (lastLines.size() == LINES_KEPT) {
        lastLines.removeFirst();
      }
      lastLines.addLast(line);
    }
  }

  /** The last that it wrote. */
  List<String> lastLines() {
    synchronized (lastLines) {
      return List.copyOf(lastLines);
    }
  }

  /** When its process was started, on the nano clock. */
  long startedAt() {
    return startedAt;
  }

  /** Ends it at once, as a power cut would, and waits until it has ended. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public InetSocketAddress address() {
    return listening.join();
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public long cpuNanos() {
    return process.toHandle().info().totalCpuDuration().map(Duration::toNanos).orElse(UNKNOWN);
  }

  @Override
  public long residentBytes() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try {
      Matcher resident = RESIDENT.matcher(Files.readString(status));
      return resident.find() ? Long.parseLong(resident.group(1)) * 1024 : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      process.destroyForcibly().onExit().join();
    }
    Runtime.getRuntime().removeShutdownHook(killer);
  }
}
