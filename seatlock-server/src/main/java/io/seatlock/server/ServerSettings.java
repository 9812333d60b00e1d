package io.seatlock.server;

import io.seatlock.core.CommandLog;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.client.ClientPolicy;
import io.seatlock.server.transport.OriginPolicy;
import io.seatlock.server.transport.TlsCertificate;
import io.seatlock.server.transport.TransportLimits;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with; see {@link #builder}.
 *
 * @param address where clients connect; port 0 takes a free one
 * @param adminAddress where operators connect; port 0 takes a free one
 * @param selectors how many threads serve clients
 * @param shows the rules of shows that are opened on first use
 * @param log where commands are kept, closed with the server; null to keep everything in memory
 * @param access who may come in and what they may do
 * @param maxInvalidInARow how many invalid messages in a row close a connection
 * @param retainBytes how far a client may be behind in a show, in bytes of its encoded events
 * @param maxLocksPerAddress how many seats the clients of one address without keys may have locked
 * @param maxLocksPerSecondPerAddress how many seats they may lock in a second
 * @param limits what connections may take
 * @param origins which requests are taken, and which proxies are trusted
 * @param tls the certificate if connections are encrypted, otherwise null
 */
public record ServerSettings(
    InetSocketAddress address,
    InetSocketAddress adminAddress,
    int selectors,
    ShowSettings shows,
    @Nullable CommandLog log,
    AccessKeys access,
    int maxInvalidInARow,
    long retainBytes,
    int maxLocksPerAddress,
    int maxLocksPerSecondPerAddress,
    TransportLimits limits,
    OriginPolicy origins,
    @Nullable TlsCertificate tls) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException naming the first number that is not positive
   */
  public ServerSettings {
    requirePositive("the number of threads that serve clients", selectors);
    requirePositive("the number of invalid messages in a row", maxInvalidInARow);
    requirePositive("the number of bytes that are kept of a show's events", retainBytes);
    requirePositive("the number of locks of one address", maxLocksPerAddress);
    requirePositive("the number of locks a second of one address", maxLocksPerSecondPerAddress);
  }

  /**
   * Begins the settings of a server that keeps everything in memory, answers operators on a free
   * port of the same address, has no authorization string and no access keys, takes requests of any
   * origin without TLS, and sets addresses no limit of locks.
   *
   * @param address where clients connect; port 0 takes a free one
   */
  public static Builder builder(InetSocketAddress address) {
    return new Builder(address);
  }

  /** What holds for every client. */
  ClientPolicy clientPolicy() {
    return new ClientPolicy(
        access, maxInvalidInARow, maxLocksPerAddress, maxLocksPerSecondPerAddress);
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }

  /** Settings in the making. Each method returns the builder itself. For one thread. */
  public static final class Builder {

    private static final int MAX_INVALID_IN_A_ROW = 10;
    private static final long RETAIN_BYTES = 4 * 1024 * 1024;

    private final InetSocketAddress address;
    private InetSocketAddress adminAddress;
    private int selectors = 1;
    private ShowSettings shows = ShowSettings.DEFAULT;
    private @Nullable CommandLog log;
    private AccessKeys access = AccessKeys.of(AuthorizationString.none());
    private int maxInvalidInARow = MAX_INVALID_IN_A_ROW;
    private long retainBytes = RETAIN_BYTES;
    private int maxLocksPerAddress = Integer.MAX_VALUE;
    private int maxLocksPerSecondPerAddress = Integer.MAX_VALUE;
    private TransportLimits limits = TransportLimits.DEFAULT;
    private OriginPolicy origins = OriginPolicy.ANY;
    private @Nullable TlsCertificate tls;

    private Builder(InetSocketAddress address) {
      this.address = address;
      this.adminAddress = new InetSocketAddress(address.getAddress(), 0);
    }

    /** Sets where operators connect; port 0 takes a free one. */
    public Builder adminAddress(InetSocketAddress adminAddress) {
      this.adminAddress = adminAddress;
      return this;
    }

    /** Sets how many threads serve clients, each with its own listening socket; normally one. */
    public Builder selectors(int selectors) {
      this.selectors = selectors;
      return this;
    }

    /** Sets the rules of shows that are opened on first use. */
    public Builder shows(ShowSettings shows) {
      this.shows = shows;
      return this;
    }

    /** Sets where commands are kept, closed with the server; null keeps everything in memory. */
    public Builder log(@Nullable CommandLog log) {
      this.log = log;
      return this;
    }

    /** Sets who may come in and what they may do. */
    public Builder access(AccessKeys access) {
      this.access = access;
      return this;
    }

    /** Lets everybody in, and clients that know this secret do what a backend may. */
    public Builder authorizationString(String secret) {
      return access(AccessKeys.of(AuthorizationString.of(secret)));
    }

    /** Sets how many invalid messages in a row close a connection. */
    public Builder maxInvalidInARow(int count) {
      this.maxInvalidInARow = count;
      return this;
    }

    /** Sets how far a client may be behind in a show, in bytes of its encoded events. */
    public Builder retainBytes(long bytes) {
      this.retainBytes = bytes;
      return this;
    }

    /** Sets how many seats the clients of one address without keys may have locked. */
    public Builder maxLocksPerAddress(int count) {
      this.maxLocksPerAddress = count;
      return this;
    }

    /** Sets how many seats the clients of one address without keys may lock in a second. */
    public Builder maxLocksPerSecondPerAddress(int count) {
      this.maxLocksPerSecondPerAddress = count;
      return this;
    }

    /** Sets what connections may take. */
    public Builder limits(TransportLimits limits) {
      this.limits = limits;
      return this;
    }

    /** Sets which requests are taken, and which proxies are trusted. */
    public Builder origins(OriginPolicy origins) {
      this.origins = origins;
      return this;
    }

    /** Sets the certificate that connections are encrypted with; null serves without TLS. */
    public Builder tls(@Nullable TlsCertificate tls) {
      this.tls = tls;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException if a number is not positive
     */
    public ServerSettings build() {
      return new ServerSettings(
          address,
          adminAddress,
          selectors,
          shows,
          log,
          access,
          maxInvalidInARow,
          retainBytes,
          maxLocksPerAddress,
          maxLocksPerSecondPerAddress,
          limits,
          origins,
          tls);
    }
  }
}
