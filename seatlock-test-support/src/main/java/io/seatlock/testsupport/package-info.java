/** What the tests of several modules share. */
@NullMarked
package io.seatlock.testsupport;

import org.jspecify.annotations.NullMarked;
