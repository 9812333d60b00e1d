package io.seatlock.jdbc.sqlite;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandLog;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.testkit.CommandArchiveContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteArchiveContractTest extends CommandArchiveContract {

  @TempDir private Path directory;

  @Override
  protected CommandLog newLog(int snapshotEvery) {
    return SqliteLog.in(directory).with(LogSettings.DEFAULT.withSnapshots(snapshotEvery, 20));
  }

  @Override
  protected CommandArchive openForReading() throws IOException {
    return SqliteArchive.openForReading(directory);
  }

  @Override
  protected CommandArchive openForWriting() throws IOException {
    return SqliteArchive.openForWriting(directory);
  }
}
