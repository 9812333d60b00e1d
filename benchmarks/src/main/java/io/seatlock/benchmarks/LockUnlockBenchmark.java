package io.seatlock.benchmarks;

import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Locking a seat and unlocking it again, through the façade, with one listener that receives both
 * events; and beside it the least that any such thing could be: an entry put into a map and
 * removed.
 *
 * <p>The score is pairs a microsecond, of all threads together. Every thread has a session and
 * 1,024 seats of its own and takes them in turn: what is measured is the way through the show, not
 * a quarrel about one seat.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LockUnlockBenchmark {

  private static final int SEATS_PER_THREAD = 1024;
  private static final int MANY = 64;

  @Benchmark
  @Threads(1)
  public Result oneShow1Thread(OneShow buyer) {
    return buyer.lockAndUnlock();
  }

  @Benchmark
  @Threads(2)
  public Result oneShow2Threads(OneShow buyer) {
    return buyer.lockAndUnlock();
  }

  @Benchmark
  @Threads(4)
  public Result oneShow4Threads(OneShow buyer) {
    return buyer.lockAndUnlock();
  }

  @Benchmark
  @Threads(2)
  public Result manyShows2Threads(ManyShows buyer) {
    return buyer.lockAndUnlock();
  }

  @Benchmark
  @Threads(4)
  public Result manyShows4Threads(ManyShows buyer) {
    return buyer.lockAndUnlock();
  }

  @Benchmark
  @Threads(1)
  public String baselineConcurrentHashMap1Thread(Maps maps, Seats seats) {
    return maps.putAndRemoveConcurrently(seats.next());
  }

  @Benchmark
  @Threads(2)
  public String baselineConcurrentHashMap2Threads(Maps maps, Seats seats) {
    return maps.putAndRemoveConcurrently(seats.next());
  }

  @Benchmark
  @Threads(4)
  public String baselineConcurrentHashMap4Threads(Maps maps, Seats seats) {
    return maps.putAndRemoveConcurrently(seats.next());
  }

  @Benchmark
  @Threads(1)
  public String baselineLockedHashMap1Thread(Maps maps, Seats seats) {
    return maps.putAndRemoveUnderLock(seats.next());
  }

  @Benchmark
  @Threads(2)
  public String baselineLockedHashMap2Threads(Maps maps, Seats seats) {
    return maps.putAndRemoveUnderLock(seats.next());
  }

  @Benchmark
  @Threads(4)
  public String baselineLockedHashMap4Threads(Maps maps, Seats seats) {
    return maps.putAndRemoveUnderLock(seats.next());
  }

  /** Whether a show is opened with its list of seats or learns them. */
  public enum SeatList {
    KNOWN,
    ANY
  }

  /** The shows, each with one listener. */
  @State(Scope.Benchmark)
  public static class Shows {

    @Param public SeatList seats = SeatList.KNOWN;

    private final SeatLock seatLock = SeatLock.create();

    @TearDown
    public void close() {
      seatLock.close();
    }

    synchronized Show show(String name, int threads, Blackhole listener) {
      return seatLock.find(name).orElseGet(() -> open(name, threads, listener));
    }

    private Show open(String name, int threads, Blackhole listener) {
      Show show =
          switch (seats) {
            case ANY -> seatLock.show(name);
            case KNOWN -> seatLock.open(name, ShowSettings.DEFAULT, seatsOf(threads));
          };
      show.listen(listener::consume);
      return show;
    }

    private static List<String> seatsOf(int threads) {
      List<String> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        all.addAll(Arrays.asList(SeatIds.ofBlock(thread, SEATS_PER_THREAD)));
      }
      return all;
    }
  }

  /** A thread's seats and its place among them. */
  @State(Scope.Thread)
  public static class Seats {

    private String[] ids = {};
    private int place;

    @Setup
    public void name(ThreadParams thread) {
      ids = SeatIds.ofBlock(thread.getThreadIndex(), SEATS_PER_THREAD);
    }

    String next() {
      place = (place + 1) % SEATS_PER_THREAD;
      return ids[place];
    }

    int place() {
      return place;
    }
  }

  /** A thread with a session in the one show that all threads use. */
  @State(Scope.Thread)
  public static class OneShow {

    private Seats seats = new Seats();
    private Session[] session = {};

    @Setup
    public void openSession(Shows shows, Seats seats, ThreadParams thread, Blackhole listener) {
      this.seats = seats;
      session = new Session[] {shows.show("show", thread.getThreadCount(), listener).openSession()};
    }

    Result lockAndUnlock() {
      String seat = seats.next();
      session[0].lock(seat);
      return session[0].unlock(seat);
    }
  }

  /** A thread with a session in each of many shows, which goes from show to show. */
  @State(Scope.Thread)
  public static class ManyShows {

    private final Session[] sessions = new Session[MANY];
    private Seats seats = new Seats();

    @Setup
    public void openSessions(Shows shows, Seats seats, ThreadParams thread, Blackhole listener) {
      this.seats = seats;
      for (int i = 0; i < MANY; i++) {
        // Not in step: thread after thread begins further round.
        int show = (i + thread.getThreadIndex() * MANY / thread.getThreadCount()) % MANY;
        sessions[i] = shows.show("show-" + show, thread.getThreadCount(), listener).openSession();
      }
    }

    Result lockAndUnlock() {
      String seat = seats.next();
      Session session = sessions[seats.place() % MANY];
      session.lock(seat);
      return session.unlock(seat);
    }
  }

  /** What a show is without sequence, sessions, time limits and listeners: who has which seat. */
  @State(Scope.Benchmark)
  public static class Maps {

    private static final String HOLDER = "holder";

    private final ConcurrentHashMap<String, String> concurrent = new ConcurrentHashMap<>();
    private final Map<String, String> plain = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    String putAndRemoveConcurrently(String seat) {
      concurrent.putIfAbsent(seat, HOLDER);
      return concurrent.remove(seat);
    }

    String putAndRemoveUnderLock(String seat) {
      lock.lock();
      try {
        plain.putIfAbsent(seat, HOLDER);
      } finally {
        lock.unlock();
      }
      lock.lock();
      try {
        return plain.remove(seat);
      } finally {
        lock.unlock();
      }
    }
  }
}
