package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged server as a process of its own, and what it prints. */
final class ServerProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;
  private static final String LISTENING = "listening on ws://";
  private static final String ADMIN = "admin on http://";

  /** Its working directory, where it keeps its data unless it is told another place. */
  private final Path directory;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> printed = new ArrayList<>();
  private final Thread reader;

  private ServerProcess(Map<String, String> environment, String... arguments) throws IOException {
    this(List.of(), List.of(), environment, arguments);
  }

  private ServerProcess(
      List<String> before,
      List<String> jvmArguments,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(jvmArguments);
    command.add("-jar");
    command.add(System.getProperty("seatlock.server.jar"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("SEATLOCK_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    directory = Files.createTempDirectory("seatlock-server");
    builder.directory(directory.toFile());
    process = builder.start();
    process.getOutputStream().close();
    reader = new Thread(this::readLines, "server-output");
    reader.start();
  }

  /** Starts it with these environment variables, and no other of its own, and these arguments. */
  static ServerProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    return new ServerProcess(environment, arguments);
  }

  /** Starts it on free ports and waits until it serves. */
  static ServerProcess serving(Map<String, String> environment, String... arguments)
      throws IOException {
    return serving(List.of(), List.of(), environment, arguments);
  }

  /** Starts it through another program, with arguments for its JVM, and waits until it serves. */
  static ServerProcess serving(
      List<String> before,
      List<String> jvmArguments,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("--port=0", "--admin-port=0"));
    all.addAll(List.of(arguments));
    ServerProcess server =
        new ServerProcess(before, jvmArguments, environment, all.toArray(String[]::new));
    server.awaitServing();
    return server;
  }

  private void readLines() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = in.readLine()) != null) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitServing() {
    while (printed.stream().noneMatch(line -> line.contains(LISTENING))) {
      takeLine();
    }
  }

  private void takeLine() {
    try {
      String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("it printed no more than " + printed);
      }
      printed.add(line);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What it has printed, without the time before each line of its log. */
  List<String> printed() {
    lines.drainTo(printed);
    return printed.stream().map(line -> line.replaceFirst("^[-0-9]+ [:.0-9]+ ", "")).toList();
  }

  InetSocketAddress address() {
    return announced(LISTENING);
  }

  InetSocketAddress adminAddress() {
    return announced(ADMIN);
  }

  private InetSocketAddress announced(String what) {
    String line = printed.stream().filter(l -> l.contains(what)).findFirst().orElseThrow();
    String port = line.replaceFirst(".*:(\\d+)(/.*)?$", "$1");
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  /** Asks it to end, as an operator or a container does. */
  void terminate() {
    // Not Process.destroy, which would also close what it still has to print.
    process.toHandle().destroy();
  }

  /** Ends it without a chance to do anything about it. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  int exitCode() {
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
      reader.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    try {
      process.waitFor();
      reader.join();
      deleteDirectory();
    } catch (InterruptedException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private void deleteDirectory() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
