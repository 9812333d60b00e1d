package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.Replay;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.sqlite.SqliteArchive;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Exported files of each version of their form are read, newer ones are refused. In the file of
 * version 1, which the program of that time has written, the second show begins with the state that
 * the commands of the first one lead to.
 */
class ArchiveVersionsTest {

  @TempDir private Path directory;

  private record Outcome(int exitCode, String out, String err) {}

  private Outcome tool(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ArchiveVersionsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** Imports a file with this text. */
  private Outcome importText(String text) throws IOException {
    Path file = directory.resolve("archive.jsonl");
    Files.writeString(file, text);
    return tool("import", file.toString(), "--data-dir", data().toString());
  }

  private static Snapshot replay(CommandArchive archive, String show) throws IOException {
    Replay replay = new Replay(archive.beginning(show).state());
    archive.read(show, entry -> replay.apply(entry.command(), entry.at(), event -> {}));
    return replay.snapshot();
  }

  @Test
  void version1_isReadAndLeadsToTheSameState() throws Exception {
    Outcome imported = importText(resource("archive-1.jsonl"));
    assertThat(imported.err()).isEmpty();
    assertThat(imported.exitCode()).isZero();
    assertThat(tool("check", "--data-dir", data().toString()).out())
        .contains("sound: 2 shows, 27 commands");
    try (CommandArchive archive = SqliteArchive.openForReading(data())) {
      assertThat(archive.beginning("lear").index()).isEqualTo(25);
      assertThat(replay(archive, "hamlet")).isEqualTo(archive.beginning("lear").state());
    }
  }

  @Test
  void version1_hasTheHistoryThatItHadThen() throws Exception {
    importText(resource("archive-1.jsonl"));
    assertThat(tool("history", "--show", "hamlet", "--data-dir", data().toString()).out())
        .isEqualToNormalizingNewlines(resource("archive-1-history.txt"));
  }

  @Test
  void version1_exportedAgain_hasTheSameCommands() throws Exception {
    importText(resource("archive-1.jsonl"));
    Path again = directory.resolve("again.jsonl");
    tool("export", again.toString(), "--data-dir", data().toString());
    assertThat(withoutBinaryForms(Files.readAllLines(again)))
        .isEqualTo(withoutBinaryForms(resource("archive-1.jsonl").lines().toList()));
  }

  /** What has versions of its own may be written in a newer one. */
  private static List<String> withoutBinaryForms(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceAll("\"(state|command)\":\"[^\"]*\"", "\"$1\":..."))
        .toList();
  }

  @Test
  void newerVersion_isRefusedByItsNumberWhateverElseIsInIt() throws Exception {
    String archive = resource("archive-1.jsonl");
    for (String newer :
        List.of(
            archive.replace("\"version\":1", "\"version\":2"),
            "{\"version\":2,\"show\":\"hamlet\",\"something\":\"else\"}\n")) {
      Outcome outcome = importText(newer);
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err())
          .contains(
              "line 1 is of version 2, written by a newer seatlock: this one reads versions up to 1");
      assertThat(data()).doesNotExist();
    }
  }

  @Test
  void versionThatThereIsNot_isRefused() throws Exception {
    String archive = resource("archive-1.jsonl");
    assertThat(importText(archive.replace("\"version\":1", "\"version\":0")).err())
        .contains("line 1 is of version 0, which there is not");
    assertThat(importText(archive.replace("\"version\":1,", "")).err())
        .contains("line 1 has no version");
  }
}
