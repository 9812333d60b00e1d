package io.seatlock.server.tools;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.SavedState;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the whole log as JSON lines, for {@link Import}. The server may run meanwhile. */
@Command(
    name = "export",
    description = "Writes the whole log into a file of JSON lines.",
    mixinStandardHelpOptions = true)
public final class Export extends Tool {

  @Parameters(paramLabel = "<file>", description = "The file, which must not exist yet.")
  private Path file = Path.of("");

  @Override
  void run() throws IOException {
    try (CommandArchive log = read()) {
      String counts = export(log);
      out().println("exported " + counts + " from " + log + " to " + file);
    }
  }

  private String export(CommandArchive log) throws IOException {
    long commands = 0;
    long shows = 0;
    try (BufferedWriter lines = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
      for (String show : log.shows()) {
        SavedState beginning = log.beginning(show);
        line(lines, ArchiveLine.beginning(show, beginning));
        commands += log.read(show, entry -> line(lines, ArchiveLine.entry(show, entry)));
        shows++;
      }
      line(lines, ArchiveLine.end(shows, commands));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + " exists already", e);
    }
    return shows + " shows, " + commands + " commands";
  }

  private static void line(BufferedWriter lines, String text) throws IOException {
    lines.write(text);
    lines.write('\n');
  }
}
