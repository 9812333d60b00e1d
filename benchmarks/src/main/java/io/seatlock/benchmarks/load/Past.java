package io.seatlock.benchmarks.load;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.SeatLock;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.sqlite.SqliteArchive;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A log of so many commands: sessions that lock and unlock one seat each, in turns. */
final class Past {

  static final String SHOW = "hamlet";
  private static final int SESSIONS = 1_000;
  private static final long EACH_MILLIS = 20;

  /** No lock ends by itself before it has been looked at. */
  private static final ShowSettings LASTING =
      new ShowSettings(
          Duration.ofHours(24), Duration.ofHours(24), 100, Duration.ofHours(1), Duration.ZERO);

  private Past() {}

  /** Writes it into a directory, without a snapshot but that of the beginning. */
  static void write(Path directory, long commands) throws IOException {
    Snapshot beginning;
    try (SeatLock nothing = SeatLock.create(LASTING)) {
      beginning = nothing.show(SHOW).snapshot();
    }
    long last = System.currentTimeMillis();
    try (CommandArchive archive = SqliteArchive.openForWriting(directory)) {
      Iterator<Entry> entries =
          LongStream.rangeClosed(1, commands)
              .mapToObj(
                  index ->
                      new Entry(index, last - (commands - index) * EACH_MILLIS, command(index)))
              .iterator();
      archive.addShow(SHOW, new SavedState(0, beginning), entries);
      archive.commit();
    }
  }

  /** The number of the last change that these commands make. */
  static long lastSeq(long commands) {
    return Math.max(0, commands - SESSIONS);
  }

  /** The seats that are locked after these commands. */
  static Set<String> locked(long commands) {
    return LongStream.rangeClosed(Math.max(1, commands - SESSIONS + 1), commands)
        .filter(n -> isLock(roundOf(n)))
        .mapToObj(Past::seatOf)
        .collect(Collectors.toSet());
  }

  private static long roundOf(long n) {
    return (n - 1) / SESSIONS;
  }

  private static String seatOf(long n) {
    return "s" + n % SESSIONS;
  }

  private static boolean isLock(long round) {
    return round % 2 == 1;
  }

  /** The n-th command, counted from 1. */
  private static Command command(long n) {
    String holder = "holder" + n % SESSIONS;
    long round = roundOf(n);
    if (round == 0) {
      return new Command.OpenSession(holder);
    }
    List<String> seats = List.of(seatOf(n));
    return new Command.Once(
        holder,
        Long.toString(round),
        isLock(round) ? new Command.Lock(holder, seats) : new Command.Unlock(holder, seats));
  }

  /** Adds the snapshot that a log gets when it is closed. */
  static void addSnapshot(Path directory) throws IOException {
    SeatLock.builder().log(SqliteLog.in(directory)).open().close();
  }
}
