package io.seatlock.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.DamagedLogException;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when the power fails, and what is damaged afterwards. */
class SqliteWalTest {

  private static final int HEADER = 32;
  private static final int FRAME = 24 + 4096;
  private static final int SMALL = 99;

  @TempDir private Path directory;

  private final SplittableRandom random = new SplittableRandom(7);

  /** The files as they are after 100 commits, the last of several pages. */
  private byte[] database;

  private byte[] wal;

  /** Where the transactions begin in the write-ahead log, and where the last one ends. */
  private List<Integer> transactions;

  @BeforeEach
  void commit() throws Exception {
    Path living = directory.resolve("living");
    try (SeatLock seats = open(living)) {
      Show show = seats.show("hamlet");
      for (int i = 0; i < SMALL; i++) {
        show.apply(Command.pay("A" + i));
      }
      show.apply(large());
      take(living);
    }
  }

  private static SeatLock open(Path data) throws IOException {
    return SeatLock.builder().log(SqliteLog.in(data)).open();
  }

  /** Takes the files as a power cut leaves them. */
  private void take(Path living) throws IOException {
    database = Files.readAllBytes(living.resolve("seatlock.db"));
    wal = Files.readAllBytes(living.resolve("seatlock.db-wal"));
    transactions = new ArrayList<>(List.of(HEADER));
    ByteBuffer frames = ByteBuffer.wrap(wal);
    for (int at = HEADER; at + FRAME <= wal.length; at += FRAME) {
      if (frames.getLong(at + 8) == frames.getLong(16) && frames.getInt(at + 4) != 0) {
        transactions.add(at + FRAME);
      }
    }
    assertThat(transactions).hasSizeGreaterThan(2);
  }

  private static Command large() {
    String pad = "-".repeat(55);
    return new Command.Lock("h1", IntStream.range(0, 100).mapToObj(i -> "B" + i + pad).toList());
  }

  private int last() {
    return transactions.get(transactions.size() - 2);
  }

  private Path put(byte[] log) throws IOException {
    Path data = Files.createTempDirectory(directory, "copy");
    Files.write(data.resolve("seatlock.db"), database);
    Files.write(data.resolve("seatlock.db-wal"), log);
    return data;
  }

  private Path file(Path data) {
    return data.resolve("seatlock.db");
  }

  private byte flipped(int place) {
    return (byte) (wal[place] ^ (1 << random.nextInt(8)));
  }

  private int frameAt(int at) {
    return at < HEADER ? 0 : at - (at - HEADER) % FRAME;
  }

  /** Every byte of every header, and some of every page. */
  private List<Integer> places() {
    List<Integer> places = new ArrayList<>();
    IntStream.range(0, HEADER).forEach(places::add);
    for (int frame = HEADER; frame + FRAME <= wal.length; frame += FRAME) {
      for (int i = 0; i < 24; i++) {
        places.add(frame + i);
      }
      for (int i = 0; i < 4; i++) {
        places.add(frame + 24 + random.nextInt(4096));
      }
    }
    return places;
  }

  private static List<String> paid(Path data) throws IOException {
    try (SeatLock seats = open(data)) {
      List<String> paid = seats.show("hamlet").snapshot().seats(SeatStatus.PAID);
      assertThat(seats.show("hamlet").apply(Command.pay("new"))).isInstanceOf(Result.Granted.class);
      return paid;
    }
  }

  private static List<String> firstSeats(int count) {
    return IntStream.range(0, count).mapToObj(i -> "A" + i).toList();
  }

  @Test
  void bitFlipped_beforeTheLastTransaction_isFoundWhereItIs() throws Exception {
    Path data = put(wal);
    for (int place : places()) {
      put(data, place, flipped(place));
      if (place < last()) {
        assertThatThrownBy(() -> SqliteWal.requireSound(file(data)))
            .as("bit of byte " + place)
            .isInstanceOf(DamagedLogException.class)
            .hasMessageStartingWith(
                data.resolve("seatlock.db-wal") + " is damaged at byte " + frameAt(place) + ",");
      } else if (!isEndMark(place)) {
        SqliteWal.requireSound(file(data));
      }
      put(data, place, wal[place]);
    }
  }

