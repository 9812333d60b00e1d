package io.seatlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.CommandLog;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Replay;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What is demanded of every {@link CommandArchive}. Extend this class to test one; JUnit does the
 * rest.
 */
public abstract class CommandArchiveContract {

  /** More than any page or row of an archive is likely to have. */
  private static final int MANY = 1000;

  private static final Snapshot EMPTY =
      new Snapshot(ShowSettings.DEFAULT, false, 0, 0, List.of(), List.of());

  /** For subclasses. */
  protected CommandArchiveContract() {}

  /**
   * Returns a log of the one store that the test has, which is empty when the test begins. Called
   * again after the log before was closed.
   *
   * @param snapshotEvery after how many commands a show gets a snapshot
   */
  protected abstract CommandLog newLog(int snapshotEvery) throws Exception;

  /** Opens the archive of that store for reading. */
  protected abstract CommandArchive openForReading() throws Exception;

  /** Opens the archive of that store for reading and writing. */
  protected abstract CommandArchive openForWriting() throws Exception;

  private SeatLock open() throws Exception {
    return SeatLock.builder().log(newLog(100)).open();
  }

  /** Appends something of everything to a show and returns its last state. */
  private Snapshot append(int sales) throws Exception {
    try (SeatLock seats = open()) {
      Show hamlet = seats.show("hamlet");
      hamlet.apply(new Command.OpenSession("anna"));
      hamlet.apply(new Command.Once("anna", "r1", new Command.Lock("anna", List.of("A1", "A2"))));
      hamlet.apply(Command.pay("A1").heldBy("anna").by("shop").ref("order \u5ea7 17"));
      hamlet.apply(
          Command.reserve("B1").due(Instant.parse("2099-01-01T00:00:00Z")).because("phone"));
      hamlet.apply(new Command.UnlockAll("anna"));
      for (int i = 0; i < sales; i++) {
        hamlet.apply(Command.pay("S" + i), result -> {});
      }
      hamlet.apply(Command.block("C1"));
      return hamlet.snapshot();
    }
  }

  private static List<Entry> read(CommandArchive archive, String show) throws IOException {
    List<Entry> entries = new ArrayList<>();
    assertThat(archive.read(show, entries::add)).isEqualTo(entries.size());
    return entries;
  }

  private static Snapshot replay(SavedState beginning, List<Entry> entries) {
    Replay replay = new Replay(beginning.state());
    entries.forEach(entry -> replay.apply(entry.command(), entry.at(), event -> {}));
    return replay.snapshot();
  }

  private static List<Entry> sales(long first, int count) {
    return LongStream.range(first, first + count)
        .mapToObj(index -> new Entry(index, 1000 + index / 3, Command.pay("S" + index)))
        .toList();
  }

  private void add(String show, SavedState beginning, List<Entry> entries) throws Exception {
    try (CommandArchive archive = openForWriting()) {
      archive.addShow(show, beginning, entries.iterator());
      archive.commit();
    }
  }

  // --- reading

  @Test
  void shows_ofAnEmptyLog_areNone() throws Exception {
    try (CommandArchive archive = openForWriting()) {
      assertThat(archive.shows()).isEmpty();
    }
  }

  @Test
  void shows_areInTheOrderInWhichTheyBegan() throws Exception {
    try (SeatLock seats = open()) {
      for (String show : List.of("macbeth", "hamlet", "lear", "hamlet")) {
        seats.show(show).apply(Command.pay("A1"));
      }
    }
    try (CommandArchive archive = openForReading()) {
      assertThat(archive.shows()).containsExactly("macbeth", "hamlet", "lear");
    }
  }

  @Test
  void read_whatALogAppended_isCompleteAndInOrder() throws Exception {
    Snapshot last = append(MANY);
    try (CommandArchive archive = openForReading()) {
      List<Entry> entries = read(archive, "hamlet");
      assertThat(entries)
          .extracting(Entry::index)
          .isEqualTo(LongStream.rangeClosed(1, entries.size()).boxed().toList());
      assertThat(entries).extracting(Entry::at).isSorted();
      assertThat(entries)
          .extracting(Entry::command)
          .contains(
              new Command.Once("anna", "r1", new Command.Lock("anna", List.of("A1", "A2"))),
              Command.pay("A1").heldBy("anna").by("shop").ref("order \u5ea7 17"),
              Command.pay("S" + (MANY - 1)),
              Command.block("C1"));
      assertThat(archive.beginning("hamlet").index()).isZero();
      assertThat(replay(archive.beginning("hamlet"), entries)).isEqualTo(last);
    }
  }

  @Test
  void read_whileALogIsOpen_returnsWhatWasAppended() throws Exception {
    try (SeatLock seats = open()) {
      seats.show("hamlet").apply(Command.pay("A1"));
      try (CommandArchive archive = openForReading()) {
        assertThat(read(archive, "hamlet"))
            .extracting(Entry::command)
            .containsExactly(Command.pay("A1"));
      }
    }
  }

