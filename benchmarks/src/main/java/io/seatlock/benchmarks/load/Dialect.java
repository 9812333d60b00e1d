package io.seatlock.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What is spoken on a connection, as far as the harness has to know. */
enum Dialect {
  /** Begins with the state of the show. */
  CLASSIC("") {
    @Override
    String request(String action, String seat) {
      return "{\"action\":\"%s\",\"seat\":\"%s\"}".formatted(action, seat);
    }
  },
  /** Begins with a hello and its answer, then the state. Each request has an id of its own. */
  V2("Sec-WebSocket-Protocol: seatlock.v2\r\n") {
    @Override
    String request(String action, String seat) {
      return "{\"action\":\"%s\",\"id\":%d,\"seats\":[\"%s\"]}"
          .formatted(action, NumberedFrame.FIRST, seat);
    }
  };

  private final String handshake;

  Dialect(String header) {
    handshake =
        """
        GET / HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        %s\r
        """
            .formatted(header);
  }

  /** What opens a connection. */
  byte[] handshake() {
    return handshake.getBytes(StandardCharsets.US_ASCII);
  }

  /** A request about one seat; where there are ids, with that of a {@link NumberedFrame}. */
  abstract String request(String action, String seat);

  /** As it is given on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
