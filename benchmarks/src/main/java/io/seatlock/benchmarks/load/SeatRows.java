package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * The other way to do it: a row for each seat, and each lock or unlock a transaction of its own, by
 * a prepared statement. Each connection is a client that locks and unlocks its seats in turn and
 * waits for each answer. Nobody is told of anything; that would come on top.
 */
final class SeatRows implements Contender {

  private static final long LONGEST_NANOS = 3_600_000_000_000L;
  private static final String LOCK =
      "UPDATE %s SET status = 'locked', holder = ? WHERE id = ? AND status = 'available'";
  private static final String UNLOCK =
      "UPDATE %s SET status = 'available', holder = NULL"
          + " WHERE id = ? AND status = 'locked' AND holder = ?";

  private final List<Client> clients = new ArrayList<>();
  private final ExecutorService threads;
  private final Histogram answerTimes = new Histogram(LONGEST_NANOS, 3);
  private final Faults faults = new Faults();
  private long operations;
  private boolean measuring;

  /**
   * Makes the table anew and connects.
   *
   * @param url of JDBC
   * @param connections how many clients there are at once
   * @param seats how many rows, shared out to the clients
   */
  SeatRows(String url, int connections, int seats) throws IOException {
    threads = Executors.newFixedThreadPool(connections);
    String table = "seat_" + connections;
    try {
      makeTable(url, table, seats);
      for (int i = 0; i < connections; i++) {
        clients.add(new Client(url, table, "client " + i, i, connections, seats));
      }
    } catch (SQLException e) {
      close();
      throw new IOException(e);
    }
  }

  private static void makeTable(String url, String table, int seats) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS " + table);
      statement.execute(
          "CREATE TABLE " + table + " (id text PRIMARY KEY, status text NOT NULL, holder text)");
      statement.execute(
          "INSERT INTO "
              + table
              + " SELECT 's' || n, 'available' FROM generate_series(0, "
              + (seats - 1)
              + ") AS n");
      statement.execute("VACUUM ANALYZE " + table);
    }
  }

  private static final class Client implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement lock;
    private final PreparedStatement unlock;
    private final String name;
    private final int first;
    private final int step;
    private final int seats;
    private final Histogram times = new Histogram(LONGEST_NANOS, 3);

    Client(String url, String table, String name, int first, int step, int seats)
        throws SQLException {
      this.name = name;
      this.first = first;
      this.step = step;
      this.seats = seats;
      connection = DriverManager.getConnection(url);
      lock = connection.prepareStatement(LOCK.formatted(table));
      unlock = connection.prepareStatement(UNLOCK.formatted(table));
    }

    /** Goes round its seats until the time is over; returns how often it was answered. */
    long work(long until) throws SQLException {
      long count = 0;
      for (int seat = first; System.nanoTime() - until < 0; seat = (seat + step) % seats) {
        String id = "s" + seat;
        lock.setString(1, name);
        lock.setString(2, id);
        update(lock, id);
        unlock.setString(1, id);
        unlock.setString(2, name);
        update(unlock, id);
        count += 2;
      }
      return count;
    }

    private void update(PreparedStatement statement, String id) throws SQLException {
      long from = System.nanoTime();
      if (statement.executeUpdate() != 1) {
        throw new SQLException("seat " + id + " was not as " + name + " had left it");
      }
      times.recordValue(System.nanoTime() - from);
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  @Override
  public String name() {
    return "a row for each seat, " + clients.size() + " connections";
  }

  @Override
  public Stretch load(long nanos) throws IOException {
    long from = System.nanoTime();
    long count = 0;
    List<Callable<Long>> work = new ArrayList<>();
    clients.forEach(client -> work.add(() -> client.work(from + nanos)));
    try {
      for (Future<Long> done : threads.invokeAll(work)) {
        count += done.get();
      }
    } catch (ExecutionException e) {
      faults.add(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    for (Client client : clients) {
      if (measuring) {
        answerTimes.add(client.times);
      }
      client.times.reset();
    }
    operations += count;
    return new Stretch(seconds, count, Double.NaN);
  }

  @Override
  public void rest() {
    // The database does not ask.
  }

  @Override
  public void measure() {
    measuring = true;
  }

  @Override
  public Histogram answerTimes() {
    return answerTimes;
  }

  @Override
  public Exactness check() {
    return new Exactness(faults.shown(), operations, true);
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    for (Client client : clients) {
      try {
        client.close();
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }
  }
}
