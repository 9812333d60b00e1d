package io.seatlock.server.client;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Random names and secrets of sessions, in hexadecimal digits. Safe for use by many threads. */
public final class RandomIds {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int HOLDER_BYTES = 10;
  private static final int SECRET_BYTES = 20;

  private RandomIds() {}

  /** A public holder id that no other session has. */
  public static String newHolder() {
    return randomHex(HOLDER_BYTES);
  }

  /** A secret that nobody can guess: 160 random bits. */
  public static String newSecret() {
    return randomHex(SECRET_BYTES);
  }

  private static String randomHex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
