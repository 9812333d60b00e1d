package io.seatlock.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.SharedRow;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.store.Row;
import io.seatlock.jdbc.store.StoredSnapshot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLogTest {

  @TempDir private Path directory;

  private SeatLock open() throws IOException {
    return SeatLock.builder().log(SqliteLog.in(directory)).open();
  }

  private Path file() {
    return directory.resolve("seatlock.db");
  }

  private List<String> ask(String sql) throws SQLException {
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = reader.createStatement()) {
      List<String> answer = new ArrayList<>();
      if (statement.execute(sql)) {
        ResultSet rows = statement.getResultSet();
        while (rows.next()) {
          List<String> row = new ArrayList<>();
          for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            row.add(String.valueOf(rows.getString(column)));
          }
          answer.add(String.join("|", row));
        }
      }
      return answer;
    }
  }

  /** A log of 1,000 commands that has no snapshot but the first. */
  private void fill() throws IOException {
    LogSettings settings = LogSettings.DEFAULT.withSnapshots(1_000_000, 1_000_000);
    SqliteLog log = SqliteLog.in(directory).with(settings);
    try (SeatLock seats = SeatLock.builder().log(log).open()) {
      Show show = seats.show("hamlet");
      for (int i = 0; i < 999; i++) {
        show.apply(Command.pay("A" + i), result -> {});
      }
      assertThat(show.apply(Command.pay("last"))).isInstanceOf(Result.Granted.class);
    }
  }

  @Test
  void start_directoryThatCannotBeCreated_saysWhichAndWhy() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> SeatLock.builder().log(SqliteLog.in(file)).open())
        .isInstanceOf(IOException.class)
        .hasMessage("directory " + file + " cannot be created: FileAlreadyExistsException");
    Path below = file.resolve("below");
    assertThatThrownBy(() -> SeatLock.builder().log(SqliteLog.in(below)).open())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("directory " + below + " cannot be created: ");
  }

  @Test
  void history_tellsTheCommandsInWords() throws Exception {
    try (SeatLock seats = open()) {
      Show show = seats.show("hamlet");
      show.apply(new Command.OpenSession("h1", "a digest", "n/1"));
      show.apply(new Command.Once("h1", "r\"1", new Command.Lock("h1", List.of("A1", "A2"))));
      show.apply(Command.pay("A1", "A2").heldBy("h1").by("box").ref("order 17").because("cash"));
      show.apply(new Command.UnlockAll("h1"));
      seats.show("lear").apply(Command.block("B1"));
    }
    assertThat(
            ask(
                "SELECT show, idx, action, seats, holder, author, ref, reason, request, connection"
                    + " FROM history WHERE action <> 'detachNode' ORDER BY show, idx"))
        .containsExactly(
            "hamlet|1|openSession|null|h1|null|null|null|null|n/1",
            "hamlet|2|lock|A1 A2|h1|null|null|null|r\"1|null",
            "hamlet|3|pay|A1 A2|h1|box|order 17|cash|null|null",
            "hamlet|4|unlockAll|null|h1|null|null|null|null|null",
            "lear|1|block|B1|null|null|null|null|null|null");
    assertThat(ask("SELECT time FROM history")).allMatch(time -> time.matches("20..-.*T.*Z"));
    assertThat(ask("SELECT words FROM batch")).noneMatch(words -> words.contains("digest"));
  }

  @Test
  void history_ofCommandsThatShareARow_tellsTheHolderOfEach() throws Exception {
    try (SqliteStore store = SqliteStore.open(directory.resolve(SqliteStore.FILE))) {
      SharedRow.add(store);
    }
    assertThat(ask("SELECT size FROM batch")).containsExactly("5");
    assertThat(ask("SELECT idx, action, holder FROM history ORDER BY idx"))
        .containsExactly(SharedRow.HISTORY);
    assertThat(ask("SELECT idx FROM history WHERE holder = '2'")).containsExactly("3", "5");
  }

  @Test
  void history_ofOneShow_isASearchAndNotAScan() throws Exception {
    fill();
    assertThat(ask("EXPLAIN QUERY PLAN SELECT * FROM history WHERE show = 'hamlet' AND idx > 3"))
        .noneMatch(step -> step.contains("SCAN show") || step.contains("SCAN batch"));
  }

  @Test
  void start_whileAnotherProgramHasTheDirectory_isRefused() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("open");
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessage(directory + " is used by another process");
    } finally {
      other.destroyForcibly().waitFor();
    }
    // The lock of a program that was killed is nobody's, and what it had acknowledged is there.
    try (SeatLock seats = open()) {
      assertThat(seats.show("hamlet").snapshot().seats(SeatStatus.PAID)).containsExactly("A1");
    }
  }

  /** Opens a log, appends to it, says so, and stays. */
  static final class Holder {
    public static void main(String[] args) throws Exception {
      SeatLock seats = SeatLock.builder().log(SqliteLog.in(Path.of(args[0]))).open();
      seats.show("hamlet").apply(Command.pay("A1"));
      System.out.println("open");
      Thread.sleep(60_000);
    }
  }

  @Test
  void start_twiceInOneProgram_isRefusedAndTheFirstKeepsItsLock() throws Exception {
    try (SeatLock first = open()) {
      assertThatThrownBy(this::open).hasMessageEndingWith("is used by another process");
      assertThatThrownBy(this::open).hasMessageEndingWith("is used by another process");
      assertThat(first.show("hamlet").apply(Command.pay("A1"))).isInstanceOf(Result.Granted.class);
    }
    open().close();
  }

  @Test
  void start_withoutADirectory_createsItForItsOwnerAlone() throws Exception {
    Assumptions.assumeTrue(
        directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path fresh = directory.resolve("data");
    try (SeatLock seats = SeatLock.builder().log(SqliteLog.in(fresh)).open()) {
      assertThat(seats.trouble()).isEmpty();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void start_withALogThatIsMissing_isRefused() throws Exception {
    fill();
    Files.delete(file());
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file() + " is missing")
        .hasMessageContaining("seatlock.lock");
    Files.delete(directory.resolve("seatlock.lock"));
    open().close();
  }

  @Test
  void start_withALogOfNoBytes_isRefusedAlsoAfterItWasRead() throws Exception {
    fill();
    Files.write(file(), new byte[0]);
    assertThatThrownBy(() -> SqliteArchive.openForReading(directory).close())
        .isInstanceOf(IOException.class)
        .hasMessage(file() + " is empty: there is no log in it");
    assertThat(file()).isEmptyFile();
    assertThatThrownBy(this::open).hasMessageContaining(file() + " is missing");
  }

  @Test
  void start_withATimeInTheFuture_goesOnFromThere() throws Exception {
    long future = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
    try (SqliteStore store = SqliteStore.open(file());
        SeatLock memory = SeatLock.create()) {
      Entry entry = new Entry(1, future, Command.pay("A1"));
      store.addShow("hamlet", 0, memory.show("hamlet").snapshot(), List.of(entry).iterator());
      store.commit();
    }
    SqliteLog log = SqliteLog.in(directory);
    try (SeatLock seats = SeatLock.builder().log(log).open()) {
      assertThat(log.clock().millis()).isGreaterThanOrEqualTo(future);
      seats.show("hamlet").apply(Command.pay("A2"));
      seats.show("lear").apply(Command.pay("A1"));
    }
    assertThat(ask("SELECT min(at) FROM batch")).containsExactly(String.valueOf(future));
    open().close();
  }

  @Test
  void start_withANewerSchema_isRefused() throws Exception {
    fill();
    ask("PRAGMA user_version = 99");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("newer version of seatlock: its schema is 99");
  }

  @Test
  void start_withAFileOfSomebodyElse_isRefused() throws Exception {
    ask("CREATE TABLE customers (name TEXT)");
    assertThatThrownBy(this::open).hasMessage(file() + " is not a log of seatlock");
    assertThat(ask("SELECT name FROM sqlite_schema")).containsExactly("customers");
  }

  @Test
  void start_withAFileThatIsNoDatabase_isRefused() throws Exception {
    Files.writeString(file(), "not a database ".repeat(1000));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString());
  }

  @Test
  void start_withATruncatedFile_isRefused() throws Exception {
    fill();
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 3 * 4096);
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString());
  }

  /** Commands that come together share a row; the first show's number is 1. */
  private static final String ROW_OF_500 =
      "(SELECT max(id) FROM batch WHERE id <= 1 * 100000000000 + 500)";

  private static final String COMMAND_500 = "(command 500|one of commands [0-9]+ to [0-9]+)";

  @Test
  void start_withACommandChanged_isRefused() throws Exception {
    fill();
    ask("UPDATE batch SET commands = zeroblob(length(commands)) WHERE id = " + ROW_OF_500);
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file() + ": ")
        .hasMessageMatching(".* " + COMMAND_500 + " of show hamlet is damaged");
  }

  @Test
  void start_withATimeChanged_isRefused() throws Exception {
    fill();
    ask("UPDATE batch SET at = at + 1 WHERE id = " + ROW_OF_500);
    assertThatThrownBy(this::open)
        .hasMessageMatching(".* " + COMMAND_500 + " of show hamlet is damaged");
  }

  @Test
  void start_withACommandMissing_isRefused() throws Exception {
    fill();
    ask("DELETE FROM batch WHERE id = " + ROW_OF_500);
    assertThatThrownBy(this::open)
        .hasMessageMatching(".*: command [0-9]+ of show hamlet is missing");
  }

  @Test
  void start_withASnapshotChanged_isRefused() throws Exception {
    fill();
    ask("UPDATE snapshot SET state = zeroblob(length(state))");
    assertThatThrownBy(this::open)
        .hasMessage(file() + ": the snapshot of show hamlet at command 0 is damaged");
  }

  @Test
  void start_withAShowRenamed_isRefused() throws Exception {
    fill();
    ask("UPDATE show SET name = 'hamlez'");
    assertThatThrownBy(this::open)
        .hasMessage(file() + ": the snapshot of show hamlez at command 0 is damaged");
  }

  /** Whatever byte is flipped: either the log is refused, or it gives what was written. */
  @Test
  void start_withAByteFlipped_isRefusedOrUnharmed() throws Exception {
    fill();
    Snapshot written;
    try (SeatLock seats = open()) {
      written = seats.show("hamlet").snapshot();
    }
    byte[] whole = Files.readAllBytes(file());
    SplittableRandom random = new SplittableRandom(7);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), damaged);
      try (SeatLock seats = open()) {
        assertThat(seats.show("hamlet").snapshot()).isEqualTo(written);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining(file().toString());
        refused++;
      }
      Files.deleteIfExists(Path.of(file() + "-wal"));
    }
    // Some of the bytes are the commands; the rest is mostly words, which nothing hangs on.
    assertThat(refused).isGreaterThan(10);
  }

  @Test
  void append_twiceBehindTheSameRow_isRefusedByTheKey() throws Exception {
    try (SeatLock memory = SeatLock.create();
        SqliteStore store = SqliteStore.open(file())) {
      Entry first = new Entry(1, 1, Command.pay("A1"));
      store.addShow("hamlet", 0, memory.show("hamlet").snapshot(), List.of(first).iterator());
      long show = store.find("hamlet").id();
      store.rows().addCommand(show, 2, 2, Command.pay("A2"));
      store.rows().addCommand(show, 3, 2, Command.pay("A3"));
      store.insert(store.rows().take());
      store.rows().addCommand(show, 2, 3, Command.pay("B2"));
      List<Row> other = store.rows().take();
      assertThatThrownBy(() -> store.insert(other)).hasMessageContaining("UNIQUE constraint");
    }
  }

  @Test
  void close_afterAFewHundredCommands_savesASnapshot() throws Exception {
    for (int times = 1; times <= 3; times++) {
      try (SeatLock seats = open()) {
        Show show = seats.show("hamlet");
        for (int i = 1; i < 350; i++) {
          show.apply(Command.pay("A" + i), result -> {});
        }
        show.apply(Command.pay("last"));
      }
      assertThat(ask("SELECT idx FROM snapshot ORDER BY idx"))
          .containsExactly("0", String.valueOf(350 * times));
    }
    try (SeatLock seats = open()) {
      seats.show("hamlet").apply(Command.pay("another"));
    }
    assertThat(ask("SELECT max(idx) FROM snapshot")).containsExactly("1050");
  }

  @Test
  void append_diskFull_failsAndNothingIsAcknowledged() throws Exception {
    BlockingQueue<Throwable> failures = new ArrayBlockingQueue<>(10);
    SqliteLog log = SqliteLog.in(directory);
    List<Result> results = new ArrayList<>();
    try (SeatLock seats =
        SeatLock.builder().log(log).onFailure(failures::add).deliverOn(Runnable::run).open()) {
      Show show = seats.show("hamlet");
      assertThat(show.apply(Command.pay("first"))).isInstanceOf(Result.Granted.class);
      try (Statement statement = log.store().connection().createStatement()) {
        statement.execute("PRAGMA max_page_count = 12");
      }
      for (int i = 0; i < 2000; i++) {
        results.add(show.apply(Command.pay("A" + i)));
      }
      Throwable failure = failures.poll(5, TimeUnit.SECONDS);
      assertThat(failure)
          .hasMessageStartingWith("the log in " + file() + " cannot go on: ")
          .hasMessageContaining("full");
      assertThat(log.trouble()).contains(failure.getMessage());
      assertThat(show.apply(Command.pay("later"))).isInstanceOf(Result.NotAccepted.class);
    }
    assertThat(failures).isEmpty();
    long granted = results.stream().filter(Result.Granted.class::isInstance).count();
    assertThat(granted).isBetween(1L, 1999L);
    try (SeatLock seats = open()) {
      assertThat(seats.show("hamlet").snapshot().seats(SeatStatus.PAID)).hasSize((int) granted + 1);
    }
  }

  @Test
  void append_fileTakenAway_failsWithItsName() throws Exception {
    BlockingQueue<Throwable> failures = new ArrayBlockingQueue<>(10);
    SqliteLog log = SqliteLog.in(directory);
    try (SeatLock seats = SeatLock.builder().log(log).onFailure(failures::add).open()) {
      Show show = seats.show("hamlet");
      show.apply(Command.pay("A1"));
      log.store().connection().close();
      assertThat(show.apply(Command.pay("A2"))).isNotInstanceOf(Result.Granted.class);
      assertThat(failures.poll(5, TimeUnit.SECONDS)).hasMessageContaining(file().toString());
    }
  }

  @Test
  void retain_removesWhatASnapshotCovers() throws Exception {
    LogSettings settings = LogSettings.DEFAULT.withSnapshots(100, 10);
    Snapshot written;
    try (SeatLock seats = SeatLock.builder().log(SqliteLog.in(directory).with(settings)).open()) {
      Show show = seats.show("hamlet");
      for (int i = 0; i < 250; i++) {
        show.apply(Command.pay("A" + i));
      }
      written = show.snapshot();
    }
    long covered = Long.parseLong(ask("SELECT max(idx) FROM snapshot").get(0));
    assertThat(covered).isPositive();
    try (SeatLock seats =
        SeatLock.builder().log(SqliteLog.in(directory).retain(Duration.ZERO)).open()) {
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(ask("SELECT min(idx) FROM history"))
                      .containsExactly(String.valueOf(covered)));
      assertThat(seats.show("hamlet").snapshot()).isEqualTo(written);
    }
    try (SeatLock seats = open()) {
      assertThat(seats.show("hamlet").snapshot()).isEqualTo(written);
      assertThat(ask("SELECT count(*) FROM snapshot")).containsExactly("1");
    }
  }

  @Test
  void copy_madeWhileItIsWritten_isAWholeLog() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    int before = 300;
    try (SeatLock seats = open()) {
      Show show = seats.show("hamlet");
      for (int i = 0; i < before; i++) {
        show.apply(Command.pay("A" + i), result -> {});
      }
      show.apply(Command.pay("last"));
      for (int i = 0; i < 1000; i++) {
        show.apply(Command.pay("B" + i), result -> {});
      }
      ask("VACUUM INTO '" + other.resolve("seatlock.db") + "'");
    }
    try (SeatLock seats = SeatLock.builder().log(SqliteLog.in(other)).open()) {
      assertThat(seats.show("hamlet").snapshot().seats(SeatStatus.PAID))
          .hasSizeGreaterThan(before)
          .contains("A0", "last");
      assertThat(seats.show("hamlet").apply(Command.pay("C1"))).isInstanceOf(Result.Granted.class);
    }
    try (CommandArchive archive = SqliteArchive.openForReading(other)) {
      assertThat(archive.check("hamlet")).isGreaterThan(before + 1);
    }
  }

  @Test
  void archive_addsAWholeShowThatASecondOneReads() throws Exception {
    fill();
    Path other = directory.resolve("other");
    List<Entry> entries = new ArrayList<>();
    try (CommandArchive source = SqliteArchive.openForReading(directory);
        CommandArchive target = SqliteArchive.openForWriting(other)) {
      source.read("hamlet", entries::add);
      assertThat(entries).hasSize(1000);
      target.addShow("lear", source.beginning("hamlet"), entries.iterator());
      target.commit();
      assertThatThrownBy(
              () -> target.addShow("lear", source.beginning("hamlet"), entries.iterator()))
          .hasMessageEndingWith("there is a show lear already");
    }
    List<Entry> read = new ArrayList<>();
    try (CommandArchive target = SqliteArchive.openForReading(other)) {
      assertThat(target.check("lear")).isEqualTo(1000);
      target.read("lear", read::add);
    }
    assertThat(read).isEqualTo(entries);
  }

  @Test
  void archive_withASnapshotThatTheCommandsDoNotLeadTo_isNotSound() throws Exception {
    fill();
    Snapshot written;
    try (SeatLock seats = open()) {
      written = seats.show("hamlet").snapshot();
    }
    save(1000, written);
    assertThat(check()).isEqualTo("1000");
    // Another state that is as good by itself: one seat less is sold.
    save(
        1000,
        new Snapshot(
            written.settings(),
            written.seatsKnown(),
            written.seq(),
            written.at(),
            written.seats().subList(1, 1000),
            written.sessions()));
    assertThat(check())
        .isEqualTo("the snapshot of show hamlet at command 1000 is not what the commands lead to");
    save(1001, written);
    assertThat(check())
        .isEqualTo("the snapshot of show hamlet is of command 1001, which is missing");
  }

  /** Saves the only snapshot but the first. */
  private void save(long index, Snapshot state) throws Exception {
    try (SqliteStore store = SqliteStore.open(file())) {
      ask("DELETE FROM snapshot WHERE idx > 0");
      store.save(store.find("hamlet"), StoredSnapshot.fromState("hamlet", index, state));
      store.commit();
    }
  }

  private String check() throws IOException {
    try (CommandArchive archive = SqliteArchive.openForReading(directory)) {
      return String.valueOf(archive.check("hamlet"));
    } catch (DamagedLogException e) {
      return e.getMessage();
    }
  }

  @Test
  void archive_withACommandEarlierThanItsBeginning_isNotSound() throws Exception {
    Snapshot later = new Snapshot(ShowSettings.DEFAULT, false, 0, 5000, List.of(), List.of());
    Entry earlier = new Entry(1, 4999, Command.pay("A1"));
    try (SqliteStore store = SqliteStore.open(file())) {
      store.addShow("hamlet", 0, later, List.of(earlier).iterator());
      store.commit();
    }
    assertThat(check()).isEqualTo("command 1 of show hamlet is earlier than the one before");
    assertThatThrownBy(this::open)
        .hasMessage(file() + ": command 1 of show hamlet has an earlier time");
  }

  @Test
  void archive_withAStateThatContradictsItself_isNotSound() throws Exception {
    Snapshot.Seat seat = new Snapshot.Seat("A1", SeatStatus.LOCKED, null, null);
    Snapshot nobodys = new Snapshot(ShowSettings.DEFAULT, false, 1, 0, List.of(seat), List.of());
    try (SqliteStore store = SqliteStore.open(file())) {
      store.addShow("hamlet", 0, nobodys, List.<Entry>of().iterator());
      store.commit();
    }
    assertThat(check()).startsWith("the snapshot of show hamlet at command 0 contradicts itself: ");
  }

  @Test
  void archive_withoutCommit_keepsNothing() throws Exception {
    fill();
    Path other = directory.resolve("other");
    try (CommandArchive source = SqliteArchive.openForReading(directory);
        CommandArchive target = SqliteArchive.openForWriting(other)) {
      target.addShow("lear", source.beginning("hamlet"), List.<Entry>of().iterator());
    }
    try (CommandArchive target = SqliteArchive.openForReading(other)) {
      assertThat(target.shows()).isEmpty();
    }
  }
}
