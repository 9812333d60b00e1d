package io.seatlock.faults;

import io.seatlock.core.CommandLog;
import io.seatlock.core.ShowSettings;
import io.seatlock.jdbc.postgres.PostgresLog;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The server with a log that has a bug: a program of its own, to be killed. */
final class PlantedServer {

  /** Longer than a start takes. */
  static final Duration GRACE = Duration.ofSeconds(10);

  private PlantedServer() {}

  /**
   * Such a server in a scenario, which serves.
   *
   * @param log the file or the URL of the log
   */
  static Node in(Scenario scenario, String log, Enum<?> bug) throws Exception {
    return scenario.serve(
        List.of("-cp", System.getProperty("java.class.path"), PlantedServer.class.getName()),
        List.of(log, bug.name()));
  }

  /**
   * Serves until it is killed.
   *
   * @param args {@code --port}, the port, {@code --admin-port}, 0, the file or the URL of the log
   *     and the bug
   */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    InetAddress here = InetAddress.getLoopbackAddress();
    SeatLockServer server =
        new SeatLockServer(settings(here, port, log(args[4], args[5])), Throwable::printStackTrace);
    System.out.println("admin on http:/" + server.adminAddress() + "/health");
    System.out.println("listening on ws:/" + server.address());
    Thread.currentThread().join();
  }

  private static CommandLog log(String place, String bug) {
    return place.startsWith("postgresql:")
        ? new PlantedPostgresLog(PostgresLog.at(place), PlantedPostgresLog.Bug.valueOf(bug))
        : new PlainLog(Path.of(place), PlainLog.Bug.valueOf(bug));
  }

  /** A server for tests: locks and sessions without a connection end soon. */
  static ServerSettings settings(InetAddress address, int port, CommandLog log) {
    ShowSettings shows =
        new ShowSettings(Duration.ofMillis(2500), Duration.ofSeconds(9), 100, GRACE, Duration.ZERO);
    return ServerSettings.builder(new InetSocketAddress(address, port))
        .shows(shows)
        .log(log)
        .authorizationString(Scenario.KEY)
        .retainBytes(1 << 20)
        .build();
  }
}
