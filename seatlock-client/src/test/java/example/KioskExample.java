package example;

import io.seatlock.client.SeatEvent;
import io.seatlock.client.SeatListener;
import io.seatlock.client.SeatLockClient;
import io.seatlock.core.SeatStatus;
import java.net.URI;
import java.util.List;

/** A kiosk in a few lines. The README shows it; the argument is the URI of a show. */
public final class KioskExample {

  private KioskExample() {}

  /** Connects, locks two seats and leaves. */
  public static void main(String[] args) {
    // begin
    SeatListener display =
        new SeatListener() {
          @Override
          public void onSeatsChanged(List<String> seats, SeatStatus status) {
            System.out.println(seats + " are " + status);
          }

          @Override
          public void onExpiring(SeatEvent.Expiring event) {
            System.out.println("Still there? " + event.expiresIn().toSeconds() + " s left");
          }
        };
    URI show = URI.create(args[0]); // ws://127.0.0.1:8887/hamlet-2026-12-01
    try (SeatLockClient kiosk = SeatLockClient.builder(show).listener(display).connect().join()) {
      System.out.println(kiosk.lock("A1", "A2").join()); // both or neither: Granted, Refused, ...
      System.out.println("mine: " + kiosk.seats().mine() + " as " + kiosk.holder());
    } // releases the locks; a connection that breaks does not
    // end
  }
}
