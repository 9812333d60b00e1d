package io.seatlock.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.seatlock.core.CommandLog;
import io.seatlock.core.ShowSettings;
import io.seatlock.jdbc.postgres.PostgresLog;
import io.seatlock.jdbc.sqlite.SqliteLog;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.tools.Check;
import io.seatlock.server.tools.Export;
import io.seatlock.server.tools.History;
import io.seatlock.server.tools.Import;
import io.seatlock.server.transport.OriginPolicy;
import io.seatlock.server.transport.TlsCertificate;
import io.seatlock.server.transport.TransportLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
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
    subcommands = {History.class, Check.class, Export.class, Import.class},
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    showDefaultValues = true,
    footer = {
      "",
      "Each option can also be given as an environment variable: --time-limit as",
      "SEATLOCK_TIME_LIMIT. The command line wins.",
      "",
      "The authorization string for privileged actions is given as the variable",
      "SEATLOCK_AUTHORIZATION_STRING or in a file, never as an argument that",
      "others can read.",
      "",
      "Exit codes: 0 stopped by a signal, 1 could not start, 2 wrong usage,",
      "3 could not go on."
    })
public final class Main implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final String SECRET_VARIABLE = "SEATLOCK_AUTHORIZATION_STRING";
  private static final long RETAIN_BYTES = 4 * 1024 * 1024;
  private static final int MAX_SELECTORS = 64;
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
      description = "Keep everything in memory: it is lost when the process ends.")
  private boolean inMemory;

  @Option(
      names = "--data-dir",
      paramLabel = "<directory>",
      defaultValue = "${env:SEATLOCK_DATA_DIR:-./seatlock-data}",
      description = "Where everything is kept, in a SQLite file, unless a database is named.")
  private Path dataDir = Path.of("");

  @Option(
      names = "--database-url",
      paramLabel = "<url>",
      defaultValue = "${env:SEATLOCK_DATABASE_URL}",
      // The help would show the password of the variable.
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = {
        "The PostgreSQL database where everything is kept, for several nodes:",
        "postgresql://user@host:5432/name. With a password give the variable."
      })
  private @Nullable String databaseUrl;

  @Option(
      names = "--retain",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_RETAIN}",
      converter = DurationOption.class,
      description = "How long the history is kept, such as 90d; for ever if not given.")
  private @Nullable Duration retain;

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
      names = "--keys-file",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_KEYS_FILE}",
      description = "A JSON file of access keys, readable by its owner only; read on change.")
  private @Nullable Path keysFile;

  @Option(
      names = "--require-key",
      defaultValue = "${env:SEATLOCK_REQUIRE_KEY:-false}",
      description = "Let nobody in without an access key.")
  private boolean requireKey;

  @Option(
      names = "--max-locks-per-address",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_LOCKS_PER_ADDRESS:-2000}",
      description = "Seats locked at once by all clients of one address without key; 0: any.")
  private int maxLocksPerAddress;

  @Option(
      names = "--max-lock-rate-per-address",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_LOCK_RATE_PER_ADDRESS:-0}",
      description = "Seats that they may lock in a second; 0: any number.")
  private int maxLockRatePerAddress;

  @Option(
      names = "--selectors",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_SELECTORS:-1}",
      description = "How many threads serve clients, each with its own listening socket.")
  private int selectors;

  @Option(
      names = "--tls-cert",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_TLS_CERT}",
      description = "The certificate chain for wss:// in PEM; read again when it changes.")
  private @Nullable Path tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_TLS_KEY}",
      description = "Its private key in PEM: RSA or EC, PKCS #8, not encrypted.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--insecure",
      defaultValue = "${env:SEATLOCK_INSECURE:-false}",
      description = "Serve without TLS on an address that other machines can reach.")
  private boolean insecure;

  @Option(
      names = "--allowed-origin",
      paramLabel = "<origin>",
      split = ",",
      defaultValue = "${env:SEATLOCK_ALLOWED_ORIGIN}",
      description = "Take browsers' pages from this origin only, compared exactly; repeatable.")
  private @Nullable Set<String> allowedOrigins;

  @Option(
      names = "--trusted-proxy",
      paramLabel = "<address>",
      split = ",",
      defaultValue = "${env:SEATLOCK_TRUSTED_PROXY}",
      converter = AddressOption.class,
      description = "Believe X-Forwarded-For from this address; repeatable.")
  private @Nullable Set<InetAddress> trustedProxies;

  @Option(
      names = "--max-connections",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_CONNECTIONS:-0}",
      description = {
        "How many connections are taken; 0 takes as many as open files allow,",
        "at most 100000."
      })
  private int maxConnections;

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_CONNECTIONS_PER_ADDRESS:-20000}",
      description = "How many of them from one address.")
  private int maxPerAddress;

  @Option(
      names = "--max-unopened",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_UNOPENED:-5000}",
      description = "How many of them that have not finished their handshake.")
  private int maxUnopened;

  @Option(
      names = "--max-handshake-bytes",
      paramLabel = "<bytes>",
      defaultValue = "${env:SEATLOCK_MAX_HANDSHAKE_BYTES:-8192}",
      description = "The length of a handshake.")
  private int maxHandshakeBytes;

  @Option(
      names = "--handshake-timeout",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_HANDSHAKE_TIMEOUT:-10s}",
      converter = DurationOption.class,
      description = "How long a handshake may take.")
  private Duration handshakeTimeout = Duration.ZERO;

  @Option(
      names = "--max-message-bytes",
      paramLabel = "<bytes>",
      defaultValue = "${env:SEATLOCK_MAX_MESSAGE_BYTES:-16384}",
      description = "The length of a client's message.")
  private int maxMessageBytes;

  @Option(
      names = "--max-message-rate",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_MESSAGE_RATE:-100000}",
      description = "How many messages of one connection are read in a second.")
  private int maxMessageRate;

  @Option(
      names = "--max-invalid",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_INVALID:-10}",
      description = "How many invalid messages in a row close a connection.")
  private int maxInvalid;

  @Option(
      names = "--max-unsent-age",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_MAX_UNSENT_AGE:-30s}",
      converter = DurationOption.class,
      description = "How long a client may leave unread what is sent to it.")
  private Duration maxUnsentAge = Duration.ZERO;

  @Option(
      names = "--max-time",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_MAX_TIME}",
      converter = DurationOption.class,
      description = "How long with all extensions; three times the time limit if not given.")
  private @Nullable Duration maxTime;

  @Option(
      names = "--grace",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_GRACE:-30s}",
      converter = DurationOption.class,
      description = "How long a session without connection waits to be resumed (v2).")
  private Duration grace = Duration.ZERO;

  @Option(
      names = "--warn-before",
      paramLabel = "<duration>",
      defaultValue = "${env:SEATLOCK_WARN_BEFORE:-60s}",
      converter = DurationOption.class,
      description = "How long before its time limit a client is warned (v2); 0s for never.")
  private Duration warnBefore = Duration.ZERO;

  @Option(
      names = "--authorization-string-file",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_AUTHORIZATION_STRING_FILE}",
      description = "A file with the authorization string; a line break at its end is left out.")
  private @Nullable Path authorizationStringFile;

  Main() {}

  /** Runs the server until the process is told to end. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  private static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(
            (e, args) -> {
              PrintWriter err = e.getCommandLine().getErr();
              err.println("seatlock-server: " + e.getMessage());
              err.println("See --help.");
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    SeatLockServer server;
    try {
      ServerSettings settings = settings();
      server =
          new SeatLockServer(
              settings,
              e -> {
                try {
                  LOG.error("cannot go on: {}", e.getMessage());
                } finally {
                  failure.set(e);
                  ended.countDown();
                }
              });
      announce(server, settings);
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

  private ServerSettings settings() throws IOException {
    if (selectors < 1 || selectors > MAX_SELECTORS) {
      throw wrongUsage("--selectors must be from 1 to " + MAX_SELECTORS + ", not " + selectors);
    }
    if (maxInvalid < 1) {
      throw wrongUsage("--max-invalid must be positive, not " + maxInvalid);
    }
    InetSocketAddress address = address("--port", port);
    TlsCertificate tls = tls();
    if (tls == null && !insecure && !address.getAddress().isLoopbackAddress()) {
      throw wrongUsage(
          "other machines can reach "
              + host
              + ": give --tls-cert and --tls-key, or --insecure to serve without TLS");
    }
    try {
      return new ServerSettings(
          address,
          address("--admin-port", adminPort),
          selectors,
          shows(),
          log(),
          access(),
          maxInvalid,
          RETAIN_BYTES,
          unlimitedIfZero(maxLocksPerAddress),
          unlimitedIfZero(maxLockRatePerAddress),
          limits(),
          new OriginPolicy(
              allowedOrigins == null ? Set.of() : allowedOrigins,
              trustedProxies == null ? Set.of() : trustedProxies),
          tls);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable CommandLog log() {
    if (inMemory) {
      if (databaseUrl != null) {
        throw wrongUsage("--in-memory and --database-url exclude each other");
      }
      return null;
    }
    if (databaseUrl != null) {
      PostgresLog log = PostgresLog.at(databaseUrl);
      return retain == null ? log : log.retain(retain);
    }
    SqliteLog log = SqliteLog.in(dataDir);
    return retain == null ? log : log.retain(retain);
  }

  private static int unlimitedIfZero(int limit) {
    return limit == 0 ? Integer.MAX_VALUE : limit;
  }

  private AccessKeys access() {
    if (requireKey && keysFile == null) {
      throw wrongUsage("--require-key needs --keys-file");
    }
    try {
      return AccessKeys.of(authorization(), keysFile, requireKey);
    } catch (IOException e) {
      throw wrongUsage("cannot read keys: " + e.getMessage());
    }
  }

  private ShowSettings shows() {
    ShowSettings shows =
        ShowSettings.DEFAULT
            .withTimeLimit(timeLimit)
            .withMaxLocks(maxLocks)
            .withGrace(grace)
            .withWarnBefore(warnBefore);
    return maxTime == null ? shows : shows.withMaxTime(maxTime);
  }

  private TransportLimits limits() {
    return new TransportLimits(
        maxConnections == 0 ? connectionsThatOpenFilesAllow() : maxConnections,
        maxPerAddress,
        maxUnopened,
        maxHandshakeBytes,
        handshakeTimeout,
        maxMessageBytes,
        maxMessageRate,
        maxUnsentAge,
        TransportLimits.DEFAULT.pingAfter(),
        TransportLimits.DEFAULT.maxSilence());
  }

  /** Well below the limit of open files: running out of those must stay the rare case. */
  private static int connectionsThatOpenFilesAllow() {
    int most = TransportLimits.DEFAULT.maxConnections();
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.max(1, Math.min(most, unix.getMaxFileDescriptorCount() * 9 / 10 - 50))
        : most;
  }

  private @Nullable TlsCertificate tls() {
    if (tlsCertificate == null && tlsKey == null) {
      return null;
    }
    if (tlsCertificate == null || tlsKey == null) {
      throw wrongUsage("--tls-cert and --tls-key belong together");
    }
    try {
      return new TlsCertificate(tlsCertificate, tlsKey);
    } catch (IOException e) {
      throw wrongUsage("cannot read " + e.getMessage());
    } catch (GeneralSecurityException e) {
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

  private void announce(SeatLockServer server, ServerSettings settings) {
    if (settings.log() == null) {
      LOG.info("everything is in memory: it is lost when this process ends");
    } else {
      LOG.info("everything is kept in {}", settings.log());
    }
    if (!settings.access().allowsSales()) {
      LOG.warn(
          "no authorization string is set: reserve, unreserve, pay, unpay and revoke are always"
              + " unauthorized");
    }
    LOG.info("admin on http://{}/health", shown(server.adminAddress()));
    LOG.info(
        "listening on {}://{}", settings.tls() == null ? "ws" : "wss", shown(server.address()));
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

  /** A numeric address. */
  static final class AddressOption implements CommandLine.ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String value) {
      return OriginPolicy.parseAddress(value)
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "'" + value + "' is not a numeric address"));
    }
  }

  /** A number with a unit: {@code 500ms}, {@code 90s}, {@code 10m}, {@code 1h}, {@code 90d}. */
  static final class DurationOption implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      Matcher parts = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)").matcher(value);
      if (!parts.matches()) {
        throw new CommandLine.TypeConversionException(
            "'" + value + "' is not a duration such as 90s, 10m or 1h");
      }
      long number = Long.parseLong(parts.group(1));
      return switch (parts.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> Duration.ofDays(number);
      };
    }
  }
}
