/**
 * Sends the events of a show to its clients: one encoded log per show and one cursor per client.
 * Each event is encoded once, kept for a while, and written to each client from its cursor on.
 */
@NullMarked
package io.seatlock.server.broadcast;

import org.jspecify.annotations.NullMarked;
