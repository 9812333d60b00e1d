package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What earlier versions wrote is read, and replays to the state that they came to. The files were
 * written by the programs of their version and are never written again: a form that changes gets a
 * directory of its own beside them.
 */
class GoldenFilesTest {

  private static final Path VERSION_1 = Path.of("src/test/resources/golden/v1");

  static Stream<Path> logs() throws IOException {
    try (Stream<Path> files = Files.list(VERSION_1)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /**
   * Each line is a word and its value: the state at the beginning, commands with their time, and
   * the states that the program of that version came to.
   */
  @ParameterizedTest
  @MethodSource("logs")
  void log_replayed_comesToTheStatesThatItsProgramCameTo(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    Replay replay = new Replay(Snapshot.fromBytes(bytes(word(lines.get(0), 1))));
    int commands = 0;
    int states = 0;
    for (String line : lines.subList(1, lines.size())) {
      if (word(line, 0).equals("state")) {
        Snapshot then = Snapshot.fromBytes(bytes(word(line, 1)));
        assertThat(replay.snapshot()).as("after %d commands", commands).isEqualTo(then);
        assertThat(replay.snapshot().toBytes()).isEqualTo(then.toBytes());
        states++;
      } else {
        for (Command command : CommandList.fromBytes(bytes(word(line, 2)))) {
          replay.apply(command, Long.parseLong(word(line, 1)), event -> {});
          commands++;
        }
      }
    }
    assertThat(commands).isGreaterThanOrEqualTo(400);
    assertThat(states).isGreaterThanOrEqualTo(4);
    assertThat(replay.snapshot().seq()).isGreaterThan(50);
  }

  private static String word(String line, int place) {
    return line.split(" ")[place];
  }

  /** Each line is the form of a command, and what it said in its version. */
  @Test
  void commands_areReadAsTheyWereMeant() throws IOException {
    List<Command> all = new ArrayList<>();
    for (String line : Files.readAllLines(VERSION_1.resolve("commands.txt"))) {
      String[] parts = line.split(" ", 2);
      if (parts[1].equals("all")) {
        assertThat(CommandList.fromBytes(bytes(parts[0]))).isEqualTo(all);
      } else {
        Command command = Command.fromBytes(bytes(parts[0]));
        assertThat(command).hasToString(parts[1]);
        all.add(command);
      }
    }
    assertThat(all).hasSizeGreaterThan(30);
    assertThat(all.stream().map(Command::kind).distinct()).hasSize(13);
  }

  /** A file of version 1 with one more than its version anywhere in front of a part. */
  @Test
  void laterVersion_isRefusedWithASentence() {
    byte[] snapshot = SeatMachine.ofSeats(Stage.SETTINGS, List.of("A1")).snapshot().toBytes();
    // The versions of: the snapshot, its settings, its seats, its sessions.
    String[] what = {"snapshot", "settings", "seats", "sessions"};
    int[] place = {0, 1, 13, 21};
    for (int i = 0; i < what.length; i++) {
      byte[] later = snapshot.clone();
      later[place[i]]++;
      assertThatThrownBy(() -> Snapshot.fromBytes(later))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(what[i] + " of version")
          .hasMessageContaining("; this program reads version");
    }
    byte[] settings = new Command.ChangeSettings(ShowSettings.DEFAULT).toBytes();
    settings[2]++;
    assertThatThrownBy(() -> Command.fromBytes(settings))
        .hasMessage("command with settings of version 2; this program reads version 1");
  }

  @Test
  void commandOfALaterProgram_isRefusedWithASentence() {
    assertThatThrownBy(() -> Command.fromBytes(new byte[] {1, 99, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("command with code 99, which this program does not know, before byte 2");
  }
}
