package io.seatlock.server.tools;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A CSV file (RFC 4180, UTF-8) that tells what seats of a house are: {@code seat,status,due,ref}
 * with a line of these names first. The status is {@code available}, {@code reserved}, {@code paid}
 * or {@code blocked}; due, an ISO-8601 instant, and ref may be empty.
 */
final class SeatsFile {

  private static final List<String> COLUMNS = List.of("seat", "status", "due", "ref");
  private static final String REASON = "import";

  private SeatsFile() {}

  /** A show in which nothing has happened yet. */
  static Snapshot emptyShow(ShowSettings settings) {
    return new Snapshot(settings, false, 0, 0, List.of(), List.of());
  }

  /**
   * The commands that lead from an empty show to what the file tells.
   *
   * @param now their time, in milliseconds since the epoch
   * @throws IOException if the file cannot be read or has a fault; the message tells the line
   */
  static List<Entry> read(Path file, long now) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setAllowMissingColumnNames(true)
            .setTrim(true)
            .get();
    try (BufferedReader text = Files.newBufferedReader(file);
        CSVParser rows = CSVParser.parse(withoutByteOrderMark(text), format)) {
      if (!rows.getHeaderNames().equals(COLUMNS)) {
        throw new IOException(file + " must begin with the line " + String.join(",", COLUMNS));
      }
      List<Entry> entries = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      for (CSVRecord row : rows) {
        Command command = command(rows.getCurrentLineNumber(), row, seen, now);
        if (command != null) {
          entries.add(new Entry(entries.size() + 1L, now, command));
        }
      }
      return entries;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException notUtf8) {
        throw notUtf8;
      }
      throw new IOException(file + " is not CSV: " + e.getMessage(), e);
    }
  }

  /** Without the mark that some programs put in front of UTF-8. */
  private static Reader withoutByteOrderMark(BufferedReader text) throws IOException {
    text.mark(1);
    if (text.read() != '\ufeff') {
      text.reset();
    }
    return text;
  }

  private static @Nullable Command command(long line, CSVRecord row, Set<String> seen, long now)
      throws IOException {
    if (!row.isConsistent()) {
      throw new IOException("line " + line + " has " + row.size() + " fields and not 4");
    }
    String seat = row.get("seat");
    if (!seen.add(seat)) {
      throw new IOException("line " + line + " tells seat " + seat + " again");
    }
    String ref = row.get("ref").isEmpty() ? null : row.get("ref");
    Instant due = due(line, row.get("due"), now);
    try {
      return switch (row.get("status")) {
        case "available" -> {
          Command unused = Command.unblock(seat); // checks the id
          yield null;
        }
        case "reserved" -> Command.reserve(seat).due(due).ref(ref).because(REASON);
        case "paid" -> Command.pay(seat).due(due).ref(ref).because(REASON);
        case "blocked" -> Command.block(seat).due(due).ref(ref).because(REASON);
        default ->
            throw new IOException(
                "line "
                    + line
                    + " has the status '"
                    + row.get("status")
                    + "' and not available, reserved, paid or blocked");
      };
    } catch (IllegalArgumentException e) {
      throw new IOException("line " + line + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable Instant due(long line, String text, long now) throws IOException {
    if (text.isEmpty()) {
      return null;
    }
    try {
      Instant due = Instant.parse(text);
      if (due.toEpochMilli() <= now) {
        throw new IOException("line " + line + " is due in the past: " + text);
      }
      return due;
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IOException("line " + line + " has a due that is not an instant: " + text, e);
    }
  }
}
