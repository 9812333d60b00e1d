package io.seatlock.server.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which requests are accepted, by their Origin header, and which proxies are trusted.
 *
 * @param allowedOrigins the accepted values of the Origin header, compared exactly; empty accepts
 *     any. A request without the header does not come from a browser's page and is accepted.
 * @param trustedProxies the addresses whose {@code X-Forwarded-For} is trusted
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
