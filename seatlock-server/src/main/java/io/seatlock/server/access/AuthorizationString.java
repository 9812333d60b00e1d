package io.seatlock.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The secret that allows the privileged actions of the classic dialect. Keeps only its digest and
 * compares in constant time. Safe for use by many threads.
 */
public final class AuthorizationString {

  private final byte @Nullable [] digest;

  private AuthorizationString(byte @Nullable [] digest) {
    this.digest = digest;
  }

  /**
   * Creates it from the right secret.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static AuthorizationString of(String secret) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("the authorization string is empty");
    }
    return new AuthorizationString(digest(secret));
  }

  /** Creates one that no secret matches. */
  public static AuthorizationString none() {
    return new AuthorizationString(null);
  }

  /** Whether any secret matches. */
  public boolean exists() {
    return digest != null;
  }

  /** Whether this is the right secret. */
  public boolean matches(@Nullable String candidate) {
    return digest != null && candidate != null && MessageDigest.isEqual(digest, digest(candidate));
  }

  private static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
