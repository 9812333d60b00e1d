/** Clients that write down what they were told, and checks of whether it can be true. */
@NullMarked
package io.seatlock.faults;

import org.jspecify.annotations.NullMarked;
