package io.seatlock.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A server as a process of its own, which is killed, paused and started again, always on the same
 * port. Used by one thread.
 */
public final class Node implements AutoCloseable {

  private static final String LISTENING = "listening on ws://";
  private static final String ADMIN = "admin on ";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long PATIENCE_SECONDS = 40;

  private final List<String> command = new ArrayList<>();
  private final Map<String, String> environment;
  private final int port;
  private final List<String> printed = new ArrayList<>();
  private @Nullable Process process;
  private @Nullable Thread reader;
  private boolean serving;

  /** Where it was last told that its health can be asked. */
  private String admin = "";

  /**
   * A server that is not started yet.
   *
   * @param program what of java is run: a jar, or a class with its class path
   * @param arguments the server's options, without its ports
   */
  public Node(List<String> program, Map<String, String> environment, List<String> arguments)
      throws IOException {
    this.environment = Map.copyOf(environment);
    this.port = freePort();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(program);
    command.addAll(List.of("--port", Integer.toString(port), "--admin-port", "0"));
    command.addAll(arguments);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it serves. */
  public URI address() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  /** Starts it, again if it has ended. */
  public void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("SEATLOCK_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    synchronized (printed) {
      serving = false;
    }
    Process started = builder.start();
    started.getOutputStream().close();
    process = started;
    Thread lines = new Thread(() -> readLines(started), "node-output");
    lines.setDaemon(true);
    lines.start();
    reader = lines;
  }

  private void readLines(Process from) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (printed) {
          printed.add(line);
          serving |= line.contains(LISTENING);
          int at = line.indexOf(ADMIN);
          admin = at < 0 ? admin : line.substring(at + ADMIN.length());
          printed.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (printed) {
        printed.notifyAll();
      }
    }
  }

  /**
   * Waits until it serves.
   *
   * @throws TimeoutException if it does not, with what it has printed
   */
  public void awaitServing() throws InterruptedException, TimeoutException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (printed) {
      while (!serving) {
        long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (millis <= 0 || !running().isAlive()) {
          throw new TimeoutException("it does not serve: " + printed);
        }
        printed.wait(Math.min(millis, 200));
      }
    }
  }

  /** The status of its answer to who asks for its health. */
  public int health() throws InterruptedException {
    URI address;
    synchronized (printed) {
      address = URI.create(admin);
    }
    HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has printed since it was first started. */
  public List<String> printed() {
    synchronized (printed) {
      return List.copyOf(printed);
    }
  }

  /** Whether it has printed a line with these words. */
  public boolean hasPrinted(String words) {
    return printed().stream().anyMatch(line -> line.contains(words));
  }

  /** Ends it at once; it has no chance to do anything about it. */
  public void kill() throws InterruptedException {
    running().toHandle().destroyForcibly();
    running().waitFor();
  }

  /** Asks it to end and waits for that. */
  public int stop() throws InterruptedException, TimeoutException {
    running().toHandle().destroy();
    return awaitExit();
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
    String pid = Long.toString(running().pid());
    int exit = new ProcessBuilder("kill", name, pid).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("kill " + name + " " + pid + " ended with " + exit);
    }
  }

  /** Whether it runs, or is paused. */
  public boolean isAlive() {
    Process current = process;
    return current != null && current.isAlive();
  }

  /** Whether it ends by itself in this time. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return running().waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until it has ended by itself and returns its exit code. */
  public int awaitExit() throws InterruptedException, TimeoutException {
    if (!running().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("it does not end: " + printed());
    }
    Thread lines = reader;
    if (lines != null) {
      lines.join();
    }
    return running().exitValue();
  }

  private Process running() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException("it was never started");
    }
    return current;
  }

  @Override
  public void close() {
    Process current = process;
    if (current != null) {
      current.toHandle().destroyForcibly();
      current.onExit().join();
    }
  }
}
