import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.IOException;
import java.nio.file.Path;

/** Seats in a SQLite file. */
public class SqliteProgram {
  public static void main(String[] args) throws IOException {
    try (SeatLock seatLock = SeatLock.builder().log(SqliteLog.in(Path.of(args[0]))).open()) {
      Session session = seatLock.show("hamlet").openSession();
      System.out.println(session.lock("A1"));
      session.close();
    }
  }
}
