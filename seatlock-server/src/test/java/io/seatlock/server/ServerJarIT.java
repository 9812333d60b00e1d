package io.seatlock.server;

import static io.seatlock.server.testing.ClassicClient.event;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Command;
import io.seatlock.core.SeatLock;
import io.seatlock.jdbc.sqlite.SqliteLog;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jar as an operator runs it. */
@Timeout(90)
class ServerJarIT {

  private static final String SECRET = "s3cret";
  private static final Map<String, String> WITH_SECRET =
      Map.of("SEATLOCK_AUTHORIZATION_STRING", SECRET);

  @Test
  void start_withoutASecret_warnsServesAndEndsOnASignal() throws Exception {
    InetSocketAddress address;
    try (ServerProcess server = ServerProcess.serving(Map.of())) {
      address = server.address();
      assertThat(server.printed())
          .containsExactly(
              "INFO  everything is kept in ./seatlock-data/seatlock.db",
              "WARN  no authorization string is set: reserve, unreserve, pay, unpay and revoke"
                  + " are always unauthorized",
              "INFO  admin on http://127.0.0.1:" + server.adminAddress().getPort() + "/health",
              "INFO  listening on ws://127.0.0.1:" + address.getPort());
      assertThat(health(server)).isEqualTo("{\"status\":\"up\"}\n");

      ClassicClient holder = ClassicClient.join(address, "/");
      ClassicClient other = ClassicClient.join(address, "/hamlet");
      holder.act("pay", "A1", "");
      assertThat(holder.next()).startsWith("{\"event\":\"unauthorized\"");
      holder.act("lock", "A1").expectEvent("lockedForYou", "A1");

      server.terminate();
      holder.expectClose(1001);
      other.expectClose(1001);
      assertThat(server.exitCode()).isZero();
      assertThat(server.printed()).endsWith("INFO  stopped");
    }
    // The old connections are in TIME_WAIT on the server's side now; the port must be free anyway.
    String port = "--port=" + address.getPort();
    try (ServerProcess again =
        ServerProcess.start(Map.of(), port, "--admin-port=0", "--in-memory")) {
      again.awaitServing();
      assertThat(again.address()).isEqualTo(address);
      assertThat(again.printed().get(0)).startsWith("INFO  everything is in memory");
      ClassicClient.join(address, "/").act("lock", "A1").expectEvent("lockedForYou", "A1");
      again.terminate();
      assertThat(again.exitCode()).isZero();
    }
  }

  @Test
  void start_portTaken_saysSoAndExitsWith1() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(TestServer.freePort());
      int port = taken.getLocalPort();
      for (List<String> ports :
          List.of(
              List.of("--port=" + port, "--admin-port=0"),
              List.of("--port=0", "--admin-port=" + port))) {
        try (ServerProcess server =
            ServerProcess.start(WITH_SECRET, ports.get(0), ports.get(1), "--in-memory")) {
          assertThat(server.exitCode()).isEqualTo(1);
          assertThat(server.printed()).hasSize(1);
          assertThat(server.printed().get(0))
              .startsWith("ERROR cannot start: the address is in use or not of this machine");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PRAGMA user_version = 99 | was written by a newer version of seatlock: its schema is 99",
        "UPDATE batch SET commands = zeroblob(9) | : command 1 of show hamlet is damaged",
        "PRAGMA application_id = 7 | is not a log of seatlock",
      })
  void start_onALogThatItCannotRead_saysSoAndExitsWith1(
      String change, String expected, @TempDir Path data) throws Exception {
    try (SeatLock seatLock = SeatLock.builder().log(SqliteLog.in(data)).open()) {
      seatLock.show("hamlet").apply(Command.pay("A1"));
    }
    Path file = data.resolve("seatlock.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(change);
    }
    try (ServerProcess server =
        ServerProcess.start(WITH_SECRET, "--port=0", "--admin-port=0", "--data-dir=" + data)) {
      assertThat(server.exitCode()).isEqualTo(1);
      assertThat(server.printed()).hasSize(1);
      assertThat(server.printed().get(0))
          .startsWith("ERROR cannot start: " + file)
          .contains(expected);
    }
  }

  @Test
  void version_isThatOfTheJar() throws Exception {
    try (ServerProcess server = ServerProcess.start(Map.of(), "--version")) {
      assertThat(server.exitCode()).isZero();
      assertThat(server.printed()).hasSize(1);
      assertThat(server.printed().get(0)).matches("seatlock-server \\d+\\.\\d+\\.\\d+.*");
    }
  }

