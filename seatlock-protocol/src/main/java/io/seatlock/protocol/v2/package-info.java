/**
 * The v2 dialect: what clients send and what they are answered. {@link
 * io.seatlock.protocol.v2.Request} is a client's message, {@link io.seatlock.protocol.v2.Encoder}
 * writes a server's and {@link io.seatlock.protocol.v2.Message} reads it.
 */
@NullMarked
package io.seatlock.protocol.v2;

import org.jspecify.annotations.NullMarked;
