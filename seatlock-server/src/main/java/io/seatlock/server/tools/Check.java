package io.seatlock.server.tools;

import io.seatlock.core.CommandArchive;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Replays every show and compares what that leads to with the snapshots. */
@Command(
    name = "check",
    description = "Replays the whole log and compares the snapshots with what it leads to.",
    mixinStandardHelpOptions = true)
public final class Check extends Tool {

  @Override
  void run() throws IOException {
    try (CommandArchive log = read()) {
      long all = 0;
      int shows = 0;
      for (String show : log.shows()) {
        long count = log.check(show);
        out().println(show + ": " + count + " commands");
        all += count;
        shows++;
      }
      out().println("sound: " + shows + " shows, " + all + " commands in " + log);
    }
  }
}
