package io.seatlock.jdbc;

import io.seatlock.core.Command;
import io.seatlock.core.ShowSettings;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Commands in words for whoever reads the log: in the database each as a JSON array of texts, each
 * text with its place in it, elsewhere as an object. The action is called as on the wire; what is
 * done at most once is told as what it does, with the request's id. A holder that one of the arrays
 * before has told is the number of that array, counted from 0. What proves who somebody is stays
 * out. Not safe for use by many threads.
 */
final class Words {
  /*
   * An object would make every row a fifth larger by repeating the names, which the view history
   * gives as well. What is missing is null, or not there at the end.
   */

  private static final HexFormat HEX = HexFormat.of();

  private static final List<String> NAMES =
      List.of(
          "action", "seats", "holder", "request", "ref", "reason", "author", "due", "connection");

  private final boolean named;
  private final StringBuilder out;

  /** Which array has told a holder first. */
  private final Map<String, Integer> holders = new HashMap<>();

  private int arrays;

  /** The place of the next text, and of the next that is written. */
  private int place;

  private int written;

  private Words(boolean named, StringBuilder out) {
    this.named = named;
    this.out = out;
  }

  /** For the database, written to the end of a text. */
  static Words asArrays(StringBuilder out) {
    return new Words(false, out);
  }

  /** A command for people. */
  static String asObject(Command command) {
    StringBuilder text = new StringBuilder(160);
    new Words(true, text).add(command);
    return text.toString();
  }

  void add(Command command) {
    place = 0;
    written = 0;
    out.append(named ? '{' : '[');
    tell(command, null);
    out.append(named ? '}' : ']');
    arrays++;
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
    } else if (command instanceof Command.ChangeSettings change) {
      tell("changeSettings", List.of(), null, null);
      put(null);
      put(rules(change.settings()));
    } else if (command instanceof Command.CloseSession close) {
      tell("closeSession", List.of(), close.holder(), null);
    } else {
      throw new AssertionError("no words for " + command);
    }
  }

  private static String rules(ShowSettings settings) {
    return "timeLimit "
        + settings.timeLimit()
        + ", maxTime "
        + settings.maxTime()
        + ", maxLocks "
        + settings.maxLocks()
        + ", grace "
        + settings.grace()
        + ", warnBefore "
        + settings.warnBefore();
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
    putHolder(holder);
    put(request);
  }

  private void tell(String action, @Nullable String holder, @Nullable String connection) {
    tell(action, List.of(), holder, null);
    place = NAMES.indexOf("connection");
    put(connection);
  }

  private void putHolder(@Nullable String holder) {
    Integer before = named || holder == null ? null : holders.putIfAbsent(holder, arrays);
    if (before == null) {
      put(holder);
    } else {
      begin();
      out.append(before.intValue());
    }
  }

  private void put(@Nullable String value) {
    if (value == null) {
      place++;
      return;
    }
    begin();
    out.append('"');
    int plain = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        // PostgreSQL has no text with a zero in it.
        out.append(value, plain, i).append("\\u").append(HEX.toHexDigits(c == 0 ? '\ufffd' : c));
        plain = i + 1;
      }
    }
    if (plain == 0) {
      out.append(value); // At once, and not character by character.
    } else {
      out.append(value, plain, value.length());
    }
    out.append('"');
  }

  /** Writes what stands before the next value. */
  private void begin() {
    int here = place++;
    for (; !named && written < here; written++) {
      out.append(written > 0 ? ",null" : "null");
    }
    if (written++ > 0) {
      out.append(',');
    }
    if (named) {
      out.append('"').append(NAMES.get(here)).append("\":");
    }
  }
}
