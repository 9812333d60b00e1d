package example;

import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;
import io.seatlock.core.Show;
import io.seatlock.jdbc.sqlite.SqliteLog;
import java.io.IOException;
import java.nio.file.Path;

/** The sample of docs/embedding.md, word for word between the marks. */
public final class DurableExample {

  private DurableExample() {}

  /** Locks a seat in the directory that the argument names; run it twice. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    // begin
    try (SeatLock seatLock = SeatLock.builder().log(SqliteLog.in(directory)).open()) {
      Show show = seatLock.show("hamlet-2026-12-01");
      Session anna = show.session("anna").orElseGet(() -> show.openSession("anna"));
      System.out.println(anna.lock("A1")); // on disk when it returns
    }
    // end
  }
}
