package io.seatlock.server.options;

import io.seatlock.server.transport.OriginPolicy;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which browser pages may connect, and which proxies are trusted. */
public final class OriginOptions extends OptionGroup {

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
      converter = AddressConverter.class,
      description = "Trust X-Forwarded-For from this address; repeatable.")
  private @Nullable Set<InetAddress> trustedProxies;

  /** Which requests are accepted, and which proxies are trusted. */
  public OriginPolicy origins() {
    return new OriginPolicy(
        allowedOrigins == null ? Set.of() : allowedOrigins,
        trustedProxies == null ? Set.of() : trustedProxies);
  }
}
