/** A kiosk in the terminal, to see the client at work. */
@NullMarked
package io.seatlock.examples;

import org.jspecify.annotations.NullMarked;
