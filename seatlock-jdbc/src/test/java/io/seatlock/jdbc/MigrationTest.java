package io.seatlock.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.postgres.PostgresArchive;
import io.seatlock.jdbc.postgres.PostgresLog;
import io.seatlock.jdbc.sqlite.SqliteArchive;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log as the first schema had it, with a row for each command, is brought to the newest one. */
class MigrationTest {

  private static final List<Command> HAMLET =
      List.of(
          new Command.OpenSession("h1", "a digest", null),
          new Command.Once("h1", "r\"1", new Command.Lock("h1", List.of("A1", "A2"))),
          Command.pay("A1").heldBy("h1").by("box").ref("order \u5ea7 17").because("cash"),
          Command.pay("A2"),
          Command.reserve("C1").due(Instant.parse("2099-01-01T00:00:00Z")));

  private static final String[] HISTORY = {
    "hamlet|1|openSession|null|h1|null|null|null|null|null",
    "hamlet|2|lock|A1 A2|h1|r\"1|null|null|null|null",
    "hamlet|3|pay|A1|h1|null|order \u5ea7 17|cash|box|null",
    "hamlet|4|pay|A2|null|null|null|null|null|null",
    "hamlet|5|reserve|C1|null|null|null|null|null|2099-01-01T00:00:00Z",
    "lear|1|block|B1|null|null|null|null|null|null"
  };

  private static final String ASK_HISTORY =
      "SELECT show, idx, action, seats, holder, request, ref, reason, author, due FROM history"
          + " WHERE action <> 'tick' ORDER BY show, idx";

  @TempDir private Path directory;

  private static String resource(String name) throws IOException {
    try (InputStream in = MigrationTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Opens it, appends a sale, and returns the state before that. */
  private static Snapshot sell(CommandLog log, String seat) throws IOException {
    try (SeatLock seats = SeatLock.builder().log(log).open()) {
      Snapshot before = seats.show("hamlet").snapshot();
      assertThat(seats.show("hamlet").apply(Command.pay(seat))).isInstanceOf(Result.Granted.class);
      assertThat(seats.show("lear").snapshot().seats(SeatStatus.BLOCKED)).containsExactly("B1");
      return before;
    }
  }

  private static List<Entry> entries(CommandArchive archive) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (archive) {
      archive.check("lear");
      assertThat(archive.check("hamlet")).isGreaterThanOrEqualTo(7);
      archive.read("hamlet", entries::add);
    }
    return entries;
  }

  private static void assertGoesOn(List<Entry> entries) {
    assertThat(entries.subList(0, 5)).extracting(Entry::command).isEqualTo(HAMLET);
    assertThat(entries.get(0).at()).isEqualTo(1_795_642_251_729L);
    assertThat(entries)
        .extracting(Entry::command)
        .contains(Command.pay("D1"))
        .endsWith(Command.pay("D2"));
  }

  @Test
  void sqlite_oneRowForEachCommand_isReadAndGoesOn() throws Exception {
    Path file = directory.resolve("seatlock.db");
    try (Connection old = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = old.createStatement()) {
      statement.executeUpdate(resource("schema-1-sqlite.sql"));
    }
    assertThatThrownBy(() -> SqliteArchive.openForReading(directory).close())
        .hasMessageContaining(file + " was written by an older version of seatlock");
    Snapshot before = sell(SqliteLog.in(directory), "D1");
    assertThat(before.seats(SeatStatus.PAID)).containsExactly("A1", "A2");
    assertThat(before.seats(SeatStatus.RESERVED)).containsExactly("C1");
    assertThat(sell(SqliteLog.in(directory), "D2").seats(SeatStatus.PAID))
        .containsExactly("A1", "A2", "D1");
    assertGoesOn(entries(SqliteArchive.openForReading(directory)));
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = reader.createStatement()) {
      assertThat(rows(statement.executeQuery(ASK_HISTORY))).startsWith(HISTORY[0], HISTORY[1]);
      assertThat(rows(statement.executeQuery(ASK_HISTORY))).contains(HISTORY);
      assertThat(rows(statement.executeQuery("SELECT name FROM sqlite_schema WHERE sql NOTNULL")))
          .containsExactlyInAnyOrder("show", "batch", "snapshot", "history");
    }
  }

  private static List<String> rows(ResultSet rows) throws SQLException {
    List<String> all = new ArrayList<>();
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
        row.add(String.valueOf(rows.getString(column)));
      }
      all.add(String.join("|", row));
    }
    return all;
  }

  @Test
  void postgres_oneRowForEachCommand_isReadAndGoesOn() throws Exception {
    Postgres postgres = Postgres.schema();
    postgres.ask(resource("schema-1-postgres.sql"));
    assertThatThrownBy(() -> PostgresArchive.openForReading(postgres.url()).close())
        .hasMessageContaining("was written by an older version of seatlock");
    Snapshot before = sell(PostgresLog.at(postgres.url()), "D1");
    assertThat(before.seats(SeatStatus.PAID)).containsExactly("A1", "A2");
    assertThat(before.seats(SeatStatus.RESERVED)).containsExactly("C1");
    assertThat(sell(PostgresLog.at(postgres.url()), "D2").seats(SeatStatus.PAID))
        .containsExactly("A1", "A2", "D1");
    assertGoesOn(entries(PostgresArchive.openForReading(postgres.url())));
    assertThat(postgres.ask(ASK_HISTORY)).contains(HISTORY);
    assertThat(postgres.ask("SELECT DISTINCT node FROM history WHERE idx < 6"))
        .as("the nodes of the first commands")
        .contains("1");
    assertThat(postgres.ask("SELECT to_regclass('entry')")).containsExactly("null");
  }
}
