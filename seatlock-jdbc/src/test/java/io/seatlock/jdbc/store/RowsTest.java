package io.seatlock.jdbc.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.DamagedLogException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How commands are gathered into rows and read from them. */
class RowsTest {

  private final RowChecksum checksum = new RowChecksum();
  private final Rows rows = new Rows(checksum);

  private List<Entry> read(List<Row> all, long show) throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (Row row : all) {
      if (row.show() == show) {
        entries.addAll(row.entries("show " + show, checksum));
      }
    }
    return entries;
  }

  @Test
  void commandsOfOneTime_shareARow() throws Exception {
    rows.addCommand(1, 7, 100, Command.pay("A1"));
    rows.addCommand(1, 8, 100, new Command.Tick());
    rows.addCommand(1, 9, 100, Command.pay("A2"));
    List<Row> all = rows.take();
    assertThat(all).hasSize(1);
    assertThat(all.get(0).first()).isEqualTo(7);
    assertThat(all.get(0).last()).isEqualTo(9);
    assertThat(all.get(0).words()).isEqualTo("[[\"pay\",\"A1\"],[\"tick\"],[\"pay\",\"A2\"]]");
    assertThat(read(all, 1))
        .containsExactly(
            new Entry(7, 100, Command.pay("A1")),
            new Entry(8, 100, new Command.Tick()),
            new Entry(9, 100, Command.pay("A2")));
    assertThat(rows.take()).isEmpty();
  }

  @Test
  void anotherTimeOrPlace_beginsARow() throws Exception {
    rows.addCommand(1, 1, 100, Command.pay("A1"));
    rows.addCommand(1, 2, 101, Command.pay("A2"));
    rows.addCommand(1, 4, 101, Command.pay("A4"));
    List<Row> all = rows.take();
    assertThat(all).extracting(Row::first).containsExactly(1L, 2L, 4L);
    assertThat(read(all, 1)).extracting(Entry::index).containsExactly(1L, 2L, 4L);
  }

  @Test
  void commandsOfSeveralShows_haveRowsOfTheirOwnThatFillUp() throws Exception {
    List<String> seats = IntStream.range(0, 100).mapToObj(i -> "-".repeat(60) + i).toList();
    List<List<Entry>> written = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 300; i++) {
      Entry entry = new Entry(1 + i / 3, 100, new Command.Lock("h" + i, seats));
      written.get(i % 3).add(entry);
      rows.addCommand(i % 3, entry.index(), entry.at(), entry.command());
    }
    List<Row> all = rows.take();
    int length = written.get(0).get(0).command().toBytes().length;
    assertThat(length).isBetween(6000, 7000);
    // Eleven are more than 65,536 bytes.
    assertThat(all).hasSize(3 * 10);
    for (int show = 0; show < 3; show++) {
      assertThat(read(all, show)).isEqualTo(written.get(show));
    }
  }

  @Test
  void rowThatWasChanged_isDamaged() {
    rows.addCommand(1, 1, 100, Command.pay("A1"));
    rows.addCommand(1, 2, 100, Command.pay("A2"));
    Row row = rows.take().get(0);
    for (int i = 0; i < row.commands().length; i++) {
      byte[] commands = row.commands().clone();
      commands[i] ^= 1;
      assertThatThrownBy(() -> new Row(1, 1, 2, 100, commands, 0, null).entries("hamlet", checksum))
          .isInstanceOf(DamagedLogException.class)
          .hasMessage("one of commands 1 to 2 of show hamlet is damaged");
    }
    assertThatThrownBy(
            () -> new Row(2, 1, 2, 100, row.commands(), 0, null).entries("lear", checksum))
        .hasMessageContaining("is damaged");
    assertThatThrownBy(() -> new Row(1, 2, 2, 100, row.commands(), 0, null).entries("x", checksum))
        .hasMessageContaining("is damaged");
  }

  @Test
  void rowOfAnotherSize_cannotBeRead() {
    rows.addCommand(1, 1, 100, Command.pay("A1"));
    rows.addCommand(1, 2, 100, Command.pay("A2"));
    byte[] commands = rows.take().get(0).commands();
    for (int size : List.of(1, 3)) {
      assertThatThrownBy(() -> new Row(1, 1, size, 100, commands, 0, null).entries("x", checksum))
          .isInstanceOf(DamagedLogException.class)
          .hasMessageContaining("cannot be read");
    }
  }
}
