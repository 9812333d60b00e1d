package io.seatlock.examples;

import io.seatlock.client.ConnectionState;
import io.seatlock.client.Outcome;
import io.seatlock.client.SeatEvent;
import io.seatlock.client.SeatListener;
import io.seatlock.client.SeatLockClient;
import io.seatlock.core.SeatStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
public final class TerminalKiosk implements SeatListener {

  private static final int REDRAW_MILLIS = 500;
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final String HELP =
      """
       . free   # mine   o somebody's   R reserved   X paid   - blocked
       arrows move, space locks and unlocks, p pays all of mine, e extends, q quits
      """;

  private final SeatPlan plan = new SeatPlan();
  private volatile String message = "connecting";

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
    SeatLockClient.Builder builder = SeatLockClient.builder(show).listener(this);
    if (key != null) {
      builder.key(key);
    }
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      Attributes before = terminal.enterRawMode();
      try (SeatLockClient kiosk = builder.connect().join()) {
        message = "welcome";
        serve(kiosk, terminal.reader(), terminal.writer());
      } catch (CompletionException e) {
        terminal.writer().println("cannot connect: " + e.getCause());
      } finally {
        terminal.setAttributes(before);
      }
    }
  }

  private void serve(SeatLockClient kiosk, NonBlockingReader keys, PrintWriter screen)
      throws IOException {
    while (true) {
      draw(kiosk, screen);
      int key = keys.read(REDRAW_MILLIS);
      switch (key) {
        case 'q', 3, NonBlockingReader.EOF -> {
          return;
        }
        case ' ' -> toggle(kiosk);
        case 'p' -> payMine(kiosk);
        case 'e' -> tell(kiosk.extend());
        case 27 -> arrow(keys);
        default -> {
          // Nothing was typed, or something that means nothing.
        }
      }
    }
  }

  private void arrow(NonBlockingReader keys) throws IOException {
    keys.read(REDRAW_MILLIS);
    switch (keys.read(REDRAW_MILLIS)) {
      case 'A' -> plan.move(-1, 0);
      case 'B' -> plan.move(1, 0);
      case 'C' -> plan.move(0, 1);
      case 'D' -> plan.move(0, -1);
      default -> message = "what key was that?";
    }
  }

  private void toggle(SeatLockClient kiosk) {
    String seat = plan.selected();
    tell(kiosk.seats().isMine(seat) ? kiosk.unlock(seat) : kiosk.lock(seat));
  }

  private void payMine(SeatLockClient kiosk) {
    String[] mine = kiosk.seats().mine().toArray(new String[0]);
    if (mine.length == 0) {
      message = "nothing is yours";
    } else {
      tell(kiosk.pay(mine));
    }
  }

  private void tell(CompletableFuture<Outcome> call) {
    message = "...";
    CompletableFuture<Void> unused =
        call.handle(
            (outcome, failure) -> {
              message = String.valueOf(failure == null ? outcome : failure.getMessage());
              return null;
            });
  }

  private void draw(SeatLockClient kiosk, PrintWriter screen) {
    String left =
        kiosk.seats().mine().isEmpty() ? "" : "  " + kiosk.seats().timeLeft().toSeconds() + " s";
    String text =
        CLEAR
            + " seatlock kiosk   "
            + kiosk.state()
            + left
            + "\n\n"
            + plan.draw(kiosk.seats())
            + "\n"
            + HELP
            + "\n "
            + message
            + "\n";
    screen.print(text.replace("\n", "\r\n"));
    screen.flush();
  }

  @Override
  public void onSeatsChanged(List<String> seats, SeatStatus status) {
    message = seats + " " + status;
  }

  @Override
  public void onExpiring(SeatEvent.Expiring event) {
    message = "still there? " + event.expiresIn().toSeconds() + " s left; e extends";
  }

  @Override
  public void onStateChanged(ConnectionState state, String why) {
    message = state + ": " + why;
  }
}