  /** Whether it tells that a transaction ends: where none did, the rest looks like another one. */
  private static boolean isEndMark(int place) {
    int inFrame = (place - HEADER) % FRAME;
    return inFrame >= 4 && inFrame < 8;
  }

  private static void put(Path data, int place, byte value) throws IOException {
    try (RandomAccessFile log =
        new RandomAccessFile(data.resolve("seatlock.db-wal").toFile(), "rw")) {
      log.seek(place);
      log.write(value);
    }
  }

  @Test
  void start_withABitFlipped_isRefusedOrHasAllButTheLastTransaction() throws Exception {
    int refused = 0;
    for (int i = 0; i < 40; i++) {
      int place = random.nextInt(wal.length);
      Path data = put(wal);
      put(data, place, flipped(place));
      try {
        assertThat(paid(data)).as("bit of byte " + place).containsAll(firstSeats(SMALL));
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("seatlock.db-wal is damaged at byte " + frameAt(place));
        assertThat(data.resolve("seatlock.db-wal")).exists();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(30);
  }

  @Test
  void start_withPagesLostInTheMiddle_isRefused() throws Exception {
    for (int at = HEADER; at + 5000 < last() - 2 * FRAME; at += 40_000) {
      byte[] log = wal.clone();
      Arrays.fill(log, at, at + 5000, (byte) 0);
      Path data = put(log);
      assertThatThrownBy(() -> open(data))
          .hasMessageContaining("seatlock.db-wal is damaged at byte " + frameAt(at));
    }
  }

  @Test
  void start_withATornTail_hasWhatWasCommittedBefore() throws Exception {
    int[] lengths =
        IntStream.concat(
                IntStream.of(0, 1, HEADER - 1, HEADER, HEADER + 1, HEADER + FRAME),
                IntStream.range(0, 30).map(i -> random.nextInt(wal.length)))
            .toArray();
    int most = 0;
    for (int length : lengths) {
      int whole = (int) transactions.stream().skip(1).filter(end -> end <= length).count();
      // The tables and the show were written before the first seat was sold.
      int before = transactions.size() - 1 - SMALL - 1;
      int sold = Math.max(0, Math.min(SMALL, whole - before));
      assertThat(paid(put(Arrays.copyOf(wal, length))))
          .as("cut at byte " + length)
          .containsExactlyInAnyOrderElementsOf(firstSeats(sold));
      most = Math.max(most, sold);
    }
    assertThat(most).isGreaterThan(SMALL / 2);
  }

  @Test
  void everyTornTail_isSound() throws Exception {
    Path data = put(wal);
    for (int length = 0; length < wal.length; length += 509) {
      Files.write(data.resolve("seatlock.db-wal"), Arrays.copyOf(wal, length));
      SqliteWal.requireSound(file(data));
    }
  }

  /** What was not forced to the disk gets there in any order. */
  @Test
  void start_withHolesInTheLastTransaction_hasWhatWasCommittedBefore() throws Exception {
    int frames = (wal.length - last()) / FRAME;
    assertThat(frames).isGreaterThan(2);
    for (int lost = 1; lost < 1 << frames; lost++) {
      byte[] log = wal.clone();
      for (int frame = 0; frame < frames; frame++) {
        if ((lost & 1 << frame) != 0) {
          int at = last() + frame * FRAME;
          Arrays.fill(log, at, at + FRAME, (byte) 0);
        }
      }
      Path data = put(log);
      SqliteWal.requireSound(file(data));
      if (Integer.bitCount(lost) == 1) {
        assertThat(paid(data)).containsExactlyInAnyOrderElementsOf(firstSeats(SMALL));
      }
    }
  }

  @Test
  void framesOfAnEarlierGeneration_areNobodysDamage() throws Exception {
    Path living = directory.resolve("living");
    try (SeatLock seats = open(living)) {
      for (int i = 0; i < 100; i++) {
        seats.show("lear").apply(Command.pay("A" + i));
      }
      try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file(living));
          Statement statement = other.createStatement()) {
        statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
      }
      for (int i = 0; i < 5; i++) {
        seats.show("lear").apply(Command.pay("B" + i));
      }
      take(living);
    }
    int end = transactions.get(transactions.size() - 1);
    assertThat(end).isLessThan(wal.length / 2);
    try (SeatLock seats = open(put(wal))) {
      assertThat(seats.show("lear").snapshot().seats(SeatStatus.PAID)).hasSize(105);
    }
    Path data = put(wal);
    for (int place = HEADER; place < wal.length; place += 997) {
      put(data, place, flipped(place));
      if (place < last()) {
        assertThatThrownBy(() -> SqliteWal.requireSound(file(data)))
            .hasMessageContaining("is damaged at byte " + frameAt(place));
      } else {
        SqliteWal.requireSound(file(data));
      }
      put(data, place, wal[place]);
    }
  }

