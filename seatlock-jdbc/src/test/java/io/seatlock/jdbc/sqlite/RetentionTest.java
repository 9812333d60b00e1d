package io.seatlock.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.Replay;
import io.seatlock.core.SeatLock;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.store.StoredSnapshot;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is removed when it is old, and that what is left can still be read. */
class RetentionTest {

  private static final Duration AGE = Duration.ofDays(5);
  private static final long OLD = System.currentTimeMillis() - Duration.ofDays(10).toMillis();
  private static final long YOUNG = System.currentTimeMillis() - Duration.ofHours(1).toMillis();

  private static final Snapshot EMPTY =
      new Snapshot(ShowSettings.DEFAULT, false, 0, 0, List.of(), List.of());

  @TempDir private Path directory;

  /** A show of which so many commands are old and so many young, with snapshots at these places. */
  private List<Entry> write(int old, int young, Integer... snapshots) throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (int i = 1; i <= old + young; i++) {
      entries.add(new Entry(i, (i <= old ? OLD : YOUNG) + i, Command.pay("A" + i)));
    }
    try (SqliteStore store = SqliteStore.open(directory.resolve("seatlock.db"))) {
      store.addShow("hamlet", 0, EMPTY, entries.iterator());
      Replay replay = new Replay(EMPTY);
      for (Entry entry : entries) {
        replay.apply(entry.command(), entry.at(), event -> {});
        if (List.of(snapshots).contains((int) entry.index())) {
          store.save(
              store.find("hamlet"),
              StoredSnapshot.fromState("hamlet", entry.index(), replay.snapshot()));
        }
      }
      store.commit();
    }
    return entries;
  }

  private SeatLock open(Duration age) throws Exception {
    return SeatLock.builder().log(SqliteLog.in(directory).retain(age)).open();
  }

  private List<Long> ask(String sql) throws SQLException {
    try (Connection reader =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("seatlock.db"));
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<Long> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getLong(1));
      }
      return all;
    }
  }

  private List<Long> snapshots() throws SQLException {
    return ask("SELECT idx FROM snapshot ORDER BY idx");
  }

  private void awaitFirst(long index) {
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(ask("SELECT min(idx) FROM history")).containsExactly(index));
  }

  private List<Entry> read(long beginning) throws Exception {
    try (CommandArchive archive = SqliteArchive.openForReading(directory)) {
      List<Entry> read = new ArrayList<>();
      assertThat(archive.beginning("hamlet").index()).isEqualTo(beginning);
      assertThat(archive.read("hamlet", read::add)).isEqualTo(archive.check("hamlet"));
      return read;
    }
  }

  @Test
  void whatIsYoung_staysWithTheStateBeforeIt() throws Exception {
    List<Entry> entries = write(700, 100, 50, 650, 750);
    try (SeatLock seats = open(AGE)) {
      awaitFirst(650);
      assertThat(seats.show("hamlet").snapshot().seats()).hasSize(800);
    }
    assertThat(snapshots()).startsWith(650L, 750L);
    assertThat(ask("SELECT idx FROM history ORDER BY idx"))
        .isEqualTo(LongStream.rangeClosed(650, 800).boxed().toList());
    // The command of the beginning is in the state already.
    assertThat(read(650)).isEqualTo(entries.subList(650, 800));
    try (SeatLock seats = open(AGE)) {
      assertThat(seats.show("hamlet").snapshot().seats()).hasSize(800);
    }
  }

  @Test
  void whatIsYoung_isNotRemovedThoughASnapshotCoversIt() throws Exception {
    List<Entry> entries = write(0, 100, 50, 100);
    writeAnother();
    try (SeatLock seats = open(AGE)) {
      // It is looked at after the first.
      awaitRemoved("old");
      assertThat(seats.show("hamlet").snapshot().seats()).hasSize(100);
    }
    assertThat(read(0)).isEqualTo(entries);
  }

  /** Another show, whose first two commands can be removed. */
  private void writeAnother() throws Exception {
    try (SqliteStore store = SqliteStore.open(directory.resolve("seatlock.db"))) {
      List<Entry> entries =
          LongStream.rangeClosed(1, 3)
              .mapToObj(i -> new Entry(i, OLD + i, Command.pay("A" + i)))
              .toList();
      store.addShow("old", 0, EMPTY, entries.iterator());
      Replay replay = new Replay(EMPTY);
      entries.forEach(entry -> replay.apply(entry.command(), entry.at(), event -> {}));
      store.save(store.find("old"), StoredSnapshot.fromState("old", 3, replay.snapshot()));
      store.commit();
    }
  }

  private void awaitRemoved(String show) {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(ask("SELECT min(idx) FROM history WHERE show = '" + show + "'"))
                    .containsExactly(3L));
  }

  @Test
  void aShowOfFewCommands_getsASnapshotAndIsRemovedWithThat() throws Exception {
    write(5, 0);
    try (SeatLock seats = open(AGE)) {
      Awaitility.await().untilAsserted(() -> assertThat(snapshots()).containsExactly(0L, 5L));
      assertThat(seats.show("hamlet").snapshot().seats()).hasSize(5);
    }
    try (SeatLock seats = open(AGE)) {
      awaitFirst(5);
      assertThat(seats.show("hamlet").snapshot().seats()).hasSize(5);
    }
    assertThat(read(5)).isEmpty();
    assertThat(snapshots()).containsExactly(5L);
  }

  @Test
  void severalSnapshots_areKeptAsLongAsWhatFollowsThem() throws Exception {
    LogSettings settings = LogSettings.DEFAULT.withSnapshots(20, 5).withRetain(AGE);
    try (SeatLock seats = SeatLock.builder().log(SqliteLog.in(directory).with(settings)).open()) {
      for (int i = 1; i <= 100; i++) {
        seats.show("hamlet").apply(Command.pay("A" + i));
      }
    }
    assertThat(snapshots()).hasSizeGreaterThan(3).startsWith(0L).endsWith(100L);
    assertThat(read(0)).hasSize(100);
  }

  @Test
  void withoutAnAge_theFirstAndTheLastSnapshotAreKept() throws Exception {
    LogSettings settings = LogSettings.DEFAULT.withSnapshots(20, 5);
    try (SeatLock seats = SeatLock.builder().log(SqliteLog.in(directory).with(settings)).open()) {
      for (int i = 1; i <= 100; i++) {
        seats.show("hamlet").apply(Command.pay("A" + i));
      }
    }
    assertThat(snapshots()).containsExactly(0L, 100L);
    assertThat(read(0)).hasSize(100);
  }
}
