package io.seatlock.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.client.testkit.FakeSeatLockServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs that embed the library are compiled and run with the jars that they need and no others,
 * on the class path and on the module path.
 */
@Timeout(120)
class EmbeddingIT {

  /** A program and the jars that it is given, each by its artifact. */
  private enum Embedder {
    CORE_ALONE("CoreProgram", "seatlock-core"),
    SQLITE_WITHOUT_POSTGRES("SqliteProgram", "seatlock-core", "seatlock-jdbc", "sqlite-jdbc"),
    POSTGRES_WITHOUT_SQLITE("PostgresProgram", "seatlock-core", "seatlock-jdbc", "postgresql"),
    CLIENT_WITHOUT_FAKE_SERVER(
        "ClientProgram",
        "seatlock-core",
        "seatlock-protocol",
        "seatlock-client",
        "Java-WebSocket",
        "gson",
        "slf4j-api");

    private final String program;

    @SuppressWarnings("ImmutableEnumChecker") // It is immutable.
    private final List<String> jars;

    Embedder(String program, String... jars) {
      this.program = program;
      this.jars = List.of(jars);
    }

    private String[] jars() {
      return jars.toArray(String[]::new);
    }
  }

  private record Outcome(int exitCode, String out) {}

  @TempDir private Path directory;

  /** The paths of jars, as a class path or a module path. */
  private static String path(String... artifacts) {
    return Arrays.stream(artifacts)
        .map(artifact -> Objects.requireNonNull(System.getProperty(artifact), artifact))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Runs a tool of this JDK. */
  private Outcome run(String tool, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(arguments);
    Path out = directory.resolve("out.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    return new Outcome(process.waitFor(), Files.readString(out));
  }

  private void compile(String program, String... jars) throws Exception {
    Path source = directory.resolve(program + ".java");
    try (var in = EmbeddingIT.class.getResourceAsStream("/programs/" + program + ".java")) {
      Files.writeString(
          source,
          new String(Objects.requireNonNull(in, program).readAllBytes(), StandardCharsets.UTF_8));
    }
    Outcome compiled =
        run(
            "javac",
            List.of("--release", "17", "-cp", path(jars), "-d", classes().toString(), source + ""));
    assertThat(compiled.out()).isEmpty();
    assertThat(compiled.exitCode()).isZero();
  }

  private Path classes() {
    return directory.resolve("classes");
  }

  private Outcome runOnClassPath(String program, String argument, String... jars) throws Exception {
    String classPath = path(jars) + File.pathSeparator + classes();
    return run("java", List.of("-cp", classPath, program, argument));
  }

  private Outcome runOnModulePath(String program, String argument, String... jars)
      throws Exception {
    return run(
        "java",
        List.of(
            "-p",
            path(jars),
            "--add-modules",
            "ALL-MODULE-PATH",
            "-cp",
            classes().toString(),
            program,
            argument));
  }

  /** Where the program finds its database or its server. */
  private String argument(Embedder embedder, EmbeddedPostgres postgres, FakeSeatLockServer server) {
    return switch (embedder) {
      case POSTGRES_WITHOUT_SQLITE ->
          "postgresql://postgres@localhost:" + postgres.getPort() + "/postgres";
      case CLIENT_WITHOUT_FAKE_SERVER -> server.uri().toString();
      case CORE_ALONE, SQLITE_WITHOUT_POSTGRES -> directory.resolve("data").toString();
    };
  }

  private static EmbeddedPostgres database(Embedder embedder) throws IOException {
    return embedder == Embedder.POSTGRES_WITHOUT_SQLITE
        ? EmbeddedPostgres.builder()
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("fsync", "on")
            .start()
        : null;
  }

  @ParameterizedTest
  @EnumSource
  void program_withItsOwnJarsAlone_locksASeat(Embedder embedder) throws Exception {
    compile(embedder.program, embedder.jars());
    try (EmbeddedPostgres postgres = database(embedder);
        FakeSeatLockServer server = FakeSeatLockServer.start()) {
      String argument = argument(embedder, postgres, server);
      Outcome onClassPath = runOnClassPath(embedder.program, argument, embedder.jars());
      assertThat(onClassPath.out()).contains("Granted[").contains("seats=[A1]");
      assertThat(onClassPath.exitCode()).isZero();
      Outcome onModulePath = runOnModulePath(embedder.program, argument, embedder.jars());
      assertThat(onModulePath.out()).contains("Granted[").contains("seats=[A1]");
      assertThat(onModulePath.exitCode()).isZero();
    }
  }

  @Test
  void program_withTheOtherDriver_isToldWhichArtifactToAdd() throws Exception {
    String[] forSqlite = {"seatlock-core", "seatlock-jdbc", "postgresql"};
    compile("SqliteProgram", forSqlite);
    Outcome sqlite = runOnClassPath("SqliteProgram", directory.resolve("data") + "", forSqlite);
    assertThat(sqlite.exitCode()).isEqualTo(1);
    assertThat(sqlite.out())
        .contains("io.seatlock.jdbc.MissingDriverException: the JDBC driver of SQLite is missing")
        .contains("org.xerial:sqlite-jdbc");
    assertThat(directory.resolve("data")).doesNotExist();

    String[] forPostgres = {"seatlock-core", "seatlock-jdbc", "sqlite-jdbc"};
    compile("PostgresProgram", forPostgres);
    Outcome postgres = runOnClassPath("PostgresProgram", "postgresql://localhost/x", forPostgres);
    assertThat(postgres.exitCode()).isEqualTo(1);
    assertThat(postgres.out())
        .contains(
            "io.seatlock.jdbc.MissingDriverException: the JDBC driver of PostgreSQL is missing")
        .contains("org.postgresql:postgresql");
  }

  /** Otherwise whoever depends on the log carries both. */
  @Test
  void drivers_areOptionalDependenciesOfTheLog() throws Exception {
    String pom = Files.readString(Path.of("../seatlock-jdbc/pom.xml"));
    for (String driver : List.of("sqlite-jdbc", "postgresql")) {
      assertThat(pom)
          .containsPattern("<artifactId>" + driver + "</artifactId>\\s*<optional>true</optional>");
    }
  }
}
