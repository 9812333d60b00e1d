/** A typed client of the server. */
module io.seatlock.client {
  requires transitive io.seatlock.core;
  requires transitive io.seatlock.protocol; // Whose errors the fake server can be told to answer.
  requires java.logging;
  requires org.java_websocket;
  requires static org.jspecify;

  exports io.seatlock.client;
  exports io.seatlock.client.fake;
}
