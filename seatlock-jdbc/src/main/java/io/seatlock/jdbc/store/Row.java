package io.seatlock.jdbc.store;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandList;
import io.seatlock.core.DamagedLogException;
import io.seatlock.jdbc.CommandText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the log: commands of one show that follow each other and were appended together, at one
 * time.
 */
public final class Row {
  private final long show;
  private final long first;
  private final int size;
  private final long at;
  private final byte[] commands;
  private final long node;
  private final @Nullable String words;

  /**
   * A row as it is in the table.
   *
   * @param show the show's number
   * @param first the place of the first command
   * @param size how many there are
   * @param at their time, in milliseconds since the epoch
   * @param commands the commands, as a {@link CommandList}, with their checksum
   * @param node the number of the node that appended it; 0 if that is not told
   * @param words the commands as a JSON array of what {@link CommandText} has for each; null if
   *     they were not asked for
   */
  public Row(
      long show,
      long first,
      int size,
      long at,
      byte[] commands,
      long node,
      @Nullable String words) {
    this.show = show;
    this.first = first;
    this.size = size;
    this.at = at;
    this.commands = commands;
    this.node = node;
    this.words = words;
  }

  public long show() {
    return show;
  }

  public long first() {
    return first;
  }

  public int size() {
    return size;
  }

  /** The place of the last command. */
  public long last() {
    return first + size - 1;
  }

  public long at() {
    return at;
  }

  public byte[] commands() {
    return commands;
  }

  public long node() {
    return node;
  }

  public @Nullable String words() {
    return words;
  }

  /**
   * What was written, if this is it.
   *
   * @param name the show's name, for the message
   */
  List<Entry> entries(String name, RowChecksum checksum) throws DamagedLogException {
    byte[] bytes = checksum.strip(show, first, at, commands);
    if (bytes == null) {
      throw damaged(name, " is damaged", null);
    }
    List<Command> read;
    try {
      read = CommandList.fromBytes(bytes);
    } catch (RuntimeException e) {
      throw damaged(name, " cannot be read: " + e, e);
    }
    if (read.size() != size) {
      throw damaged(name, " cannot be read: there are " + read.size(), null);
    }
    List<Entry> entries = new ArrayList<>(size);
    for (Command command : read) {
      entries.add(new Entry(first + entries.size(), at, command));
    }
    return entries;
  }

  private DamagedLogException damaged(String name, String how, @Nullable Exception cause) {
    String which = size == 1 ? "command " + first : "one of commands " + first + " to " + last();
    return new DamagedLogException(which + " of show " + name + how, cause);
  }
}
