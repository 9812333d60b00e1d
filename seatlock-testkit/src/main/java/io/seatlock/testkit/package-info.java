/**
 * Tests for those who implement or use a {@link io.seatlock.core.CommandLog}: {@link
 * io.seatlock.testkit.CommandLogContract} holds a log to what is demanded of it, and {@link
 * io.seatlock.testkit.MemoryLog} is one in the hands of a test.
 */
@NullMarked
package io.seatlock.testkit;

import org.jspecify.annotations.NullMarked;
