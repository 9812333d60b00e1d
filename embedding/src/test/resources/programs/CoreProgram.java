import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;

/** Seats in memory: the core alone. */
public class CoreProgram {
  public static void main(String[] args) {
    try (SeatLock seatLock = SeatLock.create()) {
      Session session = seatLock.show("hamlet").openSession();
      System.out.println(session.lock("A1"));
      session.close();
    }
  }
}
