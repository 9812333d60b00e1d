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

  /** The next command of a show. */
  public void addCommand(long show, long index, long at, Command command) {
    Open row = current;
    if (row == null || row.show != show) {
      row = open.computeIfAbsent(show, s -> new Open(s, index, at));
    }
    if (!row.takes(index, at)) {
      done.add(row.toRow());
      row = new Open(show, index, at);
      open.put(show, row);
    }
    row.add(command);
    current = row;
  }

  /** What was added since this was last asked for: of each show in order. */
  public List<Row> take() {
    List<Row> rows = done;
    open.values().forEach(each -> rows.add(each.toRow()));
    open.clear();
    done = new ArrayList<>();
    current = null;
    return rows;
  }

  /** What these are in words, as a row has them. */
  static String words(List<Command> commands) {
    StringBuilder text = new StringBuilder(64 * commands.size()).append('[');
    CommandText arrays = CommandText.asArrays(text);
    for (Command command : commands) {
      if (text.length() > 1) {
        text.append(',');
      }
      arrays.writeCommand(command);
    }
    return text.append(']').toString();
  }

  /** A row to which commands are added. */
  private final class Open {
    private final long show;
    private final long first;
    private final long at;
    private final List<Command> commands = new ArrayList<>();
    private final CommandList bytes = new CommandList();

    Open(long show, long first, long at) {
      this.show = show;
      this.first = first;
      this.at = at;
    }

    boolean takes(long index, long time) {
      return index == first + commands.size() && time == at && bytes.size() < FULL;
    }

    void add(Command command) {
      bytes.add(command);
      commands.add(command);
    }

    Row toRow() {
      byte[] sealed = checksum.append(show, first, at, bytes.toBytes());
      return new Row(show, first, commands.size(), at, sealed, 0, words(commands));
    }
  }
}
