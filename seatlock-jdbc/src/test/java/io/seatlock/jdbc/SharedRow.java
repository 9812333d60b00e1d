package io.seatlock.jdbc;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.SeatLock;
import io.seatlock.jdbc.store.LogStore;
import java.sql.SQLException;
import java.util.List;

/** Commands of several holders that share a row. */
public final class SharedRow {

  /** What {@code SELECT idx, action, holder FROM history ORDER BY idx} gives for them. */
  public static final String[] HISTORY = {
    "1|tick|null", "2|lock|h1", "3|lock|2", "4|extend|h1", "5|extend|2"
  };

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(1, 100, new Command.Tick()),
          new Entry(2, 100, new Command.Lock("h1", List.of("A1"))),
          new Entry(3, 100, new Command.Lock("2", List.of("A2"))),
          new Entry(4, 100, new Command.Extend("h1")),
          new Entry(5, 100, new Command.Extend("2")));

  private SharedRow() {}

  /** Adds a show with them. */
  public static void add(LogStore store) throws SQLException {
    try (SeatLock memory = SeatLock.create()) {
      store.addShow("hamlet", 0, memory.show("hamlet").snapshot(), ENTRIES.iterator());
    }
    store.commit();
  }
}
