package io.seatlock.core;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.ResourceBundle;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Keeps what the library under test logs, instead of printing it. Found as a service. */
public final class TestLog extends System.LoggerFinder {

  /** One log record of the library. */
  record Entry(System.Logger.Level level, String message, Throwable thrown) {}

  /** An error that not even a log can write down: logging it throws it again. */
  static final class Unspeakable extends Error {
    private static final long serialVersionUID = 1;
  }

  private static final Queue<Entry> ENTRIES = new ConcurrentLinkedQueue<>();

  /** What was logged since this was last asked. */
  static List<Entry> take() {
    List<Entry> taken = new ArrayList<>();
    for (Entry entry = ENTRIES.poll(); entry != null; entry = ENTRIES.poll()) {
      taken.add(entry);
    }
    return taken;
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new System.Logger() {
      @Override
      public String getName() {
        return name;
      }

      @Override
      public boolean isLoggable(Level level) {
        return name.startsWith("io.seatlock");
      }

      @Override
      public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
        if (isLoggable(level)) {
          ENTRIES.add(new Entry(level, message, thrown));
          if (thrown instanceof Unspeakable unspeakable) {
            throw unspeakable;
          }
        }
      }

      @Override
      public void log(Level level, ResourceBundle bundle, String format, Object... params) {
        log(level, bundle, MessageFormat.format(format, params), (Throwable) null);
      }
    };
  }
}
