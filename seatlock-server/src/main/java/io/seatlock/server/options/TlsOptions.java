package io.seatlock.server.options;

import io.seatlock.server.transport.TlsCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether connections are encrypted, and with which certificate. */
public final class TlsOptions extends OptionGroup {

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

  /**
   * The certificate; null to serve without TLS, which must be asked for if other machines can reach
   * the address.
   *
   * @param address where clients connect
   */
  public @Nullable TlsCertificate certificate(InetSocketAddress address) {
    TlsCertificate certificate = certificate();
    if (certificate == null && !insecure && !address.getAddress().isLoopbackAddress()) {
      throw wrongUsage(
          "other machines can reach "
              + address.getHostString()
              + ": give --tls-cert and --tls-key, or --insecure to serve without TLS");
    }
    return certificate;
  }

  private @Nullable TlsCertificate certificate() {
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
}
