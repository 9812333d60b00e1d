package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Subscribers and writers on one thread, which is the one that calls. Nothing happens on their
 * sockets except during the methods that run for a time.
 *
 * <p>Every connection must receive exactly one message for each operation: its author the answer,
 * everyone else the news. {@link #check} tells whether that is so.
 */
final class LoadGenerator implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 18;
  private static final long LONGEST_TIME = TimeUnit.HOURS.toNanos(1);
  private static final long ROUND_MILLIS = 10;
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long OPEN_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final int inFlight;
  private final Progress progress;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Faults faults = new Faults();
  private final Histogram answerTimes = new Histogram(LONGEST_TIME, 3);
  private final Histogram deliveryTimes = new Histogram(LONGEST_TIME, 3);
  private final Ledger ledger;
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Client> opening = new ArrayList<>();
  private Target target;

  /**
   * With no connection yet.
   *
   * @param writers how many writers there will be
   * @param inFlight the slots of each writer
   */
  LoadGenerator(Target target, int writers, int inFlight, Progress progress) throws IOException {
    this.target = target;
    this.inFlight = inFlight;
    this.progress = progress;
    this.selector = Selector.open();
    this.ledger = new Ledger(writers, inFlight, faults, deliveryTimes);
  }

  /**
   * The sums at one moment.
   *
   * @param nanos when
   * @param operations operations that were answered
   * @param deliveries messages about operations of others
   * @param ownCpuNanos processor time of the generator's thread
   */
  record Sample(long nanos, long operations, long deliveries, long ownCpuNanos) {}

  /** Connections that are opened from now on go to this server, which tells the same show. */
  void connectTo(Target node) {
    target = node;
  }

  Histogram answerTimes() {
    return answerTimes;
  }

  Histogram deliveryTimes() {
    return deliveryTimes;
  }

  List<Subscriber> subscribers() {
    return subscribers;
  }

  List<Writer> writers() {
    return writers;
  }

  /**
   * Opens subscribers, so many at a time.
   *
   * @param looking how many of them look at each message and take its time
   * @param receiveBuffer see {@link Client}
   */
  void openSubscribers(int count, int looking, int atATime, int receiveBuffer) throws IOException {
    for (int i = 0; i < count; i++) {
      // Spread over all, since servers write to their connections in some order.
      boolean looks = (long) i * looking / count != (long) (i - 1) * looking / count || i == 0;
      String name = "subscriber " + subscribers.size();
      Subscriber subscriber =
          new Subscriber(
              name,
              selector,
              target.address(),
              target.dialect(),
              receiveBuffer,
              looks && looking > 0 ? ledger.new Witness(name, true) : null);
      subscribers.add(subscriber);
      opening.add(subscriber);
      if (opening.size() == atATime || i == count - 1) {
        awaitOpen();
      }
    }
  }

  /** Opens writers: all of them, or all that go to this server. */
  void openWriters(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Writer writer =
          new Writer(
              writers.size(),
              inFlight,
              selector,
              target.address(),
              target.dialect(),
              ledger,
              faults,
              answerTimes);
      writers.add(writer);
      opening.add(writer);
    }
    awaitOpen();
  }

  private void awaitOpen() throws IOException {
    runUntil(OPEN_NANOS, () -> opening.stream().allMatch(c -> c.isOpen() || c.isClosed()));
    for (Client client : opening) {
      if (!client.isOpen()) {
        faults.add(
            client.name()
                + " could not connect: "
                + (client.isClosed() ? client.whyClosed() : "no answer"));
        client.close();
      }
    }
    opening.clear();
  }

  /** Every writer starts all its slots. */
  void start() throws IOException {
    for (Writer writer : writers) {
      if (writer.isOpen()) {
        writer.cycle();
      }
    }
  }

  /** Whether times count from now on. */
  void measure(boolean on) {
    ledger.measure(on);
    writers.forEach(writer -> writer.measure(on));
  }

  /**
   * Stops the slots and waits until everything has arrived that will.
   *
   * @param patienceNanos how long nothing may arrive before it waits no longer
   */
  void finish(long patienceNanos) throws IOException {
    for (Writer writer : writers) {
      if (writer.isOpen()) {
        writer.release();
      }
    }
    long[] last = {-1, System.nanoTime()};
    runUntil(
        Long.MAX_VALUE,
        () -> {
          long received = received();
          long now = System.nanoTime();
          if (received != last[0]) {
            last[0] = received;
            last[1] = now;
          }
          boolean all = received == expected() && writers.stream().allMatch(Writer::isIdle);
          return now - last[1] > (all ? QUIET_NANOS : patienceNanos);
        });
  }

  private long received() {
    long sum = 0;
    for (Client client : clients()) {
      sum += client.isReading() ? client.messages() : 0;
    }
    return sum;
  }

  private long expected() {
    return operations() * clients().stream().filter(Client::isReading).count();
  }

  private long operations() {
    long sum = 0;
    for (Writer writer : writers) {
      sum += writer.answers();
    }
    return sum;
  }

  private List<Client> clients() {
    List<Client> clients = new ArrayList<>(subscribers);
    clients.addAll(writers);
    return clients;
  }

  /** The sums now. */
  Sample sample() {
    long messages = 0;
    for (Client client : clients()) {
      messages += client.messages();
    }
    return new Sample(
        System.nanoTime(),
        operations(),
        messages - operations(),
        ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
  }

  /** Serves the sockets for a time. */
  void run(long nanos) throws IOException {
    runUntil(nanos, () -> false);
  }

  /** Serves the sockets until a condition holds, asked after each round, or a time is over. */
  void runUntil(long nanos, BooleanSupplier done) throws IOException {
    long start = System.nanoTime();
    while (!done.getAsBoolean()) {
      long left = nanos - (System.nanoTime() - start);
      if (left <= 0) {
        return;
      }
      long millis = Math.min(ROUND_MILLIS, TimeUnit.NANOSECONDS.toMillis(left));
      if (millis == 0) {
        selector.selectNow(this::ready);
      } else {
        selector.select(this::ready, millis);
      }
      progress.tick();
    }
  }

  private void ready(SelectionKey key) {
    ((Client) key.attachment()).ready(buffer);
  }

  /** Whether each connection that reads has received what it must. */
  Exactness check() {
    long operations = operations();
    long bytes = -1;
    for (Subscriber subscriber : subscribers) {
      if (subscriber.witness() != null && subscriber.isReading()) {
        bytes = subscriber.messageBytes();
        break;
      }
    }
    for (Client client : clients()) {
      if (client.isReading()) {
        check(client, operations, client instanceof Subscriber ? bytes : -1);
      }
    }
    for (Writer writer : writers) {
      if (!writer.isIdle()) {
        faults.add(writer.name() + " waits for an answer in vain");
      }
    }
    return new Exactness(faults.shown(), operations, isOneOrder());
  }

  private void check(Client client, long operations, long bytes) {
    if (!client.isOpen() && !client.whyClosed().isEmpty()) {
      faults.add(client.name() + ": " + client.whyClosed());
    }
    if (client.messages() != operations) {
      faults.add(
          "%s received %d messages about %d operations"
              .formatted(client.name(), client.messages(), operations));
    } else if (bytes >= 0 && client.messageBytes() != bytes) {
      // As many messages, but not the ones that were looked at elsewhere.
      faults.add(
          "%s received %d bytes, not %d".formatted(client.name(), client.messageBytes(), bytes));
    }
  }

  private boolean isOneOrder() {
    List<Long> orders = new ArrayList<>();
    for (Subscriber subscriber : subscribers) {
      Ledger.Witness witness = subscriber.witness();
      if (witness != null && subscriber.isReading()) {
        orders.add(witness.order());
      }
    }
    writers.forEach(writer -> orders.add(writer.witness().order()));
    return orders.stream().distinct().count() <= 1;
  }

  @Override
  public void close() throws IOException {
    clients().forEach(Client::close);
    selector.close();
  }
}
