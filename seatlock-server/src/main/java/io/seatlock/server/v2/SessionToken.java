package io.seatlock.server.v2;

import io.seatlock.server.client.RandomIds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The secret of a session: its public holder id and 160 random bits. The state machine keeps only a
 * digest of it, so that neither the log nor a snapshot reveals it. Since only digests are compared,
 * the time of a comparison reveals nothing either.
 *
 * @param holder the public holder id
 * @param secret the rest, in hexadecimal digits
 */
record SessionToken(String holder, String secret) {

  private static final int MAX_LENGTH = 128;

  static SessionToken random() {
    return new SessionToken(RandomIds.newHolder(), RandomIds.newSecret());
  }

  /** Parses what {@link #text} returned; empty if the text is anything else. */
  static Optional<SessionToken> parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0 || text.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new SessionToken(text.substring(0, dot), text.substring(dot + 1)));
  }

  /** The token as the client receives it. */
  String text() {
    return holder + "." + secret;
  }

  /** The digest that the state machine keeps. */
  String credential() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "SessionToken[holder=" + holder + "]";
  }
}
