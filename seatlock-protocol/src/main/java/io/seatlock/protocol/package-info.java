/**
 * The messages of seatlock on the wire and their JSON, one place for server and client.
 *
 * <p>Whatever comes from the other side is read strictly: exact types, no key twice, nothing after
 * the end. Bytes and texts here are the payload of WebSocket text messages, without framing.
 */
@NullMarked
package io.seatlock.protocol;

import org.jspecify.annotations.NullMarked;
