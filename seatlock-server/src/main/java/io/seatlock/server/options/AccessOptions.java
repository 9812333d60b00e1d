package io.seatlock.server.options;

import io.seatlock.server.access.AccessKeys;
import io.seatlock.server.access.AuthorizationString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may come in, and how much those without a key may lock. */
public final class AccessOptions extends OptionGroup {

  private static final String SECRET_VARIABLE = "SEATLOCK_AUTHORIZATION_STRING";

  @Option(
      names = "--authorization-string-file",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_AUTHORIZATION_STRING_FILE}",
      description = "A file with the authorization string; a line break at its end is left out.")
  private @Nullable Path authorizationStringFile;

  @Option(
      names = "--keys-file",
      paramLabel = "<file>",
      defaultValue = "${env:SEATLOCK_KEYS_FILE}",
      description = "A JSON file of access keys, readable by its owner only; read on change.")
  private @Nullable Path keysFile;

  @Option(
      names = "--require-key",
      defaultValue = "${env:SEATLOCK_REQUIRE_KEY:-false}",
      description = "Refuse clients without an access key.")
  private boolean requireKey;

  @Option(
      names = "--max-locks-per-address",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_LOCKS_PER_ADDRESS:-2000}",
      description = "Seats locked at once by all clients of one address without key; 0: any.")
  private int maxLocksPerAddress;

  @Option(
      names = "--max-lock-rate-per-address",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_MAX_LOCK_RATE_PER_ADDRESS:-0}",
      description = "Seats that they may lock in a second; 0: any number.")
  private int maxLockRatePerAddress;

  /** Who may come in and what they may do. */
  public AccessKeys access() {
    if (requireKey && keysFile == null) {
      throw wrongUsage("--require-key needs --keys-file");
    }
    try {
      return AccessKeys.load(authorization(), keysFile, requireKey);
    } catch (IOException e) {
      throw wrongUsage("cannot read keys: " + e.getMessage());
    }
  }

  /** How many seats the clients of one address without keys may have locked. */
  public int maxLocksPerAddress() {
    return unlimitedIfZero(maxLocksPerAddress);
  }

  /** How many seats they may lock in a second. */
  public int maxLocksPerSecondPerAddress() {
    return unlimitedIfZero(maxLockRatePerAddress);
  }

  private static int unlimitedIfZero(int limit) {
    return limit == 0 ? Integer.MAX_VALUE : limit;
  }

  private AuthorizationString authorization() {
    String secret = System.getenv(SECRET_VARIABLE);
    if (authorizationStringFile != null) {
      if (secret != null) {
        throw wrongUsage(
            "the authorization string is given twice: in "
                + SECRET_VARIABLE
                + " and in --authorization-string-file");
      }
      try {
        secret = Files.readString(authorizationStringFile).replaceFirst("\\R\\z", "");
      } catch (IOException e) {
        throw wrongUsage("cannot read the authorization string from " + authorizationStringFile);
      }
    }
    if (secret == null) {
      return AuthorizationString.none();
    }
    if (secret.isEmpty()) {
      throw wrongUsage("the authorization string is empty");
    }
    return AuthorizationString.of(secret);
  }
}
