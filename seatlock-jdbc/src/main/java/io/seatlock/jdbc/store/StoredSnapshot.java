package io.seatlock.jdbc.store;

import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The state of a show as a row: with the SHA-256 of the show's name, the place and the state. */
public final class StoredSnapshot {

  private final long index;
  private final long at;
  private final byte[] state;
  private final byte[] sha256;

  /**
   * A row.
   *
   * @param index the place of the last command that it includes; 0 for the state before the first
   * @param at the time of that command, in milliseconds since the epoch
   * @param state the state in its binary form
   * @param sha256 the digest
   */
  StoredSnapshot(long index, long at, byte[] state, byte[] sha256) {
    this.index = index;
    this.at = at;
    this.state = state;
    this.sha256 = sha256;
  }

  public static StoredSnapshot fromState(String show, long index, Snapshot snapshot) {
    byte[] state = snapshot.toBytes();
    return new StoredSnapshot(index, snapshot.at(), state, digest(show, index, state));
  }

  /** The state, if it is what was written. */
  Snapshot verifiedState(String show) throws DamagedLogException {
    if (!MessageDigest.isEqual(sha256, digest(show, index, state))) {
      throw new DamagedLogException(
          "the snapshot of show " + show + " at command " + index + " is damaged");
    }
    try {
      return Snapshot.fromBytes(state);
    } catch (IllegalArgumentException e) {
      throw new DamagedLogException(
          "the snapshot of show " + show + " at command " + index + " cannot be read: " + e, e);
    }
  }

  long index() {
    return index;
  }

  long at() {
    return at;
  }

  byte[] state() {
    return state;
  }

  byte[] sha256() {
    return sha256;
  }

  private static byte[] digest(String show, long index, byte[] state) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(show.getBytes(StandardCharsets.UTF_8));
      digest.update(ByteBuffer.allocate(Long.BYTES + 1).putLong(1, index).array());
      return digest.digest(state);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
