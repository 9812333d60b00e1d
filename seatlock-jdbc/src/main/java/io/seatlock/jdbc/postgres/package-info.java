/** The durable command log in a PostgreSQL database that several programs share. */
@NullMarked
package io.seatlock.jdbc.postgres;

import org.jspecify.annotations.NullMarked;
