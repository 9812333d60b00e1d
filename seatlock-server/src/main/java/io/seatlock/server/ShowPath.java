package io.seatlock.server;

import io.seatlock.core.Ids;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** The show that the path of a request names. */
final class ShowPath {

  private static final String DEFAULT_SHOW = "main";

  private ShowPath() {}

  /**
   * The show's name: the path without its slash, percent-decoded as UTF-8 (RFC 3986), or {@code
   * main} for the path of one slash. A query is ignored. Empty if the path or the name is
   * ill-formed.
   */
  static Optional<String> show(String requestTarget) {
    int query = requestTarget.indexOf('?');
    String path = query < 0 ? requestTarget : requestTarget.substring(0, query);
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    return path.equals("/")
        ? Optional.of(DEFAULT_SHOW)
        : decode(path.substring(1)).filter(Ids::isWellFormed);
  }

  private static Optional<String> decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        if (c >= 0x80) {
          return Optional.empty();
        }
        bytes.write(c);
      } else {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          return Optional.empty();
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
