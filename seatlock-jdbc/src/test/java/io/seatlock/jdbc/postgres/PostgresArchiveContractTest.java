package io.seatlock.jdbc.postgres;

import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandLog;
import io.seatlock.jdbc.Postgres;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.testkit.CommandArchiveContract;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

class PostgresArchiveContractTest extends CommandArchiveContract {

  private Postgres postgres;

  @BeforeEach
  void createSchema() throws Exception {
    postgres = Postgres.schema();
  }

  @Override
  protected CommandLog newLog(int snapshotEvery) {
    return PostgresLog.at(postgres.url())
        .with(LogSettings.DEFAULT.withSnapshots(snapshotEvery, 20));
  }

  @Override
  protected CommandArchive openForReading() throws IOException {
    return PostgresArchive.openForReading(postgres.url());
  }

  @Override
  protected CommandArchive openForWriting() throws IOException {
    return PostgresArchive.openForWriting(postgres.url());
  }
}
