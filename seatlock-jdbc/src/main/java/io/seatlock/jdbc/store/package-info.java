/** The tables of a command log and what is read from them, the same for each database. */
@NullMarked
package io.seatlock.jdbc.store;

import org.jspecify.annotations.NullMarked;
