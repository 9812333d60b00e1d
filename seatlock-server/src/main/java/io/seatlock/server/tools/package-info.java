/** What an operator does with a log besides serving from it: look, check, and move it. */
@NullMarked
package io.seatlock.server.tools;

import org.jspecify.annotations.NullMarked;
