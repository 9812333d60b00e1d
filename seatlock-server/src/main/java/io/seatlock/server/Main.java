package io.seatlock.server;

import io.seatlock.core.ShowSettings;
import io.seatlock.server.access.AuthorizationString;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The server's command line. */
@Command(
    name = "seatlock-server",
    description = "Locks seats for clients that connect over WebSocket and tells all of them.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    showDefaultValues = true,
    footer = {
      "",
      "Each option can also be given as an environment variable: --time-limit as",
      "SEATLOCK_TIME_LIMIT. The command line wins.",
      "",
      "The authorization string for privileged actions is given as the environment variable",
      "SEATLOCK_AUTHORIZATION_STRING or in a file, never as an argument that others can read.",
      "",
      "Exit codes: 0 stopped by a signal, 1 could not start, 2 wrong usage, 3 could not go on."
    })
public final class Main implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final String SECRET_VARIABLE = "SEATLOCK_AUTHORIZATION_STRING";
  private static final int COULD_NOT_START = 1;
  private static final int COULD_NOT_GO_ON = 3;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "<address>",
      defaultValue = "${env:SEATLOCK_HOST:-127.0.0.1}",
      description = "Where clients connect.")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "<port>",
      defaultValue = "${env:SEATLOCK_PORT:-8887}",
      description = "Where clients connect; 0 takes a free one.")
  private int port;

  @Option(
      names = "--admin-port",
      paramLabel = "<port>",
      defaultValue = "${env:SEATLOCK_ADMIN_PORT:-8888}",
      description = "Where GET /health is answered, on the same address; 0 takes a free one.")
  private int adminPort;

  @Option(
      names = "--in-memory",
      defaultValue = "${env:SEATLOCK_IN_MEMORY:-false}",
      description = "Keep everything in memory and do not warn about it.")
  private boolean inMemory;

  @Option(
      names = "--data-dir",
      paramLabel = "<directory>",
      defaultValue = "${env:SEATLOCK_DATA_DIR:-./seatlock-data}",
      description = "Where state is to be kept. Not used yet: state is in memory.")
  private Path dataDir = Path.of("");

  @Option(
      names = "--time-limit",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_TIME_LIMIT:-10m}",
      converter = DurationOption.class,
      description = "How long a client may keep its locks, such as 90s, 10m or 1h.")
  private Duration timeLimit = Duration.ZERO;

  @Option(
      names = "--max-locks",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_LOCKS:-100}",
      description = "How many seats one client may have locked at once.")
  private int maxLocks;

  @Option(
      names = "--authorization-string-file",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_AUTHORIZATION_STRING_FILE}",
      description = "A file with the authorization string; a line break at its end is left out.")
  private @Nullable Path authorizationStringFile;

  Main() {}

  /** Runs the server until the process is told to end. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() {
    ShowSettings settings = settings();
    AuthorizationString authorization = authorization();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    SeatLockServer server;
    try {
      server =
          new SeatLockServer(
              address("--port", port),
              address("--admin-port", adminPort),
              settings,
              authorization,
              e -> {
                failure.set(e);
                ended.countDown();
              });
      announce(server, authorization);
    } catch (IOException e) {
      LOG.error("cannot start: {}", explained(e));
      return COULD_NOT_START;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, failure), "seatlock-stop"));
    awaitUninterruptibly(ended);
    return COULD_NOT_GO_ON;
  }

  private static void stop(SeatLockServer server, AtomicReference<Throwable> failure) {
    server.close();
    if (failure.get() == null) {
      LOG.info("stopped");
      // Left alone, the JVM would report a signal as failure: 128 and the signal's number.
      Runtime.getRuntime().halt(0);
    }
  }

  private ShowSettings settings() {
    try {
      return ShowSettings.DEFAULT.withTimeLimit(timeLimit).withMaxLocks(maxLocks);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private AuthorizationString authorization() {
    String secret = System.getenv(SECRET_VARIABLE);
    if (authorizationStringFile != null) {
      if (secret != null) {
        throw wrongUsage(
            "the authorization string is given twice: in "
                + SECRET_VARIABLE
                + " and in --authorization-string-file");
      }
      try {
        secret = Files.readString(authorizationStringFile).replaceFirst("\\R\\z", "");
      } catch (IOException e) {
        throw wrongUsage("cannot read the authorization string from " + authorizationStringFile);
      }
    }
    if (secret == null) {
      return AuthorizationString.none();
    }
    if (secret.isEmpty()) {
      throw wrongUsage("the authorization string is empty");
    }
    return AuthorizationString.of(secret);
  }

  private InetSocketAddress address(String option, int number) throws IOException {
    if (number < 0 || number > 0xffff) {
      throw wrongUsage(option + " must be from 0 to 65535, not " + number);
    }
    InetSocketAddress address = new InetSocketAddress(host, number);
    if (address.isUnresolved()) {
      throw new IOException("there is no address " + host);
    }
    return address;
  }

  private void announce(SeatLockServer server, AuthorizationString authorization)
      throws IOException {
    if (!inMemory) {
      LOG.warn("state is in memory: it is lost when this process ends; {} is not used", dataDir);
    }
    if (!authorization.exists()) {
      LOG.warn(
          "no authorization string is set: reserve, unreserve, pay, unpay and revoke are always"
              + " unauthorized");
    }
    LOG.info("admin on http://{}/health", shown(server.adminAddress()));
    LOG.info("listening on ws://{}", shown(server.address()));
  }

  private static String shown(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static String explained(IOException e) {
    return e instanceof BindException
        ? "the address is in use or not of this machine (" + e.getMessage() + ")"
        : String.valueOf(e.getMessage());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        LOG.debug("interrupted while serving", e);
      }
    }
  }

  private ParameterException wrongUsage(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"seatlock-server " + (version == null ? "(not packaged)" : version)};
    }
  }

  /** A number with a unit: {@code 500ms}, {@code 90s}, {@code 10m}, {@code 1h}. */
  static final class DurationOption implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      Matcher parts = Pattern.compile("(\\d{1,9})(ms|s|m|h)").matcher(value);
      if (!parts.matches()) {
        throw new CommandLine.TypeConversionException(
            "'" + value + "' is not a duration such as 90s, 10m or 1h");
      }
      long number = Long.parseLong(parts.group(1));
      return switch (parts.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofHours(number);
      };
    }
  }
}
