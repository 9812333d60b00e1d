/**
 * WebSocket connections on event loops: sockets, handshakes, frames and their limits. Knows nothing
 * of seats: what a connection is for is up to its {@link
 * io.seatlock.server.transport.Conversation}.
 */
@NullMarked
package io.seatlock.server.transport;

import org.jspecify.annotations.NullMarked;