  @Test
  void help_isPrintedAndNothingIsStarted() throws Exception {
    try (ServerProcess server = ServerProcess.start(Map.of(), "--help")) {
      assertThat(server.exitCode()).isZero();
      assertThat(String.join("\n", server.printed()))
          .contains("Usage: seatlock-server", "--time-limit", "SEATLOCK_AUTHORIZATION_STRING")
          .doesNotContain("listening on");
    }
  }

  @Test
  void killed_startedAgain_knowsWhoPaid(@TempDir Path directory) throws Exception {
    String data = "--data-dir=" + directory.resolve("data");
    try (ServerProcess server = ServerProcess.serving(WITH_SECRET, data)) {
      try (ClassicClient client = ClassicClient.join(server.address(), "/")) {
        client.act("lock", "A1").expectEvent("lockedForYou", "A1");
        client.act("lock", "A2").expectEvent("lockedForYou", "A2");
        client.act("pay", "A1", SECRET).expectEvent("paid", "A1");
        server.kill();
      }
    }
    try (ServerProcess again = ServerProcess.serving(WITH_SECRET, data);
        ClassicClient client = ClassicClient.connect(again.address(), "/")) {
      // The connection that had locked A2 ended with the process.
      String state = client.next();
      assertThat(state).contains("\"paid\":[\"A1\"]");
      if (state.contains("\"locked\":[\"A2\"]")) {
        client.expectEvent("unlocked", "A2");
      }
      client.act("lock", "A2").expectEvent("lockedForYou", "A2");
      client.act("lock", "A1").expectEvent("alreadyPaid", "A1");
    }
  }

