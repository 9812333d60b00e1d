package io.seatlock.jdbc.postgres;

import io.seatlock.core.CommandLog;
import io.seatlock.jdbc.Postgres;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.testkit.CommandLogContract;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

class PostgresLogContractTest extends CommandLogContract {

  private Postgres postgres;

  @BeforeEach
  void createSchema() throws Exception {
    postgres = Postgres.schema();
  }

  @Override
  protected CommandLog newLog(int snapshotEvery) {
    return PostgresLog.at(postgres.url())
        .with(
            LogSettings.DEFAULT
                .withSnapshots(snapshotEvery, 20)
                .withPatience(Duration.ofSeconds(20), 20_000)
                .withTimes(
                    Duration.ofMillis(100),
                    Duration.ofSeconds(6),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(2)));
  }

  @Override
  protected long committed(String show) throws Exception {
    return Long.parseLong(
        postgres.ask("SELECT count(*) FROM history WHERE show = '" + show + "'").get(0));
  }
}
