package io.seatlock.jdbc.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.SeatLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

  @ParameterizedTest
  @CsvSource({
    "postgresql://ben:s3cret@db:5433/seats, postgresql://db:5433/seats",
    "postgres://ben:s3cret@db/seats?sslmode=require, postgresql://db/seats",
    "postgresql://ben:p%40s3cret@a:1/seats, postgresql://a:1/seats",
    "postgresql://db, postgresql://db/",
    "jdbc:postgresql://db/seats?user=ben&password=s3cret, postgresql://db/seats",
    "jdbc:postgresql://ben:s3cret@db/seats, postgresql://db/seats",
  })
  void toString_hasNeitherUserNorPassword(String url, String told) {
    assertThat(PostgresUrl.parse(url)).hasToString(told);
    assertThat(PostgresLog.at(url)).hasToString(told);
  }

  @Test
  void toString_severalHosts_namesAll() {
    assertThat(PostgresUrl.parse("postgresql://ben:s3cret@a:1,b:2/seats"))
        .hasToString("postgresql://a:1,b:2/seats");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ben:s3cret@db", "mysql://ben:s3cret@db/seats", "jdbc:sqlite:s3cret"})
  void parse_somethingElse_isRefusedWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> PostgresUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void start_withoutADatabase_saysWhereButNotThePassword() {
    PostgresLog log = PostgresLog.at("postgresql://ben:s3cret@localhost:1/seats");
    assertThatThrownBy(() -> SeatLock.builder().log(log).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("postgresql://localhost:1/seats")
        .satisfies(
            thrown -> {
              StringWriter trace = new StringWriter();
              thrown.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain("s3cret");
            });
  }
}
