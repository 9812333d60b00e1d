/** The v2 dialect: conversations in it, and how events are written in it. */
@NullMarked
package io.seatlock.server.v2;

import org.jspecify.annotations.NullMarked;
