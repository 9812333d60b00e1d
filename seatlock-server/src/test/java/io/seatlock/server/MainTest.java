package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command line as far as it goes without serving; the rest is told by tests of the jar. */
@Timeout(30)
class MainTest {

  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Outcome(line.execute(args), out.toString(), err.toString());
  }

  private static Object value(String option, String... args) {
    CommandLine line = new CommandLine(new Main());
    line.parseArgs(args);
    return line.getCommandSpec().findOption(option).getValue();
  }

  @Test
  void options_notGiven_haveTheirDefaults() {
    assertThat((Object) value("--host")).isEqualTo("127.0.0.1");
    assertThat((Object) value("--port")).isEqualTo(8887);
    assertThat((Object) value("--admin-port")).isEqualTo(8888);
    assertThat((Object) value("--in-memory")).isEqualTo(false);
    assertThat((Object) value("--data-dir")).isEqualTo(Path.of("./seatlock-data"));
    assertThat((Object) value("--time-limit")).isEqualTo(Duration.ofMinutes(10));
    assertThat((Object) value("--max-locks")).isEqualTo(100);
    assertThat((Object) value("--authorization-string-file")).isNull();
    assertThat((Object) value("--selectors")).isEqualTo(1);
    assertThat((Object) value("--tls-cert")).isNull();
    assertThat((Object) value("--tls-key")).isNull();
    assertThat((Object) value("--insecure")).isEqualTo(false);
    assertThat((Object) value("--max-connections")).isEqualTo(0);
    assertThat((Object) value("--max-connections-per-address")).isEqualTo(20_000);
    assertThat((Object) value("--max-unopened")).isEqualTo(5_000);
    assertThat((Object) value("--max-handshake-bytes")).isEqualTo(8 * 1024);
    assertThat((Object) value("--handshake-timeout")).isEqualTo(Duration.ofSeconds(10));
    assertThat((Object) value("--max-message-bytes")).isEqualTo(16 * 1024);
    assertThat((Object) value("--max-message-rate")).isEqualTo(100_000);
    assertThat((Object) value("--max-invalid")).isEqualTo(10);
    assertThat((Object) value("--max-unsent-age")).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void options_given_areTaken() {
    assertThat((Object) value("--host", "--host", "::1")).isEqualTo("::1");
    assertThat((Object) value("--port", "--port=0")).isEqualTo(0);
    assertThat((Object) value("--admin-port", "--admin-port", "65535")).isEqualTo(65535);
    assertThat((Object) value("--in-memory", "--in-memory")).isEqualTo(true);
    assertThat((Object) value("--data-dir", "--data-dir", "d")).isEqualTo(Path.of("d"));
    assertThat((Object) value("--time-limit", "--time-limit", "90s"))
        .isEqualTo(Duration.ofSeconds(90));
    assertThat((Object) value("--max-locks", "--max-locks", "7")).isEqualTo(7);
    assertThat((Object) value("--authorization-string-file", "--authorization-string-file", "f"))
        .isEqualTo(Path.of("f"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--port=x                    | --port",
        "--port=                     | --port",
        "--port=-1                   | --port must be from 0 to 65535, not -1",
        "--port=65536                | --port must be from 0 to 65535, not 65536",
        "--port=4294967296           | --port",
        "--admin-port=65536 --port=0 | --admin-port must be from 0 to 65535, not 65536",
        "--max-locks=0               | maxLocks must be at least 1, not 0",
        "--max-locks=-1              | maxLocks must be at least 1, not -1",
        "--max-locks=many            | --max-locks",
        "--time-limit=10             | '10' is not a duration such as 90s, 10m or 1h",
        "--time-limit=-1s            | '-1s' is not a duration such as 90s, 10m or 1h",
        "--time-limit=1w             | '1w' is not a duration such as 90s, 10m or 1h",
        "--database-url=mysql://h/d  | not a URL like postgresql://user:password@host:5432/database",
        "--in-memory --database-url=postgresql://h/d | exclude each other",
        "--time-limit=0s             | timeLimit",
        "--time-limit=999999999h     | ime",
        "--selectors=0               | --selectors must be from 1 to",
        "--selectors=1000000         | --selectors must be from 1 to",
        "--max-invalid=0             | --max-invalid must be positive, not 0",
        "--max-connections=-1        | the number of connections must be positive, not -1",
        "--max-connections-per-address=0"
            + " | the number of connections from one address must be positive, not 0",
        "--max-unopened=0            | the number of unopened connections must be positive, not 0",
        "--max-handshake-bytes=0     | the length of a request must be positive, not 0",
        "--max-message-bytes=0       | the length of a message must be positive, not 0",
        "--max-message-rate=0        | the number of messages a second must be positive, not 0",
        "--handshake-timeout=0s      | the time for a handshake must be positive, not 0",
        "--max-unsent-age=0s         | the time that a client may not read must be positive, not 0",
        "--handshake-timeout=1       | '1' is not a duration such as 90s, 10m or 1h",
        "--tls-cert=cert.pem         | --tls-cert and --tls-key belong together",
        "--tls-key=key.pem           | --tls-cert and --tls-key belong together",
        "--tls-cert=/no/cert --tls-key=/no/key | cannot read /no/",
        "--host=0.0.0.0              | give --tls-cert and --tls-key, or --insecure",
        "--in-memory=perhaps         | --in-memory",
        "--colour                    | --colour",
        "hamlet                      | hamlet",
        "--port                      | --port",
        "--port=1 --port=2           | --port",
        "--authorization-string-file=/no/such/file"
            + " | cannot read the authorization string from /no/such/file"
      })
  void run_badValue_saysWhichAndExitsWith2(String args, String expected) {
    Outcome outcome = run(args.split(" "));
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(expected).doesNotContain("Exception", "\tat ");
  }

  @Test
  void run_authorizationStringFileThatIsEmpty_exitsWith2(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("secret");
    for (String content : List.of("", "\n")) {
      Files.writeString(file, content);
      Outcome outcome = run("--authorization-string-file", file.toString());
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("the authorization string is empty");
    }
  }

  @Test
  void run_authorizationStringFileThatIsNotText_exitsWith2(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("secret");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    Outcome outcome = run("--authorization-string-file", file.toString());
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("cannot read the authorization string from " + file);
  }

  @Test
  void options_noneTakesASecret() {
    assertThat(new CommandLine(new Main()).getCommandSpec().optionsMap().keySet())
        .contains("--authorization-string-file")
        .doesNotContain("--authorization-string", "--secret", "--password", "--key");
    Outcome outcome = run("--authorization-string=s3cret");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--authorization-string");
  }

  @Test
  void help_namesEveryOptionTheVariablesAndTheExitCodes() {
    Outcome outcome = run("--help");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains(
            "--host",
            "--port",
            "--admin-port",
            "--in-memory",
            "--data-dir",
            "--time-limit",
            "--max-locks",
            "--authorization-string-file",
            "SEATLOCK_AUTHORIZATION_STRING",
            "SEATLOCK_TIME_LIMIT",
            "Exit codes");
  }

  @Test
  void version_isOneLine() {
    Outcome outcome = run("--version");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out().lines()).hasSize(1);
    assertThat(outcome.out()).startsWith("seatlock-server ");
  }
}
