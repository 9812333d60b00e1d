package io.seatlock.server;

import io.seatlock.server.options.AccessOptions;
import io.seatlock.server.options.ConnectionOptions;
import io.seatlock.server.options.ListenOptions;
import io.seatlock.server.options.LogOptions;
import io.seatlock.server.options.OriginOptions;
import io.seatlock.server.options.ShowOptions;
import io.seatlock.server.options.TlsOptions;
import io.seatlock.server.tools.Check;
import io.seatlock.server.tools.Export;
import io.seatlock.server.tools.History;
import io.seatlock.server.tools.Import;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The server's command line. */
@Command(
    name = "seatlock-server",
    description = "Locks seats for clients that connect over WebSocket, and notifies all of them.",
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
      "3 could not continue."
    })
public final class Main implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final int COULD_NOT_START = 1;
  private static final int COULD_NOT_GO_ON = 3;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private ListenOptions listening = new ListenOptions();
  @Mixin private LogOptions keeping = new LogOptions();
  @Mixin private ShowOptions shows = new ShowOptions();
  @Mixin private AccessOptions access = new AccessOptions();
  @Mixin private TlsOptions encryption = new TlsOptions();
  @Mixin private OriginOptions origins = new OriginOptions();
  @Mixin private ConnectionOptions connections = new ConnectionOptions();

  Main() {}

  /** Runs the server until the process is stopped. */
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
    InetSocketAddress address = listening.address();
    try {
      return ServerSettings.builder(address)
          .adminAddress(listening.adminAddress())
          .selectors(listening.selectors())
          .shows(shows.settings())
          .log(keeping.log())
          .access(access.access())
          .maxLocksPerAddress(access.maxLocksPerAddress())
          .maxLocksPerSecondPerAddress(access.maxLocksPerSecondPerAddress())
          .tls(encryption.certificate(address))
          .origins(origins.origins())
          .limits(connections.limits())
          .maxInvalidInARow(connections.maxInvalidInARow())
          .build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()), e);
    }
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

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"seatlock-server " + (version == null ? "(not packaged)" : version)};
    }
  }
}
