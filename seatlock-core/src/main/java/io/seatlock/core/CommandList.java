package io.seatlock.core;

import java.util.List;

/**
 * Commands that follow each other, in one binary form: shorter than the forms of each, since what
 * names somebody is written once. Not safe for use by many threads.
 */
public final class CommandList {

  private final BinaryWriter out = BinaryWriter.withNames();

  /** There are none yet. */
  public CommandList() {}

  /** Adds a command behind those that are there. */
  public void add(Command command) {
    CommandCodec.write(command, out);
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