  @Test
  void read_readerThrows_passesTheExceptionOn() throws Exception {
    append(10);
    IOException full = new IOException("the reader's disk is full");
    try (CommandArchive archive = openForReading()) {
      assertThatThrownBy(
              () ->
                  archive.read(
                      "hamlet",
                      entry -> {
                        throw full;
                      }))
          .isSameAs(full);
      assertThat(read(archive, "hamlet")).hasSizeGreaterThan(10);
    }
  }

  @Test
  void anything_ofAShowThatIsNotThere_isRefusedWithItsName() throws Exception {
    append(0);
    try (CommandArchive archive = openForReading()) {
      assertThatThrownBy(() -> archive.beginning("othello"))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("no show othello in " + archive);
      assertThatThrownBy(() -> archive.snapshots("othello"))
          .isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> archive.read("othello", entry -> {}))
          .isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> archive.check("othello")).isInstanceOf(FileNotFoundException.class);
    }
  }

  // --- checking

  @Test
  void check_ofWhatALogAppended_countsItsCommands() throws Exception {
    append(MANY);
    try (CommandArchive archive = openForReading()) {
      assertThat(archive.check("hamlet")).isEqualTo(read(archive, "hamlet").size());
    }
  }

  @Test
  void snapshots_areTheStatesThatTheCommandsLeadTo() throws Exception {
    append(MANY);
    try (CommandArchive archive = openForReading()) {
      SavedState beginning = archive.beginning("hamlet");
      List<Entry> entries = read(archive, "hamlet");
      List<SavedState> snapshots = archive.snapshots("hamlet");
      assertThat(snapshots).isNotEmpty();
      assertThat(snapshots).extracting(SavedState::index).isSorted().doesNotContain(0L);
      for (SavedState snapshot : snapshots) {
        assertThat(replay(beginning, entries.subList(0, (int) snapshot.index())))
            .isEqualTo(snapshot.state());
      }
    }
  }

  @Test
  void beginning_thatContradictsItself_isDamage() throws Exception {
    Snapshot.Seat seat = new Snapshot.Seat("A1", SeatStatus.LOCKED, null, null);
    Snapshot nobodys = new Snapshot(ShowSettings.DEFAULT, false, 1, 0, List.of(seat), List.of());
    add("hamlet", new SavedState(0, nobodys), List.of());
    try (CommandArchive archive = openForReading()) {
      assertThatThrownBy(() -> archive.beginning("hamlet"))
          .isInstanceOf(DamagedLogException.class)
          .hasMessageContaining("contradicts itself");
      assertThatThrownBy(() -> archive.check("hamlet")).isInstanceOf(DamagedLogException.class);
    }
  }

  // --- writing

  @Test
  void addShow_ofAnother_isTheSameShow() throws Exception {
    Snapshot last = append(MANY);
    SavedState beginning;
    List<Entry> entries;
    try (CommandArchive source = openForReading()) {
      beginning = source.beginning("hamlet");
      entries = read(source, "hamlet");
    }
    add("lear", beginning, entries);
    try (CommandArchive copy = openForReading()) {
      assertThat(copy.shows()).containsExactly("hamlet", "lear");
      assertThat(copy.beginning("lear")).isEqualTo(beginning);
      assertThat(read(copy, "lear")).isEqualTo(entries);
      assertThat(copy.check("lear")).isEqualTo(entries.size());
    }
    try (SeatLock seats = open()) {
      assertThat(seats.show("lear").snapshot().seats()).isEqualTo(last.seats());
    }
  }

  @Test
  void addShow_withoutItsOldestCommands_goesOnFromThere() throws Exception {
    Snapshot state = replay(new SavedState(0, EMPTY), sales(1, 50));
    add("hamlet", new SavedState(50, state), sales(51, 10));
    try (CommandArchive archive = openForReading()) {
      assertThat(archive.beginning("hamlet")).isEqualTo(new SavedState(50, state));
      assertThat(read(archive, "hamlet")).isEqualTo(sales(51, 10));
      assertThat(archive.check("hamlet")).isEqualTo(10);
    }
    try (SeatLock seats = open()) {
      assertThat(seats.show("hamlet").snapshot().seats()).hasSize(60);
      seats.show("hamlet").apply(Command.pay("A1"));
    }
    try (CommandArchive archive = openForReading()) {
      assertThat(read(archive, "hamlet")).extracting(Entry::index).last().isEqualTo(61L);
    }
  }

  @Test
  void addShow_thatIsThere_isRefused() throws Exception {
    append(0);
    try (CommandArchive archive = openForWriting()) {
      assertThatThrownBy(
              () -> archive.addShow("hamlet", new SavedState(0, EMPTY), sales(1, 1).iterator()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("there is a show hamlet already");
    }
  }

  @Test
  void addShow_withoutCommit_keepsNothing() throws Exception {
    append(0);
    try (CommandArchive archive = openForWriting()) {
      archive.addShow("lear", new SavedState(0, EMPTY), sales(1, 10).iterator());
    }
    try (CommandArchive archive = openForReading()) {
      assertThat(archive.shows()).containsExactly("hamlet");
    }
  }

  @Test
  void openForWriting_whileALogIsOpen_isRefused() throws Exception {
    try (SeatLock seats = open()) {
      seats.show("hamlet").apply(Command.pay("A1"));
      assertThatThrownBy(this::openForWriting)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is used by");
    }
    openForWriting().close();
  }
}
