package io.seatlock.jdbc.store;

import io.seatlock.jdbc.MissingDriverException;

/** JDBC drivers, of which a program needs no more than it uses. */
public enum Drivers {
  /** SQLite's. */
  SQLITE("SQLite", "org.sqlite.JDBC", "org.xerial:sqlite-jdbc"),
  /** PostgreSQL's. */
  POSTGRES("PostgreSQL", "org.postgresql.Driver", "org.postgresql:postgresql");

  private final String database;
  private final String driver;
  private final String artifact;

  Drivers(String database, String driver, String artifact) {
    this.database = database;
    this.driver = driver;
    this.artifact = artifact;
  }

  /**
   * Loads the driver, which registers itself with JDBC.
   *
   * @throws MissingDriverException if it is not there
   */
  public void require() throws MissingDriverException {
    try {
      Class.forName(driver);
    } catch (ClassNotFoundException e) {
      throw new MissingDriverException(database, artifact, e);
    }
  }
}
