/** Who may do what. */
@NullMarked
package io.seatlock.server.access;

import org.jspecify.annotations.NullMarked;
