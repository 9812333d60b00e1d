/** The durable command log: in a SQLite file, or in PostgreSQL for several nodes. */
module io.seatlock.jdbc {
  requires transitive io.seatlock.core;
  requires java.sql;
  // Of the drivers a program needs only its own database's.
  requires static org.postgresql.jdbc;
  requires static org.xerial.sqlitejdbc;
  requires static org.jspecify;

  exports io.seatlock.jdbc;
  exports io.seatlock.jdbc.postgres;
  exports io.seatlock.jdbc.sqlite;
}
