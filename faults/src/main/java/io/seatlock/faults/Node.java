package io.seatlock.faults;

import io.seatlock.testsupport.JavaProgram;
import io.seatlock.testsupport.RunningProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final JavaProgram program;
  private final int port;

  /** What it printed before it was last started. */
  private final List<String> printedBefore = new ArrayList<>();

  private @Nullable RunningProgram running;

  /**
   * A server that is not started yet.
   *
   * @param program what of java is run: a jar, or a class with its class path
   * @param arguments the server's options, without its ports
   */
  public Node(List<String> program, Map<String, String> environment, List<String> arguments)
      throws IOException {
    this.port = freePort();
    List<String> java = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    java.addAll(program);
    List<String> options =
        new ArrayList<>(List.of("--port", Integer.toString(port), "--admin-port", "0"));
    options.addAll(arguments);
    this.program = new JavaProgram(List.of(), java, options, Map.copyOf(environment), null);
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
    RunningProgram before = running;
    if (before != null) {
      before.close();
      printedBefore.addAll(before.printed());
    }
    running = program.start();
  }

  /**
   * Waits until it serves.
   *
   * @throws TimeoutException if it does not, with what it has printed
   */
  public void awaitServing() throws InterruptedException, TimeoutException {
    running().awaitLine(LISTENING, PATIENCE);
  }

  /** The status of its answer to who asks for its health. */
  public int health() throws InterruptedException, TimeoutException {
    String line = running().awaitLine(ADMIN, PATIENCE);
    URI address = URI.create(line.substring(line.indexOf(ADMIN) + ADMIN.length()));
    HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has printed since it was first started. */
  public List<String> printed() {
    List<String> printed = new ArrayList<>(printedBefore);
    RunningProgram current = running;
    if (current != null) {
      printed.addAll(current.printed());
    }
    return printed;
  }

  /** Whether it has printed a line with these words. */
  public boolean hasPrinted(String words) {
    return printed().stream().anyMatch(line -> line.contains(words));
  }

  /** Ends it at once; it has no chance to do anything about it. */
  public void kill() throws InterruptedException {
    running().kill();
  }

  /** Asks it to end and waits for that. */
  public int stop() throws InterruptedException, TimeoutException {
    running().terminate();
    return awaitExit();
  }

  /** Takes all time from it. */
  public void pause() throws IOException, InterruptedException {
    running().pause();
  }

  /** Gives it time again. */
  public void resume() throws IOException, InterruptedException {
    running().resume();
  }

  /** Whether it runs, or is paused. */
  public boolean isAlive() {
    RunningProgram current = running;
    return current != null && current.isAlive();
  }

  /** Whether it ends by itself in this time. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return running().endsWithin(time);
  }

  /** Waits until it has ended by itself and returns its exit code. */
  public int awaitExit() throws InterruptedException, TimeoutException {
    return running().awaitExit(PATIENCE);
  }

  private RunningProgram running() {
    RunningProgram current = running;
    if (current == null) {
      throw new IllegalStateException("it was never started");
    }
    return current;
  }

  @Override
  public void close() {
    RunningProgram current = running;
    if (current != null) {
      current.close();
    }
  }
}
