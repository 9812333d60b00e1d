package example;

import io.seatlock.core.Command;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;
import io.seatlock.core.Show;

/** The sample of the README, word for word between the marks. */
public final class EmbeddingExample {

  private EmbeddingExample() {}

  /** Two buyers want the same seat; one pays it. */
  public static void main(String[] args) {
    // begin
    try (SeatLock seatLock = SeatLock.create()) {
      Show show = seatLock.show("hamlet-2026-12-01");
      show.listen(event -> System.out.println(event.change() + " " + event.seats()));

      Session anna = show.openSession();
      Session ben = show.openSession();
      anna.lock("A1", "A2");
      if (ben.lock("A2") instanceof Result.Refused refused) {
        System.out.println("ben: " + refused.seats());
      }
      // The backend sells the seats, but only if anna still holds them.
      show.apply(Command.pay("A1", "A2").heldBy(anna.holder()).ref("order 17"));
    }
    // end
  }
}
