package io.seatlock.jdbc.store;

import io.seatlock.core.Command;
import io.seatlock.core.CommandList;
import io.seatlock.jdbc.CommandText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers commands into rows: those of one show that follow each other at one time share a row. Not
 * safe for use by many threads.
 */
public final class Rows {

  /** How many bytes of commands fill a row. */
  private static final int FULL = 1 << 16;

  private final RowChecksum checksum;
  private final Map<Long, Open> open = new LinkedHashMap<>();
  private List<Row> done = new ArrayList<>();
  private @Nullable Open current;

  Rows(RowChecksum checksum) {
    this.checksum = checksum;
  }

  /**
   * Adds the next command of a show.
   *
   * @throws RuntimeException if it has no text or no binary form; then the rows are as they were
   */
  public void addCommand(long show, long index, long at, Command command) {
    Open row = current;
    if (row == null || row.show != show) {
      row = open.computeIfAbsent(show, s -> new Open(s, index, at));
    }
    if (!row.takes(index, at)) {
      if (!row.isEmpty()) {
        done.add(row.toRow());
      }
      row = new Open(show, index, at);
      open.put(show, row);
    }
    row.addCommand(command);
    current = row;
  }

  /** What was added since this was last asked for: of each show in order. */
  public List<Row> take() {
    List<Row> rows = done;
    open.values().stream().filter(row -> !row.isEmpty()).forEach(row -> rows.add(row.toRow()));
    open.clear();
    done = new ArrayList<>();
    current = null;
    return rows;
  }

  /** The text of these commands, as a row has it. */
  static String words(List<Command> commands) {
    RowText text = new RowText();
    commands.forEach(text::addCommand);
    return text.toString();
  }

  /** The text of a row: a JSON array with an array for each command. */
  private static final class RowText {
    private final StringBuilder text = new StringBuilder(128).append('[');
    private final CommandText arrays = CommandText.asArrays(text);
    private int before;

    void addCommand(Command command) {
      before = text.length();
      if (before > 1) {
        text.append(',');
      }
      try {
        arrays.writeCommand(command);
      } catch (Throwable e) {
        text.setLength(before);
        throw e;
      }
    }

    void takeBackLast() {
      arrays.takeBack(before);
    }

    @Override
    public String toString() {
      return text + "]";
    }
  }

  /** A row to which commands are added. */
  private final class Open {
    private final long show;
    private final long first;
    private final long at;
    private final CommandList bytes = new CommandList();
    private final RowText text = new RowText();
    private int size;

    Open(long show, long first, long at) {
      this.show = show;
      this.first = first;
      this.at = at;
    }

    boolean isEmpty() {
      return size == 0;
    }

    boolean takes(long index, long time) {
      return index == first + size && time == at && bytes.size() < FULL;
    }

    void addCommand(Command command) {
      text.addCommand(command);
      try {
        bytes.add(command);
      } catch (Throwable e) {
        text.takeBackLast();
        throw e;
      }
      size++;
    }

    Row toRow() {
      byte[] summed = checksum.append(show, first, at, bytes.toBytes());
      return new Row(show, first, size, at, summed, 0, text.toString());
    }
  }
}
