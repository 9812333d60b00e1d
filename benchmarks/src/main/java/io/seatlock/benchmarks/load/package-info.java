/**
 * A load harness for servers of the classic dialect: closed-loop loads on sockets, a count of every
 * single delivery, and a plain server to compare with.
 */
@NullMarked
package io.seatlock.benchmarks.load;

import org.jspecify.annotations.NullMarked;
