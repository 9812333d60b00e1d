package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same log gives the same state, and the bytes in which logs are kept stay readable. */
class ReplayTest {

  private static final int LOG_LENGTH = 300;

  // --- replay

  /** One line of a log: the time it was decided at, and the command's bytes. */
  private record Entry(long time, byte[] command) {}

  /** A log, the snapshot before each entry and after the last, and the events of each entry. */
  private record Recording(
      List<Entry> log, List<byte[]> snapshots, List<List<Event>> events, int eventCount) {

    static Recording of(long seed) {
      RandomShow show = new RandomShow(seed);
      SeatMachine machine = show.newMachine();
      List<Entry> log = new ArrayList<>();
      List<byte[]> snapshots = new ArrayList<>();
      List<List<Event>> events = new ArrayList<>();
      int count = 0;
      long now = Stage.START;
      for (int i = 0; i < LOG_LENGTH; i++) {
        snapshots.add(machine.snapshot().toBytes());
        now = show.timeAfter(now, machine.nextDeadline());
        Command command = show.command(now);
        List<Event> own = new ArrayList<>();
        machine.apply(command, now, own::add);
        log.add(new Entry(now, command.toBytes()));
        events.add(own);
        count += own.size();
      }
      snapshots.add(machine.snapshot().toBytes());
      return new Recording(log, snapshots, events, count);
    }

    /** Replays the log from an index on; every event and every state must be as recorded. */
    void replay(SeatMachine machine, int from) {
      for (int i = from; i < log.size(); i++) {
        Entry entry = log.get(i);
        List<Event> own = new ArrayList<>();
        machine.apply(Command.fromBytes(entry.command), entry.time, own::add);
        if (!own.equals(events.get(i))) {
          assertThat(own).as("events of entry %d", i).isEqualTo(events.get(i));
        }
      }
      assertThat(machine.snapshot().toBytes()).isEqualTo(snapshots.get(log.size()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void replay_recordedLog_givesTheSameEventsAndStates(long seed) {
    Recording recording = Recording.of(seed);
    assertThat(recording.eventCount).isGreaterThan(LOG_LENGTH / 20);
    recording.replay(new RandomShow(seed).newMachine(), 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void replay_fromTheSnapshotAtAnyIndex_continuesIdentically(long seed) {
    Recording recording = Recording.of(seed);
    for (int i = 0; i <= LOG_LENGTH; i++) {
      Snapshot snapshot = Snapshot.fromBytes(recording.snapshots.get(i));
      assertThat(snapshot.toBytes()).isEqualTo(recording.snapshots.get(i));
      SeatMachine machine = SeatMachine.of(snapshot);
      assertThat(machine.snapshot()).isEqualTo(snapshot);
      recording.replay(machine, i);
    }
  }

  @Test
  void replay_logWithOneEntryLeftOut_isNoticed() {
    Recording recording = Recording.of(1);
    int left =
        IntStream.range(0, LOG_LENGTH)
            .filter(i -> !recording.events.get(i).isEmpty())
            .findFirst()
            .orElseThrow();
    SeatMachine machine = SeatMachine.of(Snapshot.fromBytes(recording.snapshots.get(left)));
    assertThatThrownBy(() -> recording.replay(machine, left + 1))
        .isInstanceOf(AssertionError.class);
  }

  // --- the binary form, pinned

  static Stream<Arguments> pinnedCommands() {
    return Stream.of(
        pinned("01 00 02 6831 00 00", new Command.OpenSession("h1")),
        pinned("01 00 02 6831 01 01 73 01 01 63", new Command.OpenSession("h1", "s", "c")),
        pinned("01 08 02 6831 01 73 01 63", new Command.ResumeSession("h1", "s", "c")),
        pinned("01 09 02 6831 01 63", new Command.DetachSession("h1", "c")),
        pinned("01 0b 02 6e31", new Command.DetachNode("n1")),
        pinned(
            "01 0a 02 6831 01 37 05 02 6831",
            new Command.Once("h1", "7", new Command.Extend("h1"))),
        pinned(
            "01 0d 01 63 02 6831 01 37 05 02 6831",
            new Command.Once("h1", "7", new Command.Extend("h1"), "c")),
        pinned(
            "01 0f 01 01 63 02 6831 01 37 02 02 6831 01 02 4131",
            new Command.Once("h1", "7", lock("h1", "A1"), "c").asBeyondLimit()),
        pinned(
            "01 0f 00 02 6831 01 37 02 02 6831 01 02 4131",
            new Command.Once("h1", "7", lock("h1", "A1")).asBeyondLimit()),
        pinned("01 01 02 6831", new Command.CloseSession("h1")),
        pinned("01 0e 02 6831 01 63", new Command.CloseSession("h1", "c")),
        pinned("01 02 02 6831 02 02 4131 03 e5baa7", lock("h1", "A1", "\u5ea7")),
        pinned("01 03 02 6831 01 02 4131", new Command.Unlock("h1", List.of("A1"))),
        pinned("01 04 02 6831", new Command.UnlockAll("h1")),
        pinned("01 05 02 6831", new Command.Extend("h1")),
        pinned(
            "01 06 00 01 02 4131 00 00 01 ac02 00 01 01 78",
            Command.reserve("A1").due(Instant.ofEpochMilli(300)).because("x")),
        pinned(
            "01 06 02 01 02 4131 01 02 6831 01 02 6832 00 01 02 6f37 00",
            Command.pay("A1").by("h1").heldBy("h2").ref("o7")),
        pinned("01 06 01 01 02 4131 00 00 00 00 00", Command.unreserve("A1")),
        pinned("01 06 03 01 02 4131 00 00 00 00 00", Command.unpay("A1")),
        pinned("01 06 04 01 02 4131 00 00 00 00 00", Command.revoke("A1")),
        pinned("01 06 05 01 02 4131 00 00 00 00 00", Command.block("A1")),
        pinned("01 06 06 01 02 4131 00 00 00 00 00", Command.unblock("A1")),
        pinned(
            "01 10 01 64 ac02 05 28 0a",
            new Command.ChangeSettings(
                new ShowSettings(
                    Duration.ofMillis(100),
                    Duration.ofMillis(300),
                    5,
                    Duration.ofMillis(40),
                    Duration.ofMillis(10)))),
        pinned("01 07", new Command.Tick()));
  }

  @ParameterizedTest
  @MethodSource("pinnedCommands")
  void binaryForm_ofCommands_staysAsItWas(byte[] bytes, Command command) {
    assertThat(command.toBytes()).isEqualTo(bytes);
    assertThat(Command.fromBytes(bytes)).isEqualTo(command);
  }

  static Stream<Arguments> pinnedSnapshots() {
    return Stream.of(
        pinned(
            "02 01 64 fa01 03 b0ea01 00 00 00 00 01 00 01 00",
            SeatMachine.ofAnySeats(Stage.SETTINGS).snapshot()),
        pinned(
            "02 01 64 fa01 03 b0ea01 00 01 00 00 01 01 02 4131 00 00 00 01 00",
            SeatMachine.ofSeats(Stage.SETTINGS, List.of("A1")).snapshot()),
        pinned(
            "02 01 64 fa01 03 b0ea01 0a 00 04 ac02"
                + "01 04 02 4131 01 00 00  02 4232 02 01 f403 01 02 6f37"
                + "   01 50 03 00 01 02 6f38  01 58 04 00 00"
                + "01 03 02 6831 01 02 4131 ac02 9003 00 00 00 00 00"
                + "   02 6832 00 00 00 00 00 00 00 00"
                + "   02 6833 00 00 00 00 01 01 73 00 dcec01"
                + "      02 01 37 9ee9c2ddd9f2848e67 01 0a 00"
                + "      01 38 f3d889c7a7deaba748 00 04 01 01 58 01 08 00",
            sample()));
  }

  @ParameterizedTest
  @MethodSource("pinnedSnapshots")
  void binaryForm_ofSnapshots_staysAsItWas(byte[] bytes, Snapshot snapshot) {
    assertThat(snapshot.toBytes()).isEqualTo(bytes);
    assertThat(Snapshot.fromBytes(bytes)).isEqualTo(snapshot);
  }

  private static Arguments pinned(String hex, Object value) {
    return Arguments.of(HexFormat.of().parseHex(hex.replace(" ", "")), value);
  }

  private static Command lock(String holder, String... seats) {
    return new Command.Lock(holder, List.of(seats));
  }

  /** A snapshot with something of everything. */
  private static Snapshot sample() {
    SeatMachine machine =
        SeatMachine.ofAnySeats(Stage.SETTINGS.withWarnBefore(Duration.ofMillis(10)));
    for (Command command :
        List.of(
            new Command.OpenSession("h2"),
            new Command.OpenSession("h1"),
            lock("h1", "A1"),
            Command.reserve("B2").due(Instant.ofEpochMilli(500)).ref("o7"),
            Command.pay("P").ref("o8"),
            new Command.OpenSession("h3", "s", "c"),
            new Command.Once("h3", "7", new Command.Extend("h3")),
            new Command.Once("h3", "8", Command.block("X")),
            new Command.DetachSession("h3", "c"))) {
      machine.apply(command, 300, event -> {});
    }
    return machine.snapshot();
  }

  // --- several commands together

  private static final List<Command> TOGETHER =
      List.of(
          new Command.OpenSession("h1", "s", "c"),
          new Command.Once("h1", "7", lock("h1", "A1"), "c"),
          Command.pay("A1").by("h1").heldBy("h2"),
          new Command.Once("h2", "7", lock("h2", "A1"), null).asBeyondLimit(),
          Command.pay("A2").by("").heldBy(""),
          new Command.Tick(),
          new Command.CloseSession("h2", "c"));

  private static byte[] together(List<Command> commands) {
    CommandList list = new CommandList();
    commands.forEach(list::add);
    byte[] bytes = list.toBytes();
    assertThat(list.size()).isEqualTo(bytes.length);
    return bytes;
  }

  /** Each name stands there once, and then its number behind a 0. */
  @Test
  void binaryForm_ofSeveralCommands_staysAsItWas() {
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                ("02"
                        + "00 02 6831 01 01 73 01 01 63"
                        + "0d 00 02 00 01 01 37 02 00 01 01 02 4131"
                        + "06 02 01 02 4131 01 00 01 01 02 6832 00 00 00"
                        + "0f 00 00 03 01 37 02 00 03 01 02 4131"
                        + "06 02 01 02 4132 01 00 00 01 00 00 00 00 00"
                        + "07"
                        + "0e 00 03 00 02")
                    .replace(" ", ""));
    assertThat(together(TOGETHER)).isEqualTo(bytes);
    assertThat(CommandList.fromBytes(bytes)).isEqualTo(TOGETHER);
  }

  @ParameterizedTest
  @MethodSource("pinnedCommands")
  void commandList_readsOneCommandOfEitherForm(byte[] bytes, Command command) {
    assertThat(CommandList.fromBytes(bytes)).containsExactly(command);
    assertThat(CommandList.fromBytes(together(List.of(command)))).containsExactly(command);
  }

  @Test
  void commandList_damaged_throwsOrGivesOtherCommands() {
    byte[] bytes = together(TOGETHER);
    int refused = 0;
    for (int i = 0; i < bytes.length; i++) {
      refused += isRefused(Arrays.copyOf(bytes, i)) ? 1 : 0;
      for (int change = 1; change < 256; change++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) change;
        refused += isRefused(damaged) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(0);
  }

  private static boolean isRefused(byte[] bytes) {
    try {
      assertThat(CommandList.fromBytes(bytes)).isNotEmpty().isNotEqualTo(TOGETHER);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  @Test
  void commandList_nameThatDidNotStandBefore_throwsAndNamesIt() {
    for (String hex : List.of("02 04 00 01", "02 04 02 6831 04 00 02")) {
      assertThatThrownBy(() -> CommandList.fromBytes(HexFormat.of().parseHex(hex.replace(" ", ""))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("with name ");
    }
  }

  @Test
  void commandList_commandThatCannotBeWritten_isNotInItAndTheOthersAre() {
    Command.Sale next = Command.reserve("A1", "A2").by("h9");
    CommandList list = new CommandList();
    list.add(TOGETHER.get(0));
    // Its fields fail after a part of it is written, a new name among it.
    Command.Lock planted = mock();
    when(planted.kind()).thenReturn(CommandKind.LOCK);
    when(planted.holder()).thenReturn("h9");
    when(planted.seats()).thenThrow(new IllegalStateException("planted"));
    assertThatThrownBy(() -> list.add(planted)).hasMessage("planted");
    list.add(next);
    list.add(TOGETHER.get(1));
    assertThat(CommandList.fromBytes(list.toBytes()))
        .containsExactly(TOGETHER.get(0), next, TOGETHER.get(1));
  }

  // --- damage

  /** A value with its way to bytes and back. */
  private record Sample<T>(T value, Function<T, byte[]> write, Function<byte[], T> read) {
    byte[] bytes() {
      return write.apply(value);
    }

    /** The value of these bytes, or null if they are refused as they should be. */
    T readOrRefuse(byte[] bytes) {
      try {
        T other = read.apply(bytes);
        if (!read.apply(write.apply(other)).equals(other)) {
          throw new AssertionError("is read but not written: " + other);
        }
        return other;
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }

  static Stream<Sample<?>> samples() {
    return Stream.of(
        command(lock("h1", "A1", "\u5ea7")),
        command(
            Command.reserve("A1", "B2")
                .by("h1")
                .heldBy("h2")
                .due(Instant.ofEpochMilli(Stage.START))
                .ref("o7")
                .because("x")),
        command(new Command.OpenSession("h1", "s", "c")),
        command(new Command.ResumeSession("h1", "s", "c")),
        command(new Command.DetachSession("h1", "c")),
        command(new Command.DetachNode("n1")),
        command(new Command.ChangeSettings(ShowSettings.DEFAULT)),
        command(new Command.Once("h1", "7", lock("h1", "A1"))),
        command(new Command.Tick()),
        new Sample<>(sample(), Snapshot::toBytes, Snapshot::fromBytes),
        new Sample<>(
            SeatMachine.ofSeats(Stage.SETTINGS, List.of("A1", "B2")).snapshot(),
            Snapshot::toBytes,
            Snapshot::fromBytes));
  }

  private static Sample<Command> command(Command command) {
    return new Sample<>(command, Command::toBytes, Command::fromBytes);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fromBytes_cutAnywhere_throws(Sample<?> sample) {
    byte[] bytes = sample.bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> sample.read.apply(cut))
          .as("the first %d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fromBytes_bytesAfterTheEnd_throws(Sample<?> sample) {
    byte[] longer = Arrays.copyOf(sample.bytes(), sample.bytes().length + 1);
    assertThatThrownBy(() -> sample.read.apply(longer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("after its end");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fromBytes_otherVersion_throwsAndNamesBoth(Sample<?> sample) {
    byte[] bytes = sample.bytes();
    String known = bytes[0] == 1 ? "reads version 1" : "reads versions 1 to " + bytes[0];
    for (int version : new int[] {0, bytes[0] + 1, 0x7f, 0x80, 0xff}) {
      bytes[0] = (byte) version;
      assertThatThrownBy(() -> sample.read.apply(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("version " + version)
          .hasMessageContaining(known);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fromBytes_anyByteReplacedByAnyOther_throwsOrGivesAnotherValue(Sample<?> sample) {
    byte[] bytes = sample.bytes();
    int refused = 0;
    for (int i = 0; i < bytes.length; i++) {
      for (int change = 1; change < 256; change++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) change;
        Object other = sample.readOrRefuse(damaged);
        if (sample.value.equals(other)) {
          throw new AssertionError(
              "byte %d changed by %d makes no difference".formatted(i, change));
        }
        refused += other == null ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(0);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fromBytes_noise_throwsOrGivesAValue(Sample<?> sample) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = sample.bytes()[0];
      }
      Object unused = sample.readOrRefuse(noise);
    }
  }

  @Test
  void of_damagedSnapshot_throwsOrGivesAMachineThatWorks() {
    byte[] bytes = sample().toBytes();
    int refused = 0;
    for (int i = 0; i < bytes.length; i++) {
      for (int change = 1; change < 256; change++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) change;
        try {
          SeatMachine machine = SeatMachine.of(Snapshot.fromBytes(damaged));
          machine.apply(new Command.Tick(), machine.time() + 1_000, event -> {});
          assertThat(machine.nextDeadline()).isGreaterThan(machine.time());
        } catch (IllegalArgumentException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isBetween(1, bytes.length * 255 - 1);
  }

  static Stream<String> hugeLengths() {
    return Stream.of(
        "01 02 ffffffff07",
        "01 02 02 6831 ffffffff07",
        "01 02 02 6831 ffffffffffffffff7f",
        "01 02 02 6831 01 80808080808080808001",
        "01 06 00 ffffffff07");
  }

  @ParameterizedTest
  @MethodSource("hugeLengths")
  void fromBytes_lengthBeyondTheEnd_throwsWithoutReservingIt(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> Command.fromBytes(bytes)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Snapshot.fromBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toBytes_negativeNumber_throws() {
    Snapshot snapshot = new Snapshot(ShowSettings.DEFAULT, false, 1, -1, List.of(), List.of());
    assertThatThrownBy(snapshot::toBytes).isInstanceOf(IllegalArgumentException.class);
  }
}
