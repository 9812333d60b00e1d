package io.seatlock.server.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whose requests are taken, and whose they are.
 *
 * @param allowedOrigins the values of the Origin header that are taken, compared exactly; empty
 *     takes any. A request without the header does not come from a browser's page and is taken.
 * @param trustedProxies the addresses whose {@code X-Forwarded-For} is believed
 */
public record OriginPolicy(Set<String> allowedOrigins, Set<InetAddress> trustedProxies) {

  /** Any origin, no proxy. */
  public static final OriginPolicy ANY = new OriginPolicy(Set.of(), Set.of());

  private static final Pattern SEPARATOR = Pattern.compile("[,;]");

  // The JDK takes whatever has another form for a name that a name server may know.
  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern ADDRESS =
      Pattern.compile(BYTE + "(\\." + BYTE + "){3}|[0-9a-fA-F:][0-9a-fA-F.]*:[0-9a-fA-F:.]*");

  /** Copies the sets. */
  public OriginPolicy {
    allowedOrigins = Set.copyOf(allowedOrigins);
    trustedProxies = Set.copyOf(trustedProxies);
  }

  boolean allows(String origin) {
    return allowedOrigins.isEmpty() || origin.isEmpty() || allowedOrigins.contains(origin);
  }

  /**
   * The address of the client behind a connection: the connection's own, or, if that is a trusted
   * proxy's, the last one in the header that is not. Empty if a trusted proxy sent no address.
   */
  Optional<InetAddress> clientAddress(InetAddress remoteAddress, String forwardedFor) {
    if (!trustedProxies.contains(remoteAddress)) {
      return Optional.of(remoteAddress);
    }
    List<String> hops = Arrays.asList(SEPARATOR.split(forwardedFor, -1));
    for (int i = hops.size() - 1; i >= 0; i--) {
      Optional<InetAddress> hop = parseAddress(hops.get(i).strip());
      if (hop.isEmpty() || !trustedProxies.contains(hop.get())) {
        return hop;
      }
    }
    return Optional.empty();
  }

  /** Reads a numeric address; never asks a name server. */
  public static Optional<InetAddress> parseAddress(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
