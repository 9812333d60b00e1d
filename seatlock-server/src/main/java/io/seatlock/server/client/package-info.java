/**
 * What the dialects share about a client: its show, its rights and limits, and its requests on
 * their way.
 */
@NullMarked
package io.seatlock.server.client;

import org.jspecify.annotations.NullMarked;
