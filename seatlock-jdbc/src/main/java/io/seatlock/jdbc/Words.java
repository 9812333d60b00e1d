package io.seatlock.jdbc;

import io.seatlock.core.Command;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A command in words for whoever reads the log with SQL: a JSON array of texts, each with its place
 * in it. The action is called as on the wire; what is done at most once is told as what it does,
 * with the request's id. What proves who somebody is stays out. Not safe for use by many threads.
 */
final class Words {
  /*
   * An array and no object with names, which would double what is written: 0 action, 1 seats,
   * 2 holder, 3 request, 4 ref, 5 reason, 6 author, 7 due, 8 connection or node. What is missing is
   * null, or not there at the end. The view history gives the names.
   */

  private final StringBuilder out = new StringBuilder(160);

  /** How many texts are left out since none has followed them yet. */
  private int nothing;

  String of(Command command) {
    out.setLength(0);
    nothing = 0;
    out.append('[');
    tell(command, null);
    return out.append(']').toString();
  }

  private void tell(Command command, @Nullable String request) {
    if (command instanceof Command.Once once) {
      tell(once.action(), once.id());
    } else if (command instanceof Command.Lock lock) {
      tell("lock", lock.seats(), lock.holder(), request);
    } else if (command instanceof Command.Unlock unlock) {
      tell("unlock", unlock.seats(), unlock.holder(), request);
    } else if (command instanceof Command.Sale sale) {
      tell(sale, request);
    } else if (command instanceof Command.Tick) {
      put("tick");
    } else if (command instanceof Command.UnlockAll all) {
      tell("unlockAll", List.of(), all.holder(), request);
    } else if (command instanceof Command.Extend extend) {
      tell("extend", List.of(), extend.holder(), request);
    } else if (command instanceof Command.OpenSession open) {
      tell("openSession", open.holder(), open.connection());
    } else if (command instanceof Command.ResumeSession resume) {
      tell("resumeSession", resume.holder(), resume.connection());
    } else if (command instanceof Command.DetachSession detach) {
      tell("detachSession", detach.holder(), detach.connection());
    } else if (command instanceof Command.DetachNode detach) {
      tell("detachNode", null, detach.node());
    } else if (command instanceof Command.CloseSession close) {
      tell("closeSession", List.of(), close.holder(), null);
    } else {
      throw new AssertionError("no words for " + command);
    }
  }

  private void tell(Command.Sale sale, @Nullable String request) {
    tell(sale.action().name().toLowerCase(Locale.ROOT), sale.seats(), sale.heldBy(), request);
    put(sale.ref());
    put(sale.reason());
    put(sale.author());
    put(sale.due() == null ? null : sale.due().toString());
  }

  private void tell(
      String action, List<String> seats, @Nullable String holder, @Nullable String request) {
    put(action);
    // No seat id has a space.
    put(seats.isEmpty() ? null : seats.size() == 1 ? seats.get(0) : String.join(" ", seats));
    put(holder);
    put(request);
  }

  private void tell(String action, @Nullable String holder, @Nullable String connection) {
    tell(action, List.of(), holder, null);
    nothing += 4;
    put(connection);
  }

  private void put(@Nullable String value) {
    if (value == null) {
      nothing++;
      return;
    }
    for (; nothing > 0; nothing--) {
      out.append(out.length() > 1 ? ",null" : "null");
    }
    out.append(out.length() > 1 ? ",\"" : "\"");
    int plain = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        // PostgreSQL has no text with a zero in it.
        out.append(value, plain, i).append(String.format("\\u%04x", c == 0 ? 0xfffd : (int) c));
        plain = i + 1;
      }
    }
    out.append(value, plain, value.length()).append('"');
  }
}
