/**
 * The classic dialect: {@link io.seatlock.protocol.classic.Request} is a client's message, {@link
 * io.seatlock.protocol.classic.Encoder} writes a server's.
 */
@NullMarked
package io.seatlock.protocol.classic;

import org.jspecify.annotations.NullMarked;
