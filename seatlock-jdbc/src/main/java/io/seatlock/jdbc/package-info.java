/**
 * Keeps the commands of all shows in a database, so that nothing that was acknowledged is lost when
 * the program ends, whichever way it ends.
 *
 * <p>{@link io.seatlock.jdbc.sqlite.SqliteLog} is one file for one program; {@link
 * io.seatlock.jdbc.postgres.PostgresLog} is shared by several. Pass either of them to {@link
 * io.seatlock.core.SeatLock.Builder#log}.
 */
@NullMarked
package io.seatlock.jdbc;

import org.jspecify.annotations.NullMarked;
