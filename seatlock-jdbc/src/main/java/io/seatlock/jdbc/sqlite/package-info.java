/** The durable command log in a SQLite file, for one program at a time. */
@NullMarked
package io.seatlock.jdbc.sqlite;

import org.jspecify.annotations.NullMarked;
