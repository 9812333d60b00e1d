package io.seatlock.jdbc;

import io.seatlock.core.Command;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A command in words for whoever reads the log with SQL: a JSON object of texts. The action is
 * called as on the wire; what is done at most once is told as what it does, with the request's id.
 * What proves who somebody is stays out. Not safe for use by many threads.
 */
final class Words {

  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out = new StringBuilder(160);

  String of(Command command) {
    out.setLength(0);
    out.append('{');
    tell(command);
    return out.append('}').toString();
  }

  private void tell(Command command) {
    if (command instanceof Command.Once once) {
      tell(once.action());
      if (!(once.action() instanceof Command.Sale)) {
        put("request", once.id());
        return;
      }
      put("session", once.holder());
      put("request", once.id());
    } else if (command instanceof Command.Lock lock) {
      tell("lock", lock.holder(), lock.seats());
    } else if (command instanceof Command.Unlock unlock) {
      tell("unlock", unlock.holder(), unlock.seats());
    } else if (command instanceof Command.Sale sale) {
      tell(sale);
    } else if (command instanceof Command.Tick) {
      put("action", "tick");
    } else if (command instanceof Command.UnlockAll all) {
      tell("unlockAll", all.holder(), List.of());
    } else if (command instanceof Command.Extend extend) {
      tell("extend", extend.holder(), List.of());
    } else if (command instanceof Command.OpenSession open) {
      tell("openSession", open.holder(), List.of());
      put("connection", open.connection());
    } else if (command instanceof Command.ResumeSession resume) {
      tell("resumeSession", resume.holder(), List.of());
      put("connection", resume.connection());
    } else if (command instanceof Command.DetachSession detach) {
      tell("detachSession", detach.holder(), List.of());
      put("connection", detach.connection());
    } else if (command instanceof Command.DetachNode detach) {
      put("action", "detachNode");
      put("node", detach.node());
    } else if (command instanceof Command.CloseSession close) {
      tell("closeSession", close.holder(), List.of());
    } else {
      throw new AssertionError("no words for " + command);
    }
  }

  private void tell(Command.Sale sale) {
    tell(sale.action().name().toLowerCase(Locale.ROOT), sale.heldBy(), sale.seats());
    put("author", sale.author());
    put("due", sale.due() == null ? null : sale.due().toString());
    put("ref", sale.ref());
    put("reason", sale.reason());
  }

  private void tell(String action, @Nullable String holder, List<String> seats) {
    put("action", action);
    put("holder", holder);
    if (!seats.isEmpty()) {
      // No seat id has a space.
      put("seats", seats.size() == 1 ? seats.get(0) : String.join(" ", seats));
    }
  }

  private void put(String key, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (out.length() > 1) {
      out.append(',');
    }
    out.append('"').append(key).append("\":\"");
    int plain = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        // PostgreSQL has no text with a zero in it.
        out.append(value, plain, i).append("\\u").append(HEX.toHexDigits(c == 0 ? '\ufffd' : c));
        plain = i + 1;
      }
    }
    out.append(value, plain, value.length()).append('"');
  }
}
