package io.seatlock.jdbc;

import java.io.IOException;

/**
 * The JDBC driver of the log's database is not there: {@code seatlock-jdbc} leaves it to each
 * program which drivers it carries. The message names the artifact to add.
 */
public final class MissingDriverException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * A driver that could not be loaded.
   *
   * @param database the name of the database
   * @param artifact what to add, as {@code groupId:artifactId}
   */
  public MissingDriverException(String database, String artifact, Throwable cause) {
    super(
        "the JDBC driver of "
            + database
            + " is missing: add the dependency "
            + artifact
            + " to the class path or the module path",
        cause);
  }
}
