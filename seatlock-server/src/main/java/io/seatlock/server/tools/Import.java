package io.seatlock.server.tools;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.Ids;
import io.seatlock.core.Replay;
import io.seatlock.core.ShowSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Adds shows to the log: those of an exported file, or one whose seats a CSV file tells. The file
 * is checked as a whole before anything is written. No program may use the log meanwhile.
 */
@Command(
    name = "import",
    description = {
      "Adds the shows of an exported file, or the seats of a CSV file, to the log.",
      "With --show the file is a CSV file that lists seats: seat,status,due,ref."
    },
    mixinStandardHelpOptions = true)
public final class Import extends Tool {

  @Parameters(paramLabel = "<file>", description = "The file.")
  private Path file = Path.of("");

  @Option(
      names = "--show",
      paramLabel = "<show>",
      description = "The file is a CSV of this show's seats.")
  private @Nullable String show;

  @Override
  void run() throws IOException {
    if (show != null && !Ids.isWellFormed(show)) {
      throw wrongUsage("'" + show + "' is not a show name: 1 to 64 letters, digits and .:_~-");
    }
    try {
      if (show == null) {
        addExported();
      } else {
        addSeats(show);
      }
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8", e);
    }
  }

  // --- a CSV file

  private void addSeats(String name) throws IOException {
    List<Entry> entries = SeatsFile.read(file, System.currentTimeMillis());
    SavedState beginning = new SavedState(0, SeatsFile.emptyShow(ShowSettings.DEFAULT));
    try (CommandArchive log = write()) {
      requireAbsent(log, Set.of(name));
      log.addShow(name, beginning, entries.iterator());
      log.commit();
      out().println("imported " + entries.size() + " seats into " + name + " in " + log);
    }
  }

  // --- an exported file

  private void addExported() throws IOException {
    Set<String> shows = new HashSet<>();
    long commands = check(shows);
    try (CommandArchive log = write();
        BufferedReader lines = Files.newBufferedReader(file)) {
      requireAbsent(log, shows);
      Lines in = new Lines(lines);
      for (ArchiveLine line = in.next(); !line.isEnd(); line = in.next()) {
        log.addShow(line.show(), line.beginning(), new Entries(in));
      }
      log.commit();
      out().println("imported " + shows.size() + " shows, " + commands + " commands into " + log);
    }
  }

  private static void requireAbsent(CommandArchive log, Set<String> shows) throws IOException {
    for (String there : log.shows()) {
      if (shows.contains(there)) {
        throw new IOException("there is a show " + there + " in " + log + " already");
      }
    }
  }

  /** Reads and replays the whole file; returns the number of its commands. */
  private long check(Set<String> shows) throws IOException {
    long commands = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      Lines in = new Lines(lines);
      Replay replay = null;
      String current = "";
      long index = 0;
      long at = 0;
      ArchiveLine line;
      for (line = in.next(); !line.isEnd(); line = in.next()) {
        if (line.isBeginning()) {
          current = line.show();
          if (!Ids.isWellFormed(current) || !shows.add(current)) {
            throw line.fault("begins a show that is ill-formed or there twice: " + current);
          }
          SavedState beginning = line.beginning();
          replay = replay(line, beginning);
          index = beginning.index();
          at = beginning.state().at();
        } else {
          Entry entry = line.entry();
          if (replay == null || !line.show().equals(current)) {
            throw line.fault("is of a show that has not begun: " + line.show());
          }
          if (entry.index() != index + 1) {
            throw line.fault("is command " + entry.index() + " after " + index);
          }
          if (entry.at() < at) {
            throw line.fault("is of an earlier time than what is before it");
          }
          replay.apply(entry.command(), entry.at(), event -> {});
          index = entry.index();
          at = entry.at();
          commands++;
        }
      }
      line.requireEnd(shows.size(), commands);
    }
    return commands;
  }

  private static Replay replay(ArchiveLine line, SavedState beginning) throws IOException {
    try {
      return new Replay(beginning.state());
    } catch (IllegalArgumentException e) {
      throw line.fault("has a state that contradicts itself: " + e.getMessage());
    }
  }

  /** The lines of a file, with a look at the next one. */
  private static final class Lines {
    private final BufferedReader reader;
    private @Nullable ArchiveLine ahead;
    private long number;

    Lines(BufferedReader reader) {
      this.reader = reader;
    }

    ArchiveLine next() throws IOException {
      ArchiveLine next = peek();
      ahead = null;
      return next;
    }

    ArchiveLine peek() throws IOException {
      ArchiveLine next = ahead;
      if (next == null) {
        String text = reader.readLine();
        number++;
        if (text == null) {
          throw new IOException("the file has no end: its last line is missing");
        }
        next = ArchiveLine.parse(text, number);
        ahead = next;
      }
      return next;
    }
  }

  /** The commands up to the next show or the end; the file was checked before. */
  private static final class Entries implements Iterator<Entry> {
    private final Lines in;

    Entries(Lines in) {
      this.in = in;
    }

    @Override
    public boolean hasNext() {
      try {
        ArchiveLine next = in.peek();
        return !next.isBeginning() && !next.isEnd();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Entry next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        return in.next().entry();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
