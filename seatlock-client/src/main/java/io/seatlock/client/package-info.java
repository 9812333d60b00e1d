/** A typed client of the server: calls as futures, events, a live mirror of the seats. */
@NullMarked
package io.seatlock.client;

import org.jspecify.annotations.NullMarked;
