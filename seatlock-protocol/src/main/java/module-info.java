/** The messages on the wire and their JSON codec. */
module io.seatlock.protocol {
  requires transitive io.seatlock.core;
  requires com.google.gson;
  requires static org.jspecify;

  exports io.seatlock.protocol;
  exports io.seatlock.protocol.classic;
  exports io.seatlock.protocol.v2;
}
