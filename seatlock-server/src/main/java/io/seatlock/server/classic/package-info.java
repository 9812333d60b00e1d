/** The classic dialect: serves its clients and writes events in it. */
@NullMarked
package io.seatlock.server.classic;

import org.jspecify.annotations.NullMarked;
