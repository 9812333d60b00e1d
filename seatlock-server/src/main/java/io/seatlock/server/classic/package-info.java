/** The classic dialect: conversations in it, and how events are written in it. */
@NullMarked
package io.seatlock.server.classic;

import org.jspecify.annotations.NullMarked;
