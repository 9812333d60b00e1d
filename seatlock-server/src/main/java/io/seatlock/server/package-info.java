/** The standalone server: puts the rooms below together and starts from the command line. */
@NullMarked
package io.seatlock.server;

import org.jspecify.annotations.NullMarked;
