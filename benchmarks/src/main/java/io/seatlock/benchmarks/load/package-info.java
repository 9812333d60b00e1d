/**
 * A load harness: closed-loop loads on sockets, in either dialect, a count of every single
 * delivery, and a plain server to compare with.
 */
@NullMarked
package io.seatlock.benchmarks.load;

import org.jspecify.annotations.NullMarked;
