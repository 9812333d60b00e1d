package io.seatlock.examples;

import io.seatlock.client.ConnectionState;
import io.seatlock.client.Outcome;
import io.seatlock.client.Sale;
import io.seatlock.client.SeatEvent;
import io.seatlock.client.SeatListener;
import io.seatlock.client.SeatLockClient;
import io.seatlock.client.Seats;
import io.seatlock.core.SeatStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What a kiosk does and shows, whatever it is typed on and drawn on. Keys and drawing are for one
 * thread, events may come on another.
 */
final class Kiosk implements SeatListener {

  /** What a buyer can press. */
  enum Key {
    /** Moves the cursor. */
    UP,
    /** Moves the cursor. */
    DOWN,
    /** Moves the cursor. */
    LEFT,
    /** Moves the cursor. */
    RIGHT,
    /** Locks the seat under the cursor, or unlocks it. */
    SELECT,
    /** Pays what is locked. */
    PAY,
    /** Keeps it locked for longer. */
    EXTEND
  }

  private static final String HELP =
      """
       . free   # mine   o somebody's   R reserved   X paid   - blocked
       arrows move, space locks and unlocks, p pays all of mine, e extends, q quits
      """;

  private final SeatPlan plan = new SeatPlan();
  private volatile String answer = "welcome";
  private volatile String news = "";

  /** Does what the key stands for, with this client. */
  void press(Key key, SeatLockClient client) {
    switch (key) {
      case UP -> plan.move(-1, 0);
      case DOWN -> plan.move(1, 0);
      case LEFT -> plan.move(0, -1);
      case RIGHT -> plan.move(0, 1);
      case SELECT -> toggle(client);
      case PAY -> payMine(client);
      case EXTEND -> tell(client.extend());
    }
  }

  private void toggle(SeatLockClient client) {
    String seat = plan.selected();
    tell(client.seats().isMine(seat) ? client.unlock(seat) : client.lock(seat));
  }

  /**
   * Sells only what this client holds. What it shows may be old, and the call may wait for the
   * connection: by then the locks may have ended and the seats be somebody else's. The condition
   * makes the server look at the moment of the sale.
   */
  private void payMine(SeatLockClient client) {
    String holder = client.holder();
    Set<String> mine = client.seats().mine();
    if (mine.isEmpty()) {
      answer = "nothing is yours";
    } else {
      tell(client.pay(Sale.ofSeats(mine.toArray(new String[0])).heldBy(holder)));
    }
  }

  private void tell(CompletableFuture<Outcome> call) {
    answer = "...";
    CompletableFuture<Void> unused =
        call.handle(
            (outcome, failure) -> {
              answer = String.valueOf(failure == null ? outcome : failure.getMessage());
              return null;
            });
  }

  /** The screen, line by line. */
  String draw(SeatLockClient client) {
    Seats seats = client.seats();
    String left = seats.mine().isEmpty() ? "" : "  " + seats.timeLeft().toSeconds() + " s";
    return " seatlock kiosk   "
        + client.state()
        + left
        + "\n\n"
        + plan.draw(seats)
        + "\n"
        + HELP
        + "\n "
        + answer
        + "\n "
        + news
        + "\n";
  }

  @Override
  public void onSeatsChanged(List<String> seats, SeatStatus status) {
    news = seats + " " + status;
  }

  @Override
  public void onExpiring(SeatEvent.Expiring event) {
    news = "still there? " + event.expiresIn().toSeconds() + " s left; e extends";
  }

  @Override
  public void onStateChanged(ConnectionState state, String why) {
    news = state + ": " + why;
  }
}
