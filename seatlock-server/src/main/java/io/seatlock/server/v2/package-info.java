/** The v2 dialect: serves its clients and writes events in it. */
@NullMarked
package io.seatlock.server.v2;

import org.jspecify.annotations.NullMarked;
