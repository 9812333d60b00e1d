/** A typed client of the server. */
module io.seatlock.client {
  requires transitive io.seatlock.core;
  requires io.seatlock.protocol;
  requires java.logging;
  requires org.java_websocket;
  requires static org.jspecify;

  exports io.seatlock.client;
}
