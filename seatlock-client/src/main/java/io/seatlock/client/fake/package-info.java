/**
 * A server for the tests of programs that use the client: see {@link
 * io.seatlock.client.fake.FakeSeatLockServer}.
 */
@NullMarked
package io.seatlock.client.fake;

import org.jspecify.annotations.NullMarked;
