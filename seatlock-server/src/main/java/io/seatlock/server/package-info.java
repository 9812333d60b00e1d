/**
 * The standalone server: puts core, protocol and transport together and starts from the command
 * line.
 */
@NullMarked
package io.seatlock.server;

import org.jspecify.annotations.NullMarked;
