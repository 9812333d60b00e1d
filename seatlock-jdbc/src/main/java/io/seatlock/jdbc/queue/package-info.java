/** The queue of a command log, its threads and its patience: what needs no database. */
@NullMarked
package io.seatlock.jdbc.queue;

import org.jspecify.annotations.NullMarked;
