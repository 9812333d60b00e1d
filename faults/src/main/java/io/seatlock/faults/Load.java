package io.seatlock.faults;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Clients that lock, sell, block and give back a few seats at random, each on a thread of its own.
 * What they do follows from the seed, when they do it does not.
 */
public final class Load implements AutoCloseable {

  private static final int SEATS = 8;

  /** Seats that are only locked: most of these locks last until their time is over. */
  private static final int QUIET_SEATS = 2;

  private static final int MAX_RESERVED_MILLIS = 1500;
  private static final int MAX_PAUSE_MILLIS = 8;
  private static final double CUT = 0.004;
  private static final double MOVE = 0.002;
  private static final long TO_END_SECONDS = 20;

  private final List<Client> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong granted = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong orders = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean ending;

  private Load() {}

  /**
   * Starts clients.
   *
   * @param shows among which they are spread
   * @param servers any of which serves all shows
   */
  public static Load start(
      History history, int clients, List<String> shows, List<URI> servers, String key, long seed) {
    Load load = new Load();
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int i = 0; i < clients; i++) {
      String show = shows.get(i % shows.size());
      List<URI> addresses = new ArrayList<>();
      servers.forEach(server -> addresses.add(server.resolve("/" + show)));
      // Each show has clients on each server.
      Collections.rotate(addresses, -(i / shows.size()));
      Client client = new Client(i, addresses, key, history, new Random(seeds.nextLong()));
      load.begin(client, new Random(seeds.nextLong()));
    }
    load.threads.forEach(Thread::start);
    return load;
  }

  private void begin(Client client, Random random) {
    clients.add(client);
    threads.add(new Thread(() -> run(client, random), "client-" + clients.size()));
  }

  /** How much has been granted so far. */
  public long granted() {
    return granted.get();
  }

  /** How often a state has been read so far. */
  public long reads() {
    return reads.get();
  }

  /** How often the clients have connected. */
  public int connections() {
    return clients.stream().mapToInt(Client::connections).sum();
  }

  /** The holders of the clients that have sessions. */
  public Set<String> holders() {
    return clients.stream()
        .map(Client::holder)
        .filter(holder -> !holder.isEmpty())
        .collect(Collectors.toSet());
  }

  /** Waits until so much more has been granted; false if that does not happen in time. */
  public boolean awaitGranted(long more, long seconds) throws InterruptedException {
    long goal = granted.get() + more;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (granted.get() < goal) {
      if (System.nanoTime() > until || failure.get() != null) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }

  /** Lets every client end what it has begun and say goodbye. */
  public void end() throws InterruptedException {
    ending = true;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TO_END_SECONDS);
    clients.forEach(client -> client.giveUpAt(until));
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("a client failed", thrown);
    }
  }

  /** Ends the clients where they are. */
  @Override
  public void close() {
    ending = true;
    clients.forEach(client -> client.giveUpAt(System.nanoTime()));
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void run(Client client, Random random) {
    try (client) {
      while (!ending) {
        act(client, random);
        Thread.sleep(random.nextInt(MAX_PAUSE_MILLIS));
      }
      client.perform(Action.STATE);
      client.perform(Action.BYE);
    } catch (InterruptedException e) {
      // Closed.
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private void act(Client client, Random random) throws InterruptedException {
    if (random.nextDouble() < CUT) {
      client.cutNext();
    } else if (random.nextDouble() < MOVE) {
      client.move();
    }
    String seat = seat(random);
    int dice = random.nextInt(100);
    Outcome outcome;
    if (dice < 26) {
      outcome = client.perform(Action.LOCK, seat);
    } else if (dice < 32) {
      outcome = client.perform(Action.LOCK, oneOrTwo(seat, random), null, null, null);
    } else if (dice < 35) {
      outcome = client.perform(Action.LOCK, "Q" + (1 + random.nextInt(QUIET_SEATS)));
    } else if (dice < 49) {
      outcome = client.perform(Action.UNLOCK, seat);
    } else if (dice < 50) {
      outcome = client.perform(Action.UNLOCK_ALL);
    } else if (dice < 52) {
      outcome = client.perform(Action.EXTEND);
    } else if (dice < 61) {
      outcome = sell(client, Action.RESERVE, seat, random);
    } else if (dice < 70) {
      outcome = sell(client, Action.PAY, seat, random);
    } else if (dice < 78) {
      outcome = client.perform(Action.UNRESERVE, seat);
    } else if (dice < 88) {
      outcome = client.perform(Action.UNPAY, seat);
    } else if (dice < 90) {
      outcome = client.perform(Action.REVOKE, seat);
    } else if (dice < 92) {
      outcome = client.perform(Action.BLOCK, seat);
    } else if (dice < 95) {
      outcome = client.perform(Action.UNBLOCK, seat);
    } else {
      outcome = client.perform(Action.STATE);
    }
    if (outcome instanceof Outcome.Granted) {
      granted.incrementAndGet();
    } else if (outcome instanceof Outcome.Read) {
      reads.incrementAndGet();
    }
  }

  private @Nullable Outcome sell(Client client, Action action, String seat, Random random)
      throws InterruptedException {
    String heldBy = random.nextInt(3) == 0 ? client.holder() : "";
    String ref = "order-" + orders.incrementAndGet();
    List<String> seats = random.nextInt(4) == 0 ? oneOrTwo(seat, random) : List.of(seat);
    Duration lasts =
        action == Action.RESERVE && random.nextBoolean()
            ? Duration.ofMillis(100 + random.nextInt(MAX_RESERVED_MILLIS))
            : null;
    return client.perform(action, seats, heldBy.isEmpty() ? null : heldBy, ref, lasts);
  }

  private static List<String> oneOrTwo(String seat, Random random) {
    String other = seat(random);
    return other.equals(seat) ? List.of(seat) : List.of(seat, other);
  }

  private static String seat(Random random) {
    return "A" + (1 + random.nextInt(SEATS));
  }
}
