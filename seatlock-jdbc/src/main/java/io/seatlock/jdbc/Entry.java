package io.seatlock.jdbc;

import io.seatlock.core.Command;
import java.util.Objects;

/**
 * A command in the log of a show.
 *
 * @param index its place, counted from 1
 * @param at its time, in milliseconds since the epoch
 * @param command what was to be done
 */
public record Entry(long index, long at, Command command) {

  /** Checks that there is a place and a command. */
  public Entry {
    Objects.requireNonNull(command, "command");
    if (index < 1 || at < 0) {
      throw new IllegalArgumentException("command " + index + " at " + at);
    }
  }

  /**
   * The command in words: a JSON object of texts, with the names that the view {@code history} of
   * the log has for them.
   */
  public String words() {
    return CommandText.asObject(command);
  }
}