  @Test
  void dataDirectory_usedByAnotherServer_isRefused(@TempDir Path directory) throws Exception {
    String data = "--data-dir=" + directory;
    try (ServerProcess first = ServerProcess.serving(WITH_SECRET, data);
        ServerProcess second =
            ServerProcess.start(WITH_SECRET, data, "--port=0", "--admin-port=0")) {
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.printed())
          .contains("ERROR cannot start: " + directory + " is used by another process");
      assertThat(health(first)).isEqualTo("{\"status\":\"up\"}\n");
    }
  }

  @Test
  void databaseUrl_withAPassword_isNeverShown() throws Exception {
    Map<String, String> environment =
        Map.of("SEATLOCK_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/none");
    for (String argument : List.of("--help", "--port=wrong", "--port=0")) {
      try (ServerProcess server = ServerProcess.start(environment, argument, "--admin-port=0")) {
        assertThat(server.exitCode()).isBetween(0, 2);
        assertThat(String.join("\n", server.printed())).isNotEmpty().doesNotContain("hunter2");
      }
    }
  }

  @Test
  void environment_everyVariable_isTaken() throws Exception {
    Map<String, String> environment =
        Map.of(
            "SEATLOCK_HOST", "127.0.0.1",
            "SEATLOCK_PORT", "0",
            "SEATLOCK_ADMIN_PORT", "0",
            "SEATLOCK_IN_MEMORY", "true",
            "SEATLOCK_TIME_LIMIT", "1s",
            "SEATLOCK_MAX_LOCKS", "1",
            "SEATLOCK_AUTHORIZATION_STRING", SECRET);
    try (ServerProcess server = ServerProcess.start(environment)) {
      server.awaitServing();
      assertThat(server.printed()).hasSize(3).allMatch(line -> line.startsWith("INFO  "));
      try (ClassicClient client = ClassicClient.join(server.address(), "/")) {
        client.act("lock", "A1").act("lock", "A2");
        client.expectEvent("lockedForYou", "A1").expectEvent("limitReached", "A2");
        client.expect("{\"event\":\"deleted\",\"data\":[\"A1\"]}");
        client.act("pay", "A1", SECRET).expectEvent("paid", "A1");
      }
      assertThat(server.printed()).noneMatch(line -> line.contains(SECRET));
    }
  }

  @Test
  void environment_badValue_saysWhichAndExitsWith2_argumentsWin() throws Exception {
    try (ServerProcess server = ServerProcess.start(Map.of("SEATLOCK_TIME_LIMIT", "soon"))) {
      assertThat(server.exitCode()).isEqualTo(2);
      assertThat(String.join("\n", server.printed()))
          .contains("--time-limit", "'soon' is not a duration")
          .doesNotContain("Exception");
    }
    Map<String, String> environment = Map.of("SEATLOCK_MAX_LOCKS", "0");
    try (ServerProcess server = ServerProcess.serving(environment, "--max-locks=1")) {
      ClassicClient client = ClassicClient.join(server.address(), "/");
      client.act("lock", "A1").expectEvent("lockedForYou", "A1");
      client.act("lock", "A2").expectEvent("limitReached", "A2");
    }
  }

  @Test
  void secret_fromAFile_isTakenWithoutItsLineBreak_andNotTwice(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("secret");
    Files.writeString(file, SECRET + "\n");
    String option = "--authorization-string-file=" + file;
    try (ServerProcess server = ServerProcess.serving(Map.of(), option, "--in-memory")) {
      assertThat(server.printed()).noneMatch(line -> line.contains("WARN"));
      ClassicClient client = ClassicClient.join(server.address(), "/");
      client.act("reserve", "A1", SECRET).expectEvent("reserved", "A1");
      assertThat(client.act("unreserve", "A1", "wrong").next())
          .startsWith("{\"event\":\"unauthorized\"");
    }
    try (ServerProcess server = ServerProcess.start(WITH_SECRET, option)) {
      assertThat(server.exitCode()).isEqualTo(2);
      assertThat(String.join("\n", server.printed()))
          .contains("the authorization string is given twice")
          .doesNotContain(SECRET);
    }
  }

  @Test
  void keysFile_editedWhileTheServerRuns_closesWhoseKeyIsGone(@TempDir Path directory)
      throws Exception {
    Path keys = directory.resolve("keys.json");
    writeKeys(keys, "staying", "leaving");
    Map<String, String> environment =
        Map.of("SEATLOCK_KEYS_FILE", keys.toString(), "SEATLOCK_REQUIRE_KEY", "true");
    try (ServerProcess server = ServerProcess.serving(environment, "--in-memory");
        ClassicClient staying = withKey(server, "staying");
        ClassicClient leaving = withKey(server, "leaving")) {
      try (RawClient stranger = RawClient.connect(server.address())) {
        assertThat(stranger.write(RawClient.request("/")).head()).doesNotContain(" 101 ");
      }
      writeKeys(keys, "staying");
      leaving.expectClose(1008);
      staying.act("lock", "A1").expectEvent("lockedForYou", "A1");
    }
  }

  private static void writeKeys(Path file, String... names) throws IOException {
    String keys =
        Stream.of(names)
            .map(
                name ->
                    "{\"name\":\"%s\",\"role\":\"kiosk\",\"sha256\":\"%s\"}"
                        .formatted(name, AccessKeys.digest(name)))
            .collect(joining(","));
    Files.writeString(file, "{\"keys\":[" + keys + "]}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static ClassicClient withKey(ServerProcess server, String key) {
    return ClassicClient.connect(
            server.address(), "/", builder -> builder.header("Authorization", "Bearer " + key))
        .expect(ClassicClient.EMPTY_START);
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_19) // Later ones know no way to end another thread.
  void eventLoop_ended_exitsWith3() throws Exception {
    String classes =
        Path.of(ServerThatFails.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + File.pathSeparator + System.getProperty("seatlock.server.jar"),
                ServerThatFails.class.getName(),
                "--port=0",
                "--admin-port=0",
                "--in-memory")
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).as("it ended").isTrue();
      String printed = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(server.exitValue()).as(printed).isEqualTo(3);
      assertThat(printed).contains("an event loop ended").doesNotContain("stopped");
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void client_killed_losesItsLocks() throws Exception {
    try (ServerProcess server = ServerProcess.serving(Map.of(), "--in-memory");
        ClassicClient other = ClassicClient.join(server.address(), "/")) {
      Path classes =
          Path.of(ClientProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Process client =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  classes.toString(),
                  ClientProcess.class.getName(),
                  "ws://" + ClassicClient.authority(server.address()) + "/",
                  "A1",
                  "A2")
              .redirectErrorStream(true)
              .start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(out.readLine()).isEqualTo(ClassicClient.EMPTY_START);
        assertThat(out.readLine()).isEqualTo(event("lockedForYou", "A1"));
        assertThat(out.readLine()).isEqualTo(event("lockedForYou", "A2"));
        other.expectEvent("locked", "A1").expectEvent("locked", "A2").expectNothingMore();
      } finally {
        client.destroyForcibly();
      }
      assertThat(other.next(2))
          .containsExactlyInAnyOrder(event("unlocked", "A1"), event("unlocked", "A2"));
      other.act("lock", "A1").expectEvent("lockedForYou", "A1");
    }
  }

  @Test
  void anEveningAtTheBoxOffice() throws Exception {
    try (ServerProcess server = ServerProcess.serving(WITH_SECRET, "--in-memory")) {
      InetSocketAddress address = server.address();
      String show = "/hamlet-2026-12-01";
      ClassicClient backend = ClassicClient.join(address, show);
      ClassicClient hall = ClassicClient.join(address, show);
      ClassicClient street = ClassicClient.join(address, show);

      // Two customers want the same pair of seats; the one in the hall is faster at both.
      hall.act("lock", "A1").expectEvent("lockedForYou", "A1");
      hall.act("lock", "A2").expectEvent("lockedForYou", "A2");
      street.expectEvent("locked", "A1").expectEvent("locked", "A2");
      backend.expectEvent("locked", "A1").expectEvent("locked", "A2");
      street.act("lock", "A2").expectEvent("alreadyLocked", "A2");
      street.act("unlock", "A2").expectEvent("notYours", "A2");

      // The one at the street takes others. A kiosk cannot sell by itself.
      street.act("lock", "B1").expectEvent("lockedForYou", "B1");
      street.act("lock", "B2").expectEvent("lockedForYou", "B2");
      assertThat(street.act("pay", "B1").next()).startsWith("{\"event\":\"unauthorized\"");
      for (ClassicClient client : List.of(hall, backend)) {
        client.expectEvent("locked", "B1").expectEvent("locked", "B2");
      }

      // The hall's customer pays in cash: the backend marks both seats.
      for (String seat : List.of("A1", "A2")) {
        backend.act("pay", seat, SECRET);
        for (ClassicClient client : List.of(backend, hall, street)) {
          client.expectEvent("paid", seat);
        }
      }
      street.act("lock", "A1").expectEvent("alreadyPaid", "A1");
      backend.act("pay", "A1", SECRET).expectEvent("alreadyPaid", "A1");

      // The street's customer keeps one seat for the evening and lets the other go.
      backend.act("reserve", "B1", SECRET);
      for (ClassicClient client : List.of(backend, hall, street)) {
        client.expectEvent("reserved", "B1");
      }
      street.act("unlock", "B2").expectEvent("unlockedForYou", "B2");
      hall.expectEvent("unlocked", "B2");
      backend.expectEvent("unlocked", "B2");

      // A kiosk that comes later sees all of it, and the hall's leaves without harm to what is
      // sold.
      hall.act("lock", "C1").expectEvent("lockedForYou", "C1");
      street.expectEvent("locked", "C1");
      backend.expectEvent("locked", "C1");
      ClassicClient late = ClassicClient.connect(address, show);
      late.expect(
          "{\"event\":\"startstate\",\"data\":"
              + "{\"locked\":[\"C1\"],\"reserved\":[\"B1\"],\"paid\":[\"A1\",\"A2\"]}}");
      hall.close();
      for (ClassicClient client : List.of(backend, street, late)) {
        client.expectEvent("unlocked", "C1");
      }

      // The reservation is paid, one of the paid seats is returned, whoever is quick gets it.
      backend.act("pay", "B1", SECRET);
      backend.act("revoke", "A2", SECRET);
      for (ClassicClient client : List.of(backend, street, late)) {
        client.expectEvent("paid", "B1").expectEvent("unpaid", "A2");
      }
      late.act("lock", "A2").expectEvent("lockedForYou", "A2");
      street.act("lock", "A2").expectEvent("locked", "A2").expectEvent("alreadyLocked", "A2");
      backend.expectEvent("locked", "A2").expectNothingMore();
      street.expectNothingMore();
      late.expectNothingMore();

      ClassicClient elsewhere = ClassicClient.join(address, "/macbeth");
      elsewhere.expectNothingMore();
      assertThat(health(server)).contains("up");
    }
  }

  private static String health(ServerProcess server) throws Exception {
    URI uri = URI.create("http://" + ClassicClient.authority(server.adminAddress()) + "/health");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }
}
