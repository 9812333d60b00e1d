package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Session;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.sqlite.SqliteArchive;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What an operator does with a log: history, check, export and import. */
@Timeout(60)
class ToolsTest {

  private static final String DUE = "2099-01-01T00:00:00Z";

  @TempDir private Path directory;

  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Outcome(line.execute(args), out.toString(), err.toString());
  }

  private Outcome tool(String name, Path data, String... args) {
    String[] all = new String[args.length + 3];
    all[0] = name;
    all[1] = "--data-dir";
    all[2] = data.toString();
    System.arraycopy(args, 0, all, 3, args.length);
    return run(all);
  }

  private SeatLock open(Path data) throws Exception {
    return SeatLock.builder().log(SqliteLog.in(data)).open();
  }

  private Snapshot state(Path data, String show) throws Exception {
    try (SeatLock seatLock = open(data)) {
      return seatLock.show(show).snapshot();
    }
  }

  /** A log with something of everything in two shows. */
  private Path house() throws Exception {
    Path data = directory.resolve("house");
    try (SeatLock seatLock = open(data)) {
      Show hamlet = seatLock.show("hamlet");
      Session anna = hamlet.openSession("anna");
      Session ben = hamlet.openSession("ben");
      anna.lock("A1", "A2");
      ben.lock("A2");
      hamlet.apply(Command.pay("A1").heldBy("anna").by("shop").ref("order \"1\"\n2"));
      hamlet.apply(Command.revoke("A1").by("shop").because("refund"));
      hamlet.apply(Command.block("B1"));
      ben.lock("C1");
      ben.close();
      seatLock.show("lear").apply(Command.reserve("A1").due(Instant.parse(DUE)));
      hamlet.apply(new Command.Tick()); // the end of ben's session is in the log
    }
    return data;
  }

  // --- history

  @Test
  void history_ofAShow_tellsWhenWhatWhoAndWhy() throws Exception {
    Outcome history = tool("history", house(), "--show", "hamlet");
    assertThat(history.exitCode()).as(history.err()).isZero();
    assertThat(history.out().lines().map(line -> line.replaceFirst("^\\S+Z ", "")))
        .containsExactly(
            "3 locked A1,A2 by anna",
            "4 refused lock A2 by ben: A2 alreadyLocked",
            "5 paid A1 by shop: ref \"order ?1??2\"",
            "6 unpaid A1 by shop: because \"refund\"",
            "7 blocked B1",
            "8 locked C1 by ben",
            "9 unlocked C1 by ben: the session ended");
  }

  @Test
  void history_ofASeat_tellsOfThatAlone() throws Exception {
    Outcome history = tool("history", house(), "--show", "hamlet", "--seat", "A2");
    assertThat(history.out().lines()).hasSize(2).allMatch(line -> line.contains("A2"));
  }

  @Test
  void history_whileTheServerRuns_isTold() throws Exception {
    Path data = house();
    try (SeatLock seatLock = open(data)) {
      seatLock.show("hamlet").apply(Command.pay("Z9"));
      assertThat(tool("history", data, "--show", "hamlet", "--seat", "Z9").out())
          .contains("paid Z9");
    }
  }

  @Test
  void history_ofNoShowOrNoLog_saysSo() throws Exception {
    Path data = house();
    Outcome noShow = tool("history", data, "--show", "othello");
    assertThat(noShow.exitCode()).isEqualTo(1);
    assertThat(noShow.err()).contains("there is no show othello in " + data);
    Path empty = directory.resolve("empty");
    Outcome noLog = tool("history", empty, "--show", "hamlet");
    assertThat(noLog.exitCode()).isEqualTo(1);
    assertThat(noLog.err()).contains("there is no log " + empty);
    assertThat(empty).doesNotExist();
    assertThat(tool("history", data).exitCode()).isEqualTo(2);
  }

  /** A log of one show with these commands. */
  private Path written(Entry... entries) throws Exception {
    Path data = directory.resolve("written");
    try (CommandArchive log = SqliteArchive.openForWriting(data);
        SeatLock memory = SeatLock.create()) {
      Snapshot empty = memory.show("hamlet").snapshot();
      log.addShow("hamlet", new SavedState(0, empty), List.of(entries).iterator());
      log.commit();
    }
    return data;
  }

  private List<String> linesOfHistory(Path data) {
    return tool("history", data, "--show", "hamlet").out().lines().toList();
  }

  @Test
  void history_ofADueTimeThatPassedBeforeASale_tellsTheReasonOfEach() throws Exception {
    Instant due = Instant.parse("2026-12-01T19:00:01Z");
    long sold = due.toEpochMilli() + 1000;
    Path data =
        written(
            new Entry(1, sold - 2000, Command.reserve("A1").due(due).ref("order 17")),
            new Entry(2, sold, Command.pay("A1").ref("order 18")));
    assertThat(linesOfHistory(data))
        .containsExactly(
            "2026-12-01T19:00:00Z 1 reserved A1: ref \"order 17\" due 2026-12-01T19:00:01Z",
            "2026-12-01T19:00:02Z 2 unreserved A1: the due time passed",
            "2026-12-01T19:00:02Z 2 paid A1: ref \"order 18\"");
  }

  @Test
  void history_ofARequestThatIsAskedAgain_tellsItOnce() throws Exception {
    Command request = new Command.Once("anna", "r1", new Command.Lock("anna", List.of("A1")));
    Path data =
        written(
            new Entry(1, 1000, Command.pay("A1")),
            new Entry(2, 1000, new Command.OpenSession("anna")),
            new Entry(3, 1000, request),
            new Entry(4, 1000, request),
            new Entry(
                5, 1000, new Command.Once("anna", "r2", new Command.Lock("anna", List.of("A1")))));
    assertThat(linesOfHistory(data))
        .containsExactly(
            "1970-01-01T00:00:01Z 1 paid A1",
            "1970-01-01T00:00:01Z 3 refused lock A1 by anna: A1 alreadyPaid",
            "1970-01-01T00:00:01Z 5 refused lock A1 by anna: A1 alreadyPaid");
  }

  // --- which log

  @Test
  void tools_sayWhichLogItWas() throws Exception {
    Path data = house();
    Path log = data.resolve("seatlock.db");
    Path file = directory.resolve("house.jsonl");
    Path copy = directory.resolve("copy");
    assertThat(tool("history", data, "--show", "lear").err())
        .isEqualTo("show lear in " + log + "\n");
    assertThat(tool("check", data).out()).endsWith(" commands in " + log + "\n");
    assertThat(tool("export", data, file.toString()).out())
        .endsWith(" commands from " + log + " to " + file + "\n");
    assertThat(tool("import", copy, file.toString()).out())
        .endsWith(" commands into " + copy.resolve("seatlock.db") + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--data-dir", "--database-url", "--retain", "--port"})
  void tools_withAnOptionBeforeThem_areRefused(String option) throws Exception {
    Path file =
        Files.writeString(directory.resolve("seats.csv"), "seat,status,due,ref\nA1,paid,,\n");
    Path before = directory.resolve("before");
    Path data = directory.resolve("data");
    String value =
        switch (option) {
          case "--data-dir" -> before.toString();
          case "--database-url" -> "postgresql://localhost:1/none";
          case "--retain" -> "90d";
          default -> "0";
        };
    Outcome outcome =
        run(
            option,
            value,
            "import",
            "--data-dir",
            data.toString(),
            "--show",
            "hamlet",
            file.toString());
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(option + " stands before import");
    assertThat(before).doesNotExist();
    assertThat(data).doesNotExist();
  }

  // --- check

  @Test
  void check_ofASoundLog_countsWhatIsThere() throws Exception {
    Outcome check = tool("check", house());
    assertThat(check.exitCode()).as(check.err()).isZero();
    assertThat(check.out())
        .startsWith("hamlet: ")
        .contains("\nlear: 1 commands\n", "sound: 2 shows, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE snapshot SET state = zeroblob(9) | the snapshot of show hamlet at command 0 is",
        "DELETE FROM batch WHERE id % 100000000000 = 4 | command 4 of show hamlet is missing",
        "UPDATE batch SET at = at - 1 WHERE id % 100000000000 = 4 | command 4 of show hamlet is",
        "UPDATE batch SET commands = x'0107' WHERE id % 100000000000 = 4 | command 4 of show hamlet",
        "UPDATE batch SET words = replace(words, 'A', 'B') WHERE id % 100000000000 = 4"
            + " | the words of commands 4 to 4 of show hamlet are not",
      })
  void check_ofADamagedLog_saysWhere(String damage, String expected) throws Exception {
    Path data = house();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("seatlock.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(damage);
    }
    Outcome check = tool("check", data);
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.err()).contains(expected);
  }

  // --- export and import

  @Test
  void export_imported_isTheSameLog() throws Exception {
    Path data = house();
    Path file = directory.resolve("house.jsonl");
    Path copy = directory.resolve("copy");
    assertThat(tool("export", data, file.toString()).out()).startsWith("exported 2 shows, ");
    assertThat(tool("import", copy, file.toString()).out()).startsWith("imported 2 shows, ");
    assertThat(tool("check", copy).exitCode()).isZero();
    Path again = directory.resolve("again.jsonl");
    tool("export", copy, again.toString());
    assertThat(again).hasSameTextualContentAs(file);
    assertThat(Files.readAllLines(file).get(3)).contains("\"words\":{\"action\":\"lock\"");
    assertThat(state(copy, "hamlet").seats(SeatStatus.BLOCKED)).containsExactly("B1");
    assertThat(state(copy, "lear").seats(SeatStatus.RESERVED)).containsExactly("A1");
  }

  @Test
  void export_intoAFileThatIsThere_isRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("precious"), "mine");
    Outcome export = tool("export", house(), file.toString());
    assertThat(export.exitCode()).isEqualTo(1);
    assertThat(export.err()).contains(file + " exists already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void import_ofAShowThatIsThere_changesNothing() throws Exception {
    Path data = house();
    Path file = directory.resolve("house.jsonl");
    tool("export", data, file.toString());
    Outcome twice = tool("import", data, file.toString());
    assertThat(twice.exitCode()).isEqualTo(1);
    assertThat(twice.err()).contains("there is a show hamlet in ");
  }

  @Test
  void import_whileTheServerRuns_isRefused() throws Exception {
    Path data = house();
    Path file = directory.resolve("house.jsonl");
    tool("export", data, file.toString());
    Path other = directory.resolve("other");
    try (SeatLock seatLock = open(other)) {
      assertThat(seatLock.trouble()).isEmpty();
      Outcome refused = tool("import", other, file.toString());
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains("is used by another process");
    }
  }

  @Test
  void import_ofAFileWithAFault_namesTheLineAndWritesNothing() throws Exception {
    Path file = directory.resolve("house.jsonl");
    tool("export", house(), file.toString());
    List<String> lines = Files.readAllLines(file);
    int last = lines.size() - 1;
    assertFault(lines.subList(0, last), "the file has no end");
    assertFault(without(lines, 3), "line 4 is command 4 after 2");
    assertFault(without(lines, 0), "line 1 is of a show that has not begun");
    assertFault(replaced(lines, 2, "oops"), "line 3 is not a JSON object");
    assertFault(replaced(lines, 2, "{}"), "line 3 has no index");
    assertFault(
        replaced(lines, 2, "{\"show\":\"hamlet\",\"index\":2,\"at\":1,\"command\":\"AAAA\"}"),
        "line 3 has a command that cannot be read");
    assertFault(
        replaced(lines, last, "{\"shows\":2,\"commands\":1}"), "ends a file of 2 shows and 1");
    assertFault(
        replaced(lines, 0, lines.get(0).replace("\"version\":1", "\"version\":2")),
        "line 1 is of version 2");
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> all = new ArrayList<>(lines);
    all.remove(index);
    return all;
  }

  private static List<String> replaced(List<String> lines, int index, String line) {
    List<String> all = new ArrayList<>(lines);
    all.set(index, line);
    return all;
  }

  private void assertFault(List<String> lines, String expected) throws Exception {
    Path broken = Files.write(directory.resolve("broken.jsonl"), lines);
    Path fresh = directory.resolve("fresh");
    Outcome outcome = tool("import", fresh, broken.toString());
    assertThat(outcome.err()).contains(expected);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(fresh).doesNotExist();
  }

  // --- seats of a house sold elsewhere

  @Test
  void import_ofSeats_makesAShowThatIsSoldLikeThat() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("seats.csv"),
            """
            seat,status,due,ref
            A1,paid,,order 1
            A2,reserved,2099-01-01T00:00:00Z,"order ""2"", by phone"
            A3,reserved,,
            A4,blocked,,
            A5,available,,
            """);
    Path data = directory.resolve("data");
    Outcome imported = tool("import", data, "--show", "hamlet", file.toString());
    assertThat(imported.out())
        .isEqualTo("imported 4 seats into hamlet in " + data.resolve("seatlock.db") + "\n");
    Snapshot state = state(data, "hamlet");
    assertThat(state.seats())
        .containsExactly(
            new Snapshot.Seat("A1", SeatStatus.PAID, null, "order 1"),
            new Snapshot.Seat(
                "A2", SeatStatus.RESERVED, Instant.parse(DUE), "order \"2\", by phone"),
            new Snapshot.Seat("A3", SeatStatus.RESERVED, null, null),
            new Snapshot.Seat("A4", SeatStatus.BLOCKED, null, null));
    assertThat(tool("history", data, "--show", "hamlet").out()).contains("because \"import\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seat,status | must begin with the line seat,status,due,ref",
        "seat,status,,ref;A1,paid,, | must begin with the line seat,status,due,ref",
        "seat,seat,due,ref;A1,paid,, | must begin with the line seat,status,due,ref",
        "seat,status,due,ref;A1,paid,, ;A1,paid,, | line 3 tells seat A1 again",
        "seat,status,due,ref;A1,sold,, | line 2 has the status 'sold'",
        "seat,status,due,ref;A 1,paid,, | line 2: seat id",
        "seat,status,due,ref;A 1,available,, | line 2: seat id",
        "seat,status,due,ref;A1,paid | line 2 has 2 fields",
        "seat,status,due,ref;A1,reserved,tomorrow, | line 2 has a due that is not an instant",
        "seat,status,due,ref;A1,reserved,+292278995-01-01T00:00:00Z, | due that is not an instant",
        "seat,status,due,ref;A1,reserved,2001-01-01T00:00:00Z, | line 2 is due in the past",
        "seat,status,due,ref;A1,paid,2099-01-01T00:00:00Z, | line 2: PAY cannot have a due time",
        "seat,status,due,ref;A1,blocked,,order | line 2: BLOCK cannot have an order reference",
        "seat,status,due,ref;\"A1,paid,, | is not CSV",
      })
  void import_ofSeatsWithAFault_namesTheLineAndWritesNothing(String rows, String expected)
      throws Exception {
    Path file = Files.writeString(directory.resolve("seats.csv"), rows.replace(';', '\n') + "\n");
    Path data = directory.resolve("data");
    Outcome outcome = tool("import", data, "--show", "hamlet", file.toString());
    assertThat(outcome.err()).contains(expected);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(data).doesNotExist();
  }

  @Test
  void import_ofSeatsWithAByteOrderMark_readsThemAllTheSame() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("seats.csv"), "\ufeffseat,status,due,ref\nA1,paid,,order 1\n");
    Path data = directory.resolve("data");
    Outcome imported = tool("import", data, "--show", "hamlet", file.toString());
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertThat(state(data, "hamlet").seats(SeatStatus.PAID)).containsExactly("A1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10_000})
  void import_ofAFileThatIsNotUtf8_saysSo(int seatsBefore) throws Exception {
    StringBuilder text = new StringBuilder("seat,status,due,ref\n");
    for (int i = 0; i < seatsBefore; i++) {
      text.append("A").append(i).append(",blocked,,\n");
    }
    text.append("B1,paid,,M\u00fcller\n");
    Path file = directory.resolve("seats.csv");
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    Path data = directory.resolve("data");
    Outcome outcome = tool("import", data, "--show", "hamlet", file.toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).isEqualTo("seatlock-server: " + file + " is not UTF-8\n");
    assertThat(data).doesNotExist();
  }

  @Test
  void import_ofACommandEarlierThanTheStateBefore_isRefused() throws Exception {
    Snapshot later = new Snapshot(ShowSettings.DEFAULT, false, 0, 5000, List.of(), List.of());
    assertFault(
        List.of(
            "{'version':1,'show':'hamlet','index':0,'state':'%s'}"
                .formatted(base64(later.toBytes()))
                .replace('\'', '"'),
            "{'show':'hamlet','index':1,'at':4999,'command':'%s'}"
                .formatted(base64(Command.pay("A1").toBytes()))
                .replace('\'', '"'),
            "{\"shows\":1,\"commands\":1}"),
        "line 2 is of an earlier time than what is before it");
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void import_ofNoFileOrNoShowName_saysSo() {
    Path data = directory.resolve("data");
    assertThat(tool("import", data, "nothing.jsonl").err()).contains("there is no file nothing");
    Outcome wrong = tool("import", data, "--show", "not a name", "seats.csv");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("'not a name' is not a show name");
  }
}
