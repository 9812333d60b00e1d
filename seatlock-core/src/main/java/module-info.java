/** Seats, commands, results, events and the state machine; needs the JDK alone. */
module io.seatlock.core {
  requires static org.jspecify;

  exports io.seatlock.core;
}
