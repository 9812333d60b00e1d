package io.seatlock.server;

import io.seatlock.testsupport.JavaProgram;
import io.seatlock.testsupport.RunningProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The packaged server as a process of its own, and what it prints. */
final class ServerProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LISTENING = "listening on ws://";
  private static final String ADMIN = "admin on http://";

  /** Its working directory, where it keeps its data unless it is told another place. */
  private final Path directory;

  private final RunningProgram program;

  private ServerProcess(
      List<String> before,
      List<String> jvmArguments,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<String> jar = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    jar.addAll(jvmArguments);
    jar.addAll(List.of("-jar", System.getProperty("seatlock.server.jar")));
    directory = Files.createTempDirectory("seatlock-server");
    program = new JavaProgram(before, jar, List.of(arguments), environment, directory).start();
  }

  /** Starts it with these environment variables, and no other of its own, and these arguments. */
  static ServerProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    return new ServerProcess(List.of(), List.of(), environment, arguments);
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

  void awaitServing() {
    announced(LISTENING);
  }

  /** What it has printed, without the time before each line of its log. */
  List<String> printed() {
    return program.printed().stream()
        .map(line -> line.replaceFirst("^[-0-9]+ [:.0-9]+ ", ""))
        .toList();
  }

  InetSocketAddress address() {
    return announced(LISTENING);
  }

  InetSocketAddress adminAddress() {
    return announced(ADMIN);
  }

  private InetSocketAddress announced(String what) {
    try {
      String line = program.awaitLine(what, PATIENCE);
      String port = line.replaceFirst(".*:(\\d+)(/.*)?$", "$1");
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks it to end, as an operator or a container does. */
  void terminate() {
    program.terminate();
  }

  /** Ends it without a chance to do anything about it. */
  void kill() {
    program.handle().destroyForcibly();
  }

  int exitCode() {
    try {
      return program.awaitExit(PATIENCE);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    program.close();
    try {
      deleteDirectory();
    } catch (IOException e) {
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
