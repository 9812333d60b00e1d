package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection that begins a session, or resumes the one of a connection before it and then must be
 * told each change that was missed, in order and by itself.
 */
final class Returner extends Client {

  private static final Pattern SESSION = Pattern.compile("\"session\":\"([0-9a-f.]+)\"");
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");
  private static final String RESUMED = "\"resumed\":true";

  private final @Nullable Returner before;
  private final int missed;
  private final long since = System.nanoTime();
  private String session = "";
  private long seq;
  private long took = -1;

  /**
   * Begins to connect.
   *
   * @param before the connection whose session it resumes; null for a session of its own
   * @param missed how many changes there have been since that one
   */
  Returner(
      String name,
      Selector selector,
      InetSocketAddress address,
      @Nullable Returner before,
      int missed)
      throws IOException {
    super(name, selector, address, Dialect.V2, 0);
    this.before = before;
    this.missed = missed;
  }

  /** Whether it knows all that there is to know. */
  boolean isBack() {
    return took >= 0;
  }

  /** Nanoseconds from connecting until it knew all that there was to know. */
  long took() {
    return took;
  }

  @Override
  String hello() {
    return before == null
        ? super.hello()
        : "{\"action\":\"hello\",\"id\":0,\"session\":\"%s\",\"since\":%d}"
            .formatted(before.session, before.seq);
  }

  @Override
  boolean begins(Message message, String text) throws IOException {
    if (before == null) {
      if (message.kind() == Message.Kind.WELCOME) {
        session = found(SESSION, text);
      } else {
        seq = Long.parseLong(found(SEQ, text));
        took = System.nanoTime() - since;
      }
      return super.begins(message, text);
    }
    if (message.kind() != Message.Kind.WELCOME || !text.contains(RESUMED)) {
      throw new IOException("was not resumed");
    }
    session = found(SESSION, text);
    seq = before.seq;
    long now = Long.parseLong(found(SEQ, text));
    if (!session.equals(before.session) || now != seq + missed) {
      throw new IOException("was resumed at change %d, not %d".formatted(now, seq + missed));
    }
    return true;
  }

  private static String found(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("there is no " + pattern);
    }
    return matcher.group(1);
  }

  @Override
  boolean looksAtMessages() {
    return true;
  }

  @Override
  void onMessage(Message message) throws IOException {
    if (!message.kind().isChange() || message.seq() != seq + 1) {
      throw new IOException(
          "was told %s %d after %d".formatted(message.kind(), message.seq(), seq));
    }
    seq = message.seq();
    if (before != null && messages() == missed) {
      took = System.nanoTime() - since;
    }
  }
}
