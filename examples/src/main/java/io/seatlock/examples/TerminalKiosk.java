package io.seatlock.examples;

import io.seatlock.client.SeatLockClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.CompletionException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/**
 * A kiosk in the terminal: a live picture of a hall, keys to lock and pay. Stop the server and
 * start it again, or pull the plug between the two, and watch it come back.
 */
public final class TerminalKiosk {

  private static final int REDRAW_MILLIS = 500;
  private static final String CLEAR = "\u001b[H\u001b[2J";

  private final Kiosk kiosk = new Kiosk();

  private TerminalKiosk() {}

  /** The arguments are the URI of a show and, for a kiosk that may pay, an access key. */
  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: java -jar kiosk.jar ws://127.0.0.1:8887/hamlet [access key]");
      System.exit(2);
    }
    String key = args.length == 2 ? args[1] : System.getenv("SEATLOCK_KEY");
    new TerminalKiosk().run(URI.create(args[0]), key);
  }

  private void run(URI show, @Nullable String key) throws IOException {
    SeatLockClient.Builder builder = SeatLockClient.builder(show).listener(kiosk);
    if (key != null) {
      builder.key(key);
    }
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      Attributes before = terminal.enterRawMode();
      try (SeatLockClient client = builder.connect().join()) {
        serve(client, terminal.reader(), terminal.writer());
      } catch (CompletionException e) {
        terminal.writer().println("cannot connect: " + e.getCause());
      } finally {
        terminal.setAttributes(before);
      }
    }
  }

  private void serve(SeatLockClient client, NonBlockingReader keys, PrintWriter screen)
      throws IOException {
    while (true) {
      screen.print((CLEAR + kiosk.draw(client)).replace("\n", "\r\n"));
      screen.flush();
      switch (keys.read(REDRAW_MILLIS)) {
        case 'q', 3, NonBlockingReader.EOF -> {
          return;
        }
        case ' ' -> kiosk.press(Kiosk.Key.SELECT, client);
        case 'p' -> kiosk.press(Kiosk.Key.PAY, client);
        case 'e' -> kiosk.press(Kiosk.Key.EXTEND, client);
        case 27 -> arrow(keys, client);
        default -> {
          // Nothing was typed, or something that means nothing.
        }
      }
    }
  }

  private void arrow(NonBlockingReader keys, SeatLockClient client) throws IOException {
    keys.read(REDRAW_MILLIS);
    switch (keys.read(REDRAW_MILLIS)) {
      case 'A' -> kiosk.press(Kiosk.Key.UP, client);
      case 'B' -> kiosk.press(Kiosk.Key.DOWN, client);
      case 'C' -> kiosk.press(Kiosk.Key.RIGHT, client);
      case 'D' -> kiosk.press(Kiosk.Key.LEFT, client);
      default -> {
        // Some other key that begins with an escape.
      }
    }
  }
}
