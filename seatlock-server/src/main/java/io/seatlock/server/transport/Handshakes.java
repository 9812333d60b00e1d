package io.seatlock.server.transport;

import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ClientHandshake;

/**
 * The checks of RFC 6455, section 4.2.1, that the library leaves out. It joins a header that comes
 * twice with "; ", which none of these values may contain.
 */
final class Handshakes {

  private static final Pattern HOST = Pattern.compile("[^\\s;,]+");
  private static final int KEY_BYTES = 16;

  private Handshakes() {}

  /**
   * Checks a request.
   *
   * @throws InvalidDataException with the fault
   */
  static void check(ClientHandshake request) throws InvalidDataException {
    require(HOST.matcher(request.getFieldValue("Host")).matches(), "there is not one Host");
    require(
        request.getFieldValue("Upgrade").equalsIgnoreCase("websocket"), "Upgrade is not websocket");
    require(
        Pattern.compile(",\\s*")
            .splitAsStream(request.getFieldValue("Connection").toLowerCase(Locale.ROOT))
            .anyMatch("upgrade"::equals),
        "Connection does not name upgrade");
    require(isKey(request.getFieldValue("Sec-WebSocket-Key")), "Sec-WebSocket-Key is ill-formed");
    require(
        !request.getFieldValue("Sec-WebSocket-Version").contains(";"),
        "there is not one Sec-WebSocket-Version");
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void require(boolean condition, String otherwise) throws InvalidDataException {
    if (!condition) {
      throw new InvalidDataException(CloseFrame.PROTOCOL_ERROR, otherwise);
    }
  }
}
