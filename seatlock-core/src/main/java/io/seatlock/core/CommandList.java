package io.seatlock.core;

import java.util.List;

/**
 * Commands that follow each other, in one binary form: shorter than the forms of each, since what
 * names somebody is written once. Not safe for use by many threads.
 */
public final class CommandList {

  private final BinaryWriter out = BinaryWriter.withNames(CommandCodec.WITH_NAMES);

  /** There are none yet. */
  public CommandList() {}

  /** Adds a command behind those that are there. If this throws, the list is as it was. */
  public void add(Command command) {
    BinaryWriter.Mark before = out.mark();
    try {
      CommandCodec.write(command, out);
    } catch (Throwable e) {
      out.goBackTo(before);
      throw e;
    }
  }

  /** How many bytes there are by now. */
  public int size() {
    return out.size();
  }

  /** What was added, in the form that {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return out.toBytes();
  }

  /**
   * Reads what {@link #toBytes} wrote after at least one command was added, or {@link
   * Command#toBytes} of one.
   *
   * @throws IllegalArgumentException if the bytes are damaged or of an unknown version
   */
  public static List<Command> fromBytes(byte[] bytes) {
    return CommandCodec.allFromBytes(bytes);
  }
}
