package io.seatlock.server.tools;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.CommandText;
import java.io.IOException;
import java.util.Base64;

/**
 * A line of an exported log, which is JSON. A show is a line with the version of the file's form
 * and the state in which its log begins, and then one for each command; the last line counts them.
 * States and commands are the core's binary forms in Base64, which have versions of their own; the
 * words beside a command are for readers and not read again.
 */
final class ArchiveLine {

  /** The newest version; this and all before it are read. */
  private static final int VERSION = 1;

  private final JsonObject json;
  private final long number;

  private ArchiveLine(JsonObject json, long number) {
    this.json = json;
    this.number = number;
  }

  static String beginning(String show, SavedState beginning) {
    JsonObject line = new JsonObject();
    line.addProperty("version", VERSION);
    line.addProperty("show", show);
    line.addProperty("index", beginning.index());
    line.addProperty("state", base64(beginning.state().toBytes()));
    return line.toString();
  }

  static String entry(String show, Entry entry) {
    JsonObject line = new JsonObject();
    line.addProperty("show", show);
    line.addProperty("index", entry.index());
    line.addProperty("at", entry.at());
    line.addProperty("command", base64(entry.command().toBytes()));
    line.add("words", JsonParser.parseString(CommandText.asObject(entry.command())));
    return line.toString();
  }

  static String end(long shows, long commands) {
    JsonObject line = new JsonObject();
    line.addProperty("shows", shows);
    line.addProperty("commands", commands);
    return line.toString();
  }

  /**
   * Reads a line.
   *
   * @param number where it is in its file, for messages
   */
  static ArchiveLine parse(String text, long number) throws IOException {
    ArchiveLine line;
    try {
      line = new ArchiveLine(JsonParser.parseString(text).getAsJsonObject(), number);
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("line " + number + " is not a JSON object", e);
    }
    line.requireKnownVersion();
    return line;
  }

  /** Before anything else of the line is read: a newer one may have other fields. */
  private void requireKnownVersion() throws IOException {
    if (json.has("version")) {
      long version = number("version");
      if (version > VERSION) {
        throw fault(
            "is of version "
                + version
                + ", written by a newer seatlock: this one reads versions up to "
                + VERSION);
      } else if (version < 1) {
        throw fault("is of version " + version + ", which there is not");
      }
    }
  }

  boolean isBeginning() {
    return json.has("state");
  }

  boolean isEnd() {
    return json.has("shows");
  }

  String show() throws IOException {
    return text("show");
  }

  SavedState beginning() throws IOException {
    if (!json.has("version")) {
      throw fault("has no version");
    }
    try {
      return new SavedState(number("index"), Snapshot.fromBytes(bytes("state")));
    } catch (IllegalArgumentException e) {
      throw fault("has a state that cannot be read: " + e.getMessage());
    }
  }

  Entry entry() throws IOException {
    try {
      return new Entry(number("index"), number("at"), Command.fromBytes(bytes("command")));
    } catch (IllegalArgumentException e) {
      throw fault("has a command that cannot be read: " + e.getMessage());
    }
  }

  /** Whether this is the end of a file with so much in it. */
  void requireEnd(long shows, long commands) throws IOException {
    if (number("shows") != shows || number("commands") != commands) {
      throw fault(
          "ends a file of "
              + number("shows")
              + " shows and "
              + number("commands")
              + " commands, but before it are "
              + shows
              + " and "
              + commands);
    }
  }

  IOException fault(String what) {
    return new IOException("line " + number + " " + what);
  }

  private String text(String field) throws IOException {
    JsonElement value = json.get(field);
    if (value == null || !value.isJsonPrimitive()) {
      throw fault("has no " + field);
    }
    return value.getAsString();
  }

  private long number(String field) throws IOException {
    try {
      return Long.parseLong(text(field));
    } catch (NumberFormatException e) {
      throw fault("has a " + field + " that is not a number");
    }
  }

  private byte[] bytes(String field) throws IOException {
    return Base64.getDecoder().decode(text(field));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
