package io.seatlock.jdbc;

import io.seatlock.core.Command;

/**
 * A command in the log of a show.
 *
 * @param index its place, counted from 1
 * @param at its time, in milliseconds since the epoch
 * @param command what was to be done
 */
record Entry(long index, long at, Command command) {}
