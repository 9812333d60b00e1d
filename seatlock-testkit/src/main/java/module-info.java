/** For tests: what every command log must pass, and a log in memory. */
module io.seatlock.testkit {
  requires transitive io.seatlock.core;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires static org.jspecify;

  exports io.seatlock.testkit;
}
