package io.seatlock.testkit;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandLog;
import java.io.IOException;

class MemoryArchiveTest extends CommandArchiveContract {

  private MemoryLog memory = MemoryLog.create();

  @Override
  protected CommandLog newLog(int snapshotEvery) {
    memory = memory.reopened().withSnapshots(snapshotEvery);
    return memory;
  }

  @Override
  protected CommandArchive openForReading() {
    return memory.openForReading();
  }

  @Override
  protected CommandArchive openForWriting() throws IOException {
    return memory.openForWriting();
  }
}
