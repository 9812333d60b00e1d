import io.seatlock.client.SeatLockClient;
import java.net.URI;

/** A kiosk, without the server that its tests may use. */
public class ClientProgram {
  public static void main(String[] args) {
    try (SeatLockClient kiosk = SeatLockClient.builder(URI.create(args[0])).connect().join()) {
      System.out.println(kiosk.lock("A1").join());
    }
  }
}
