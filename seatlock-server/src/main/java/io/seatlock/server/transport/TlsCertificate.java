package io.seatlock.server.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * The server's certificate and key, read from PEM files and read again when they change. Safe for
 * use by many threads. A connection keeps the certificate with which it began.
 */
public final class TlsCertificate {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final Path certificateFile;
  private final Path keyFile;
  private volatile SSLContext context;
  private String loadedContent;

  /**
   * Reads both files.
   *
   * @param certificateFile the certificate, followed by those that vouch for it
   * @param keyFile its private key, RSA or EC, unencrypted PKCS #8
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if a file holds something else, or the key is another one's;
   *     the message says which
   */
  public TlsCertificate(Path certificateFile, Path keyFile)
      throws IOException, GeneralSecurityException {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    String certificates = Files.readString(certificateFile);
    String key = Files.readString(keyFile);
    this.loadedContent = certificates + key;
    this.context = load(certificates, key);
  }

  /**
   * Reads the files again if what is in them has changed. If they cannot be used, throws as the
   * constructor does and goes on with what was read before.
   *
   * @return whether new connections get another certificate from now on
   */
  public synchronized boolean reload() throws IOException, GeneralSecurityException {
    String certificates = Files.readString(certificateFile);
    String key = Files.readString(keyFile);
    if (loadedContent.equals(certificates + key)) {
      return false;
    }
    context = load(certificates, key);
    loadedContent = certificates + key;
    return true;
  }

  SSLEngine newEngine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    return engine;
  }

  private SSLContext load(String certificates, String key)
      throws IOException, GeneralSecurityException {
    Certificate[] chain = readChain(certificates);
    PrivateKey privateKey = readKey(key);
    requirePair((X509Certificate) chain[0], privateKey);
    char[] noPassword = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", privateKey, noPassword, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, noPassword);
    SSLContext loaded = SSLContext.getInstance("TLS");
    loaded.init(keys.getKeyManagers(), null, null);
    return loaded;
  }

  private Certificate[] readChain(String pem) throws GeneralSecurityException {
    Collection<? extends Certificate> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    if (chain.isEmpty()) {
      throw new GeneralSecurityException(certificateFile + " holds no PEM certificate");
    }
    return chain.toArray(new Certificate[0]);
  }

  private PrivateKey readKey(String pem) throws GeneralSecurityException {
    Matcher block = PEM.matcher(pem);
    while (block.find()) {
      String type = block.group(1);
      if (type.equals("PRIVATE KEY")) {
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        return decode(new PKCS8EncodedKeySpec(der));
      }
      if (type.endsWith("PRIVATE KEY")) {
        throw new GeneralSecurityException(
            keyFile
                + " holds a key of the form "
                + type
                + "; turn it into PKCS #8 with: openssl pkcs8 -topk8 -nocrypt -in "
                + keyFile);
      }
    }
    throw new GeneralSecurityException(keyFile + " holds no PEM private key");
  }

  private PrivateKey decode(PKCS8EncodedKeySpec key) throws GeneralSecurityException {
    try {
      return KeyFactory.getInstance("RSA").generatePrivate(key);
    } catch (InvalidKeySpecException notRsa) {
      try {
        return KeyFactory.getInstance("EC").generatePrivate(key);
      } catch (InvalidKeySpecException notEc) {
        throw new GeneralSecurityException(keyFile + " holds neither an RSA nor an EC key", notEc);
      }
    }
  }

  private void requirePair(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm();
    if (algorithm.equals(certificate.getPublicKey().getAlgorithm())) {
      byte[] sample = {1, 2, 3};
      Signature signature =
          Signature.getInstance("SHA256with" + (algorithm.equals("EC") ? "ECDSA" : "RSA"));
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(sample);
      if (signature.verify(signed)) {
        return;
      }
    }
    throw new GeneralSecurityException(
        "the key in " + keyFile + " is not that of the certificate in " + certificateFile);
  }
}
