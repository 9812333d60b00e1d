/**
 * A server for the tests of programs that use the client: see {@link
 * io.seatlock.client.testkit.FakeSeatLockServer}.
 */
@NullMarked
package io.seatlock.client.testkit;

import org.jspecify.annotations.NullMarked;