  /** The mark of an end is of the earlier generation, everything behind it of the torn tail. */
  @Test
  void sectorThatEndsInTheHeaderOfATornFrame_isNobodysDamage() throws Exception {
    Path living = Files.createDirectory(directory.resolve("sectors"));
    byte[] before;
    try (SqliteStore store = SqliteStore.open(file(living));
        SeatLock memory = SeatLock.create()) {
      store.addShow("hamlet", 0, memory.show("hamlet").snapshot(), List.<Entry>of().iterator());
      long show = store.find("hamlet").id();
      for (int i = 1; i <= 100; i++) {
        append(store, show, i, Command.pay("A" + i));
      }
      try (Statement statement = store.connection().createStatement()) {
        statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
      }
      store.commit();
      append(store, show, 101, Command.pay("A101"));
      before = Files.readAllBytes(living.resolve("seatlock.db-wal"));
      for (int i = 102; i < 150; i++) {
        store.rows().addCommand(show, i, i, large());
      }
      store.insert(store.rows().take());
      store.commit();
      take(living);
    }
    int frame = HEADER + 41 * FRAME;
    int salts = frame + 8;
    assertThat(salts % 512).isZero();
    assertThat(frame).isBetween(last() + FRAME, wal.length - 2 * FRAME);
    assertThat(ByteBuffer.wrap(before).getInt(frame + 4)).as("mark of an end").isNotZero();
    System.arraycopy(before, frame, wal, frame, 8);
    System.arraycopy(before, frame + 512, wal, frame + 512, 512);
    SqliteWal.requireSound(file(put(wal)));
  }

  private static void append(SqliteStore store, long show, int index, Command command)
      throws Exception {
    store.rows().addCommand(show, index, index, command);
    store.insert(store.rows().take());
    store.commit();
  }

  @Test
  void whatIsLeftOfATornTail_isNobodysDamage() throws Exception {
    for (int rest = 0; rest < 4; rest++) {
      Arrays.fill(wal, last(), last() + FRAME, (byte) 0);
      Path data = put(wal);
      try (SeatLock seats = open(data)) {
        seats.show("hamlet").apply(Command.pay("B" + rest));
        byte[] before = wal;
        byte[] after = Files.readAllBytes(data.resolve("seatlock.db-wal"));
        assertThat(after).hasSameSizeAs(before);
        Path copy = put(after);
        SqliteWal.requireSound(file(copy));
        assertThat(paid(copy)).contains("B" + rest);
        wal = after;
      }
    }
  }

  @Test
  void archive_ofADamagedLog_isRefusedAndLeavesItAsItIs() throws Exception {
    Path data = put(wal);
    put(data, last() / 2, flipped(last() / 2));
    byte[] damaged = Files.readAllBytes(data.resolve("seatlock.db-wal"));
    assertThatThrownBy(() -> SqliteArchive.openForReading(data).close())
        .hasMessageContaining("is damaged at");
    assertThatThrownBy(() -> SqliteArchive.openForWriting(data).close())
        .hasMessageContaining("is damaged at");
    assertThat(data.resolve("seatlock.db-wal")).hasBinaryContent(damaged);
    assertThat(file(data)).hasBinaryContent(database);
  }
}
