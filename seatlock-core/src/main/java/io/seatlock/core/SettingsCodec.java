package io.seatlock.core;

import java.time.Duration;

/**
 * The binary form of a show's rules. Its version stands before it, so that a rule can be added: the
 * reader then gives it the meaning that earlier versions had.
 */
final class SettingsCodec {

  /** The version that is written. */
  private static final int VERSION = 1;

  private SettingsCodec() {}

  static void write(ShowSettings settings, BinaryWriter out) {
    out.number(VERSION);
    out.number(settings.timeLimit().toMillis());
    out.number(settings.maxTime().toMillis());
    out.number(settings.maxLocks());
    out.number(settings.grace().toMillis());
    out.number(settings.warnBefore().toMillis());
  }

  static ShowSettings read(BinaryReader in) {
    in.version("settings", VERSION);
    return readFirst(in);
  }

  /** Reads version 1, which was written without its number at first. */
  static ShowSettings readFirst(BinaryReader in) {
    return new ShowSettings(
        Duration.ofMillis(in.number()),
        Duration.ofMillis(in.number()),
        Math.toIntExact(Math.min(in.number(), Integer.MAX_VALUE)),
        Duration.ofMillis(in.number()),
        Duration.ofMillis(in.number()));
  }
}
