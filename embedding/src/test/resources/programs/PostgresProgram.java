import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;
import io.seatlock.jdbc.postgres.PostgresLog;
import java.io.IOException;

/** Seats in a PostgreSQL database. */
public class PostgresProgram {
  public static void main(String[] args) throws IOException {
    try (SeatLock seatLock = SeatLock.builder().log(PostgresLog.at(args[0])).open()) {
      Session session = seatLock.show("hamlet").openSession();
      System.out.println(session.lock("A1"));
      session.close();
    }
  }
}
