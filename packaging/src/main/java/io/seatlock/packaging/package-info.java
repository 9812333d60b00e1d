/** Checks of what is published. */
@NullMarked
package io.seatlock.packaging;

import org.jspecify.annotations.NullMarked;
