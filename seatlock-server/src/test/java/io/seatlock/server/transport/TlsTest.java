package io.seatlock.server.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.server.SeatLockServer;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TlsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"RSA, TLSv1.3", "RSA, TLSv1.2", "EC, TLSv1.3", "EC, TLSv1.2"})
  void client_overTls_isServed(String algorithm, String protocol) throws Exception {
    Identity identity = Identity.create(directory, algorithm, "one");
    try (SeatLockServer server = server(identity.certificate());
        TlsPeer client = TlsPeer.connect(server.address(), identity, protocol)) {
      assertThat(client.next()).startsWith("{\"event\":\"startstate\"");
      for (int i = 0; i < 300; i++) {
        client.send("{\"action\":\"lock\",\"seat\":\"A1\"}");
        client.send("{\"action\":\"unlock\",\"seat\":\"A1\"}");
        assertThat(client.next()).isEqualTo("{\"event\":\"lockedForYou\",\"data\":\"A1\"}");
        assertThat(client.next()).isEqualTo("{\"event\":\"unlockedForYou\",\"data\":\"A1\"}");
      }
    }
  }

  @Test
  void clients_overTls_hearMoreThanASocketTakesAtOnce() throws Exception {
    Identity identity = Identity.create(directory, "EC", "one");
    try (SeatLockServer server = server(identity.certificate());
        TlsPeer author = TlsPeer.connect(server.address(), identity, "TLSv1.3");
        TlsPeer other = TlsPeer.connect(server.address(), identity, "TLSv1.3")) {
      author.next();
      other.next();
      int rounds = 5_000;
      Thread reader =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 2 * rounds; i++) {
                    author.next();
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      reader.start();
      for (int i = 0; i < rounds; i++) {
        author.send("{\"action\":\"lock\",\"seat\":\"S" + i + "\"}");
        author.send("{\"action\":\"unlock\",\"seat\":\"S" + i + "\"}");
      }
      // Only now the other one begins to read: megabytes wait for it.
      for (int i = 0; i < rounds; i++) {
        assertThat(other.next()).isEqualTo("{\"event\":\"locked\",\"data\":\"S" + i + "\"}");
        assertThat(other.next()).isEqualTo("{\"event\":\"unlocked\",\"data\":\"S" + i + "\"}");
      }
      reader.join();
    }
  }

  @Test
  void reload_newConnectionsGetTheNewCertificate_oldOnesGoOn() throws Exception {
    Identity one = Identity.create(directory, "EC", "one");
    Identity two = Identity.create(directory, "RSA", "two");
    TlsCertificate certificate = one.certificate();
    try (SeatLockServer server = server(certificate);
        TlsPeer before = TlsPeer.connect(server.address(), one, "TLSv1.3")) {
      before.next();
      assertThat(certificate.reload()).isFalse();
      Files.copy(two.certificateFile, one.certificateFile, replace());
      assertThatThrownBy(certificate::reload)
          .isInstanceOf(GeneralSecurityException.class)
          .hasMessageContaining("is not that of the certificate");
      Files.copy(two.keyFile, one.keyFile, replace());
      assertThat(certificate.reload()).isTrue();
      try (TlsPeer after = TlsPeer.connect(server.address(), two, "TLSv1.3")) {
        assertThat(after.next()).startsWith("{\"event\":\"startstate\"");
        before.send("{\"action\":\"lock\",\"seat\":\"A1\"}");
        assertThat(before.next()).isEqualTo("{\"event\":\"lockedForYou\",\"data\":\"A1\"}");
        assertThat(after.next()).isEqualTo("{\"event\":\"locked\",\"data\":\"A1\"}");
      }
    }
  }

  @Test
  void plainTextToATlsPort_isRefused_andOthersAreServed() throws Exception {
    Identity identity = Identity.create(directory, "EC", "one");
    try (SeatLockServer server = server(identity.certificate());
        RawClient plain = RawClient.connect(server.address())) {
      plain.write(RawClient.request("/"));
      assertThat(plain.ended()).isTrue();
      try (TlsPeer client = TlsPeer.connect(server.address(), identity, "TLSv1.3")) {
        assertThat(client.next()).startsWith("{\"event\":\"startstate\"");
      }
    }
  }

  @Test
  void certificate_unusableFiles_sayWhatIsWrong() throws Exception {
    Identity one = Identity.create(directory, "EC", "one");
    Identity two = Identity.create(directory, "EC", "two");
    assertThatThrownBy(() -> new TlsCertificate(one.certificateFile, two.keyFile))
        .hasMessageContaining("is not that of the certificate");
    assertThatThrownBy(() -> new TlsCertificate(one.keyFile, one.keyFile))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> new TlsCertificate(one.certificateFile, one.certificateFile))
        .hasMessageContaining("holds no PEM private key");
    Path old = directory.resolve("old.pem");
    Files.writeString(
        old, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    assertThatThrownBy(() -> new TlsCertificate(one.certificateFile, old))
        .hasMessageContaining("openssl pkcs8 -topk8");
    assertThatThrownBy(() -> new TlsCertificate(directory.resolve("none"), one.keyFile))
        .isInstanceOf(IOException.class);
  }

  private static CopyOption replace() {
    return StandardCopyOption.REPLACE_EXISTING;
  }

  private static SeatLockServer server(TlsCertificate certificate) throws IOException {
    return new SeatLockServer(
        ServerSettings.builder(TestServer.freePort())
            .retainBytes(16 * 1024 * 1024)
            .tls(certificate)
            .build(),
        e -> {
          throw new AssertionError(e);
        });
  }

  /** A certificate that vouches for itself, in PEM files. */
  private record Identity(X509Certificate x509, Path certificateFile, Path keyFile) {

    static Identity create(Path directory, String algorithm, String name) throws Exception {
      Path store = directory.resolve(name + ".p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "server",
                  "-keyalg",
                  algorithm,
                  "-dname",
                  "CN=" + name,
                  "-ext",
                  "SAN=dns:localhost,ip:127.0.0.1",
                  "-validity",
                  "2",
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  "changeit",
                  "-keystore",
                  store.toString())
              .redirectErrorStream(true)
              .start();
      String printed = new String(keytool.getInputStream().readAllBytes(), UTF_8);
      assertThat(keytool.waitFor()).as(printed).isZero();
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, "changeit".toCharArray());
      }
      Certificate certificate = keys.getCertificate("server");
      Path certificateFile = directory.resolve(name + "-cert.pem");
      Path keyFile = directory.resolve(name + "-key.pem");
      Files.writeString(certificateFile, pem("CERTIFICATE", certificate.getEncoded()));
      Files.writeString(
          keyFile,
          pem("PRIVATE KEY", keys.getKey("server", "changeit".toCharArray()).getEncoded()));
      return new Identity((X509Certificate) certificate, certificateFile, keyFile);
    }

    TlsCertificate certificate() throws Exception {
      return new TlsCertificate(certificateFile, keyFile);
    }

    TrustManager[] trust() throws Exception {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("server", x509);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    }

    private static String pem(String what, byte[] der) {
      String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
      return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
  }

  /** A blocking WebSocket client over the JDK's TLS socket. */
  private static final class TlsPeer implements AutoCloseable {
    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;

    private TlsPeer(SSLSocket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    static TlsPeer connect(InetSocketAddress address, Identity identity, String protocol)
        throws Exception {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, identity.trust(), null);
      SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
      socket.setSoTimeout(20_000);
      socket.connect(address);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      TlsPeer client = new TlsPeer(socket);
      client.out.write(RawClient.request("/").getBytes(UTF_8));
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int c = client.in.read();
        assertThat(c).isNotNegative();
        head.append((char) c);
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101");
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      return client;
    }

    void send(String text) throws IOException {
      out.write(RawClient.frame(RawClient.TEXT, true, true, text.getBytes(UTF_8)));
    }

    String next() throws IOException {
      assertThat(in.read()).isEqualTo(0x81);
      int length = in.read();
      if (length == 126) {
        length = in.read() << 8 | in.read();
      }
      return new String(in.readNBytes(length), UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
