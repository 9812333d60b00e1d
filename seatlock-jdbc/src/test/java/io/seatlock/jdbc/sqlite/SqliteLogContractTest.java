package io.seatlock.jdbc.sqlite;

import io.seatlock.core.CommandLog;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.testkit.CommandLogContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class SqliteLogContractTest extends CommandLogContract {

  @TempDir private Path directory;

  @Override
  protected CommandLog newLog(int snapshotEvery) {
    return SqliteLog.in(directory)
        .with(
            LogSettings.DEFAULT
                .withSnapshots(snapshotEvery, 20)
                .withPatience(Duration.ofSeconds(20), 20_000));
  }

  @Override
  protected long committed(String show) throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("seatlock.db");
    try (Connection reader = DriverManager.getConnection(url);
        PreparedStatement query =
            reader.prepareStatement("SELECT count(*) FROM history WHERE show = ?")) {
      query.setString(1, show);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
