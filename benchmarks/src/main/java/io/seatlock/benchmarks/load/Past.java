package io.seatlock.benchmarks.load;

import io.seatlock.core.Command;
import io.seatlock.core.SeatLock;
import io.seatlock.core.ShowSettings;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.Entry;
import io.seatlock.jdbc.LogArchive;
import io.seatlock.jdbc.SqliteLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;

/** A log of so many commands: sessions that lock and unlock one seat each, in turns. */
final class Past {

  private static final String SHOW = "hamlet";
  private static final int SESSIONS = 1_000;
  private static final long EACH_MILLIS = 20;

  private Past() {}

  /** Writes it into a directory, without a snapshot but that of the beginning. */
  static void write(Path directory, long commands) throws IOException {
    Snapshot beginning;
    try (SeatLock nothing = SeatLock.create(ShowSettings.DEFAULT)) {
      beginning = nothing.show(SHOW).snapshot();
    }
    long last = System.currentTimeMillis();
    try (LogArchive archive = LogArchive.write(directory)) {
      Iterator<Entry> entries =
          LongStream.rangeClosed(1, commands)
              .mapToObj(
                  index ->
                      new Entry(index, last - (commands - index) * EACH_MILLIS, command(index)))
              .iterator();
      archive.add(SHOW, new LogArchive.Beginning(0, beginning), entries);
      archive.commit();
    }
  }

  /** The n-th command, counted from 1. */
  private static Command command(long n) {
    int session = (int) (n % SESSIONS);
    String holder = "holder" + session;
    long round = (n - 1) / SESSIONS;
    if (round == 0) {
      return new Command.OpenSession(holder);
    }
    List<String> seats = List.of("s" + session);
    return new Command.Once(
        holder,
        Long.toString(round),
        round % 2 == 1 ? new Command.Lock(holder, seats) : new Command.Unlock(holder, seats));
  }

  /** Adds the snapshot that a log gets when it is closed. */
  static void addSnapshot(Path directory) throws IOException {
    SeatLock.builder().log(SqliteLog.in(directory)).open().close();
  }
}
