/** What seatlock costs: JMH benchmarks and measuring programs. */
@NullMarked
package io.seatlock.benchmarks;

import org.jspecify.annotations.NullMarked;
