/**
 * A typed client of the server for kiosks and back ends: calls as futures, events, and a live
 * mirror of the seats.
 *
 * <p>Start with {@link io.seatlock.client.SeatLockClient#builder}.
 */
@NullMarked
package io.seatlock.client;

import org.jspecify.annotations.NullMarked;
