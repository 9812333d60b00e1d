package io.seatlock.server.tools;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.Event;
import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.Replay;
import io.seatlock.core.Result;
import io.seatlock.protocol.WireNames;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Tells what has happened to the seats of a show, and what was refused: when, what, by whom and
 * why, a line each, oldest first. The server may run meanwhile.
 */
@CommandLine.Command(
    name = "history",
    description = "Tells what has happened to the seats of a show.",
    mixinStandardHelpOptions = true)
public final class History extends Tool {

  @Option(names = "--show", paramLabel = "<show>", required = true, description = "The show.")
  private String show = "";

  @Option(names = "--seat", paramLabel = "<seat>", description = "This seat alone.")
  private @Nullable String seat;

  /** By holder and id of the request. */
  private final Map<String, Result> refusals = new HashMap<>();

  @Override
  void run() throws IOException {
    try (CommandArchive log = read()) {
      Replay replay = new Replay(log.beginning(show).state());
      err().println("show " + show + " in " + log);
      log.read(show, entry -> tell(replay, entry));
    }
  }

  private void tell(Replay replay, Entry entry) {
    // What has ended by then is not the command's doing.
    replay.apply(new Command.Tick(), entry.at(), event -> tell(entry, event, null));
    Command command =
        entry.command() instanceof Command.Once once ? once.action() : entry.command();
    Command.Sale sale = command instanceof Command.Sale each ? each : null;
    Result result = replay.apply(entry.command(), entry.at(), event -> tell(entry, event, sale));
    if (result instanceof Result.Refused refused
        && concerns(refused.seats().keySet())
        && !isRemembered(entry.command(), refused)) {
      String reasons = reasons(refused);
      if (command instanceof Command.Lock lock) {
        line(entry, entry.at(), "refused lock", lock.seats(), lock.holder(), reasons);
      } else if (command instanceof Command.Unlock unlock) {
        line(entry, entry.at(), "refused unlock", unlock.seats(), unlock.holder(), reasons);
      } else if (sale != null) {
        String what = "refused " + sale.action().name().toLowerCase(Locale.ROOT);
        line(entry, entry.at(), what, sale.seats(), sale.author(), reasons + details(sale));
      }
    }
  }

  private void tell(Entry entry, Event event, Command.@Nullable Sale cause) {
    EventType type = event.change().toOthers();
    if (type != null && concerns(event.seats())) {
      line(entry, event.at(), WireNames.of(type), event.seats(), event.author(), why(event, cause));
    }
  }

  /** Whether this is what was answered to the same request before. */
  private boolean isRemembered(Command command, Result.Refused refused) {
    return command instanceof Command.Once once
        && refusals.put(once.holder() + " " + once.id(), refused) == refused;
  }

  private boolean concerns(Iterable<String> seats) {
    for (String each : seats) {
      if (seat == null || seat.equals(each)) {
        return true;
      }
    }
    return false;
  }

  private static String why(Event event, Command.@Nullable Sale cause) {
    return switch (event.change()) {
      case EXPIRED -> "the time limit ended";
      case RELEASED -> "the session ended";
      case RESERVED, UNRESERVED, PAID, UNPAID, BLOCKED, UNBLOCKED ->
          cause == null ? "the due time passed" : details(cause).strip();
      case LOCKED, UNLOCKED, EXPIRING, TAKEN_OVER -> "";
    };
  }

  private static String reasons(Result.Refused refused) {
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, Reason> each : refused.seats().entrySet()) {
      words.add(each.getKey() + " " + WireNames.of(each.getValue()));
    }
    return String.join(", ", words);
  }

  private static String details(Command.Sale sale) {
    StringBuilder details = new StringBuilder();
    if (sale.ref() != null) {
      details.append(" ref ").append(quoted(sale.ref()));
    }
    if (sale.due() != null) {
      details.append(" due ").append(sale.due());
    }
    if (sale.reason() != null) {
      details.append(" because ").append(quoted(sale.reason()));
    }
    return details.toString();
  }

  /** Free text of somebody else must not look like more lines. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .map(c -> Character.isISOControl(c) || c == '"' || c == '\\' ? '?' : c)
        .forEach(quoted::appendCodePoint);
    return quoted.append('"').toString();
  }

  private void line(
      Entry entry, long at, String what, List<String> seats, @Nullable String who, String why) {
    out()
        .println(
            Instant.ofEpochMilli(at)
                + " "
                + entry.index()
                + " "
                + what
                + " "
                + String.join(",", seats)
                + (who == null ? "" : " by " + who)
                + (why.isEmpty() ? "" : ": " + why));
  }
}
