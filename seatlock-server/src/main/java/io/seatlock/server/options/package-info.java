/** The options of the command line, in groups that belong together. */
@NullMarked
package io.seatlock.server.options;

import org.jspecify.annotations.NullMarked;
