package io.seatlock.benchmarks.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What was sent and what was seen. Each slot locks and unlocks its seat in turn, so the n-th
 * message about a seat on any connection is about the n-th operation of that slot: it must be a
 * lock if n is even and an unlock if it is odd, and its delivery time is known even if the slot has
 * gone on long since. Where changes have numbers, no number may be missing. Belongs to one thread.
 */
final class Ledger {

  private static final int FIRST_CAPACITY = 64;

  private final int writers;
  private final int inFlight;
  private final Faults faults;
  private final long[] sent;
  private final long[][] sentAt;
  private final List<Witness> timed = new ArrayList<>();
  private final Histogram deliveryTimes;
  private boolean measuring;

  Ledger(int writers, int inFlight, Faults faults, Histogram deliveryTimes) {
    this.writers = writers;
    this.inFlight = inFlight;
    this.faults = faults;
    this.deliveryTimes = deliveryTimes;
    this.sent = new long[writers * inFlight];
    this.sentAt = new long[writers * inFlight][FIRST_CAPACITY];
  }

  /** Whether delivery times count from now on. */
  void measure(boolean on) {
    measuring = on;
  }

  /** A slot sends its next operation. */
  void send(int writer, int slot, long now) {
    int id = writer * inFlight + slot;
    long n = sent[id]++;
    long[] ring = sentAt[id];
    if (n >= ring.length && n - ring.length >= seenByAll(id)) {
      ring = grown(ring, n);
      sentAt[id] = ring;
    }
    ring[(int) (n & (ring.length - 1))] = now;
  }

  /** The next operation of a slot is a lock, not an unlock. */
  boolean nextIsLock(int writer, int slot) {
    return (sent[writer * inFlight + slot] & 1) == 0;
  }

  /** When the last operation of a slot was sent. */
  long lastSentAt(int writer, int slot) {
    int id = writer * inFlight + slot;
    return sentAt(id, sent[id] - 1);
  }

  private long sentAt(int id, long n) {
    long[] ring = sentAt[id];
    return ring[(int) (n & (ring.length - 1))];
  }

  private long seenByAll(int id) {
    long least = Long.MAX_VALUE;
    for (Witness witness : timed) {
      least = Math.min(least, witness.seen[id]);
    }
    return least;
  }

  /** Twice the room, with the times before the n-th in their new places. */
  private static long[] grown(long[] ring, long n) {
    long[] larger = Arrays.copyOf(ring, ring.length * 2);
    for (long i = n - ring.length; i < n; i++) {
      larger[(int) (i & (larger.length - 1))] = ring[(int) (i & (ring.length - 1))];
    }
    return larger;
  }

  /** One connection that looks at each of its messages. */
  final class Witness {

    private final String name;
    private final boolean isTimed;
    private final long[] seen = new long[sent.length];
    private long order = 1;
    private long seq = -1;

    /**
     * A connection that has seen nothing yet.
     *
     * @param isTimed whether it takes the delivery times
     */
    Witness(String name, boolean isTimed) {
      this.name = name;
      this.isTimed = isTimed;
      if (isTimed) {
        timed.add(this);
      }
    }

    /** A number for the order in which it saw the changes: equal if the order is. */
    long order() {
      return order;
    }

    /** A change came. Returns whether it fits to what was sent. */
    boolean see(Message message) {
      int writer = message.writer();
      int slot = message.slot();
      if (!message.kind().isChange() || writer >= writers || slot >= inFlight) {
        faults.add(name + " got a message that nothing was sent for");
        return false;
      }
      int id = writer * inFlight + slot;
      long n = seen[id]++;
      boolean isLock = message.kind().isLock();
      order = order * 31 + id * 2L + (isLock ? 1 : 0);
      if (n >= sent[id] || isLock != ((n & 1) == 0)) {
        faults.add(
            "%s: message %d about seat w%ds%d says %s, of %d operations sent"
                .formatted(name, n + 1, writer, slot, message.kind(), sent[id]));
        return false;
      }
      if (seq >= 0 && message.seq() != seq + 1) {
        faults.add("%s: change %d came after %d".formatted(name, message.seq(), seq));
        return false;
      }
      seq = message.seq();
      if (isTimed && measuring) {
        deliveryTimes.recordValue(System.nanoTime() - sentAt(id, n));
      }
      return true;
    }
  }
}
