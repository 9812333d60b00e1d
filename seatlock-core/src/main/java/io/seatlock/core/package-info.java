/**
 * Locks numbered seats during a reservation and notifies everyone of it.
 *
 * <p>Start at {@link io.seatlock.core.SeatLock}: it opens {@link io.seatlock.core.Show shows}, a
 * show opens {@link io.seatlock.core.Session sessions}, and a session locks seats. What a seat can
 * do is decided in one place, a deterministic state machine that receives the time with each {@link
 * io.seatlock.core.Command} and answers with a {@link io.seatlock.core.Result} and with {@link
 * io.seatlock.core.Event events} in one order per show.
 */
@NullMarked
package io.seatlock.core;

import org.jspecify.annotations.NullMarked;
