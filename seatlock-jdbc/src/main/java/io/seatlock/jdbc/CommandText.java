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
 * Commands in words for readers of the log: in the database each as a JSON array of texts, each
 * text with its place in it, elsewhere as an object. The action is called as on the wire; a request
 * that is done at most once appears as its action, with the request's id. A holder that an earlier
 * array names appears as the number of that array, counted from 0. What proves who somebody is
 * stays out. Not safe for use by many threads.
 */
public final class CommandText {
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

  private CommandText(boolean named, StringBuilder out) {
    this.named = named;
    this.out = out;
  }

  /** For the database, written to the end of a text. */
  public static CommandText asArrays(StringBuilder out) {
    return new CommandText(false, out);
  }

  /** A command for people. */
  public static String asObject(Command command) {
    StringBuilder text = new StringBuilder(160);
    new CommandText(true, text).writeCommand(command);
    return text.toString();
  }

  /** Writes a command to the end of the text. If this throws, the text is as it was. */
  public void writeCommand(Command command) {
    int length = out.length();
    place = 0;
    written = 0;
    try {
      out.append(named ? '{' : '[');
      writeFields(command, null);
      out.append(named ? '}' : ']');
    } catch (Throwable e) {
      forgetSince(length, arrays);
      throw e;
    }
    arrays++;
  }

  /** Takes back the last array that was written, with everything since the text had this length. */
  public void takeBack(int length) {
    arrays--;
    forgetSince(length, arrays);
  }

  private void forgetSince(int length, int array) {
    out.setLength(length);
    holders.values().removeIf(each -> each == array);
  }

  private void writeFields(Command command, @Nullable String request) {
    switch (command.kind()) {
      case ONCE -> {
        Command.Once once = (Command.Once) command;
        writeFields(once.action(), once.id());
      }
      case LOCK -> {
        Command.Lock lock = (Command.Lock) command;
        writeRequest(command.kind().word(), lock.seats(), lock.holder(), request);
      }
      case UNLOCK -> {
        Command.Unlock unlock = (Command.Unlock) command;
        writeRequest(command.kind().word(), unlock.seats(), unlock.holder(), request);
      }
      case UNLOCK_ALL ->
          writeRequest(
              command.kind().word(), List.of(), ((Command.UnlockAll) command).holder(), request);
      case EXTEND ->
          writeRequest(
              command.kind().word(), List.of(), ((Command.Extend) command).holder(), request);
      case SALE -> writeSale((Command.Sale) command, request);
      case TICK -> writeText(command.kind().word());
      case OPEN_SESSION -> {
        Command.OpenSession open = (Command.OpenSession) command;
        writeSession(command.kind().word(), open.holder(), open.connection());
      }
      case RESUME_SESSION -> {
        Command.ResumeSession resume = (Command.ResumeSession) command;
        writeSession(command.kind().word(), resume.holder(), resume.connection());
      }
      case DETACH_SESSION -> {
        Command.DetachSession detach = (Command.DetachSession) command;
        writeSession(command.kind().word(), detach.holder(), detach.connection());
      }
      case CLOSE_SESSION ->
          writeRequest(
              command.kind().word(), List.of(), ((Command.CloseSession) command).holder(), null);
      case DETACH_NODE ->
          writeSession(command.kind().word(), null, ((Command.DetachNode) command).node());
      case CHANGE_SETTINGS -> {
        writeRequest(command.kind().word(), List.of(), null, null);
        writeText(null);
        writeText(rules(((Command.ChangeSettings) command).settings()));
      }
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

  private void writeSale(Command.Sale sale, @Nullable String request) {
    writeRequest(
        sale.action().name().toLowerCase(Locale.ROOT), sale.seats(), sale.heldBy(), request);
    writeText(sale.ref());
    writeText(sale.reason());
    writeText(sale.author());
    writeText(sale.due() == null ? null : sale.due().toString());
  }

  private void writeRequest(
      String action, List<String> seats, @Nullable String holder, @Nullable String request) {
    writeText(action);
    // No seat id has a space.
    writeText(seats.isEmpty() ? null : seats.size() == 1 ? seats.get(0) : String.join(" ", seats));
    writeHolder(holder);
    writeText(request);
  }

  private void writeSession(String action, @Nullable String holder, @Nullable String connection) {
    writeRequest(action, List.of(), holder, null);
    place = NAMES.indexOf("connection");
    writeText(connection);
  }

  private void writeHolder(@Nullable String holder) {
    Integer before = named || holder == null ? null : holders.putIfAbsent(holder, arrays);
    if (before == null) {
      writeText(holder);
    } else {
      beginValue();
      out.append(before.intValue());
    }
  }

  private void writeText(@Nullable String value) {
    if (value == null) {
      place++;
      return;
    }
    beginValue();
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
  private void beginValue() {
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
