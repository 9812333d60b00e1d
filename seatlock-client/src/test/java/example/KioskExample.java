package example;

import io.seatlock.client.SeatListener;
import io.seatlock.client.SeatLockClient;
import io.seatlock.core.SeatStatus;
import java.net.URI;

/** A kiosk in a few lines. The README shows it; the argument is the URI of a show. */
public final class KioskExample {

  private KioskExample() {}

  /** Connects, locks two seats and leaves. */
  public static void main(String[] args) {
    // begin
    SeatListener display =
        new SeatListener() {
          @Override
          public void onSeatChanged(String seat, SeatStatus status) {
            System.out.println(seat + " is " + status);
          }
        };
    URI show = URI.create(args[0]); // ws://127.0.0.1:8887/hamlet-2026-12-01
    try (SeatLockClient kiosk = SeatLockClient.builder(show).listener(display).connect().join()) {
      System.out.println(kiosk.lock("A1").join()); // Granted, Refused, Busy or Unknown
      System.out.println(kiosk.lock("A2").join());
      System.out.println("mine: " + kiosk.seats().mine());
    }
    // end
  }
}
