/**
 * One encoded log per show and a cursor per client: what everyone is told is encoded once, kept for
 * a while, and written to each client from where its cursor stands.
 */
@NullMarked
package io.seatlock.server.broadcast;

import org.jspecify.annotations.NullMarked;
