/** A server for the tests of programs that use the client. */
module io.seatlock.client.testkit {
  requires transitive io.seatlock.core;
  requires transitive io.seatlock.protocol;
  requires org.java_websocket;
  requires static org.jspecify;

  exports io.seatlock.client.testkit;
}
