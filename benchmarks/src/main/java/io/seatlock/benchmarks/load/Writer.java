package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.HdrHistogram.Histogram;

/**
 * A connection with seats of its own, one for each slot. A slot locks its seat, waits for the
 * answer, unlocks it, waits for the answer, and so on.
 */
final class Writer extends Client {

  private final int index;
  private final Ledger ledger;
  private final Ledger.Witness witness;
  private final Faults faults;
  private final Histogram answerTimes;
  private final Dialect dialect;
  private final NumberedFrame[] locks;
  private final NumberedFrame[] unlocks;
  private final long[] ids;
  private final boolean[] waiting;

  /** For each slot, when operations were due that wait for the one before them. */
  private final List<Queue<Long>> overdue = new ArrayList<>();

  private long lastId = NumberedFrame.FIRST;
  private int waitingCount;
  private boolean cycling;
  private boolean releasing;
  private boolean measuring;
  private long answers;

  Writer(
      int index,
      int inFlight,
      Selector selector,
      InetSocketAddress address,
      Dialect dialect,
      Ledger ledger,
      Faults faults,
      Histogram answerTimes)
      throws IOException {
    super("writer " + index, selector, address, dialect, 0);
    this.index = index;
    this.dialect = dialect;
    this.ledger = ledger;
    this.witness = ledger.new Witness(name(), false);
    this.faults = faults;
    this.answerTimes = answerTimes;
    this.ids = new long[inFlight];
    this.waiting = new boolean[inFlight];
    for (int slot = 0; slot < inFlight; slot++) {
      overdue.add(new ArrayDeque<>());
    }
    this.locks = frames("lock", inFlight);
    this.unlocks = frames("unlock", inFlight);
  }

  private NumberedFrame[] frames(String action, int inFlight) {
    NumberedFrame[] frames = new NumberedFrame[inFlight];
    Arrays.setAll(
        frames,
        slot -> new NumberedFrame(dialect.request(action, "w%ds%d".formatted(index, slot))));
    return frames;
  }

  Ledger.Witness witness() {
    return witness;
  }

  /** The operations that were answered. */
  long answers() {
    return answers;
  }

  /** Whether no operation waits for its answer. */
  boolean isIdle() {
    return waitingCount == 0;
  }

  /** Whether answer times count from now on. */
  void measure(boolean on) {
    measuring = on;
  }

  /** Starts every slot; each goes on by itself until {@link #release}. */
  void cycle() throws IOException {
    cycling = true;
    for (int slot = 0; slot < waiting.length; slot++) {
      send(slot);
    }
    flush();
  }

  /** Sends one operation of an idle slot. */
  void step(int slot) throws IOException {
    send(slot);
    flush();
  }

  /**
   * Sends one operation, as soon as the slot is idle. If it has to wait for that, its time counts
   * from the moment at which it was due.
   */
  void stepWhenIdle(int slot, long due) throws IOException {
    if (waiting[slot]) {
      overdue.get(slot).add(due);
    } else {
      step(slot);
    }
  }

  /** Lets the slots come to rest with their seats unlocked. */
  void release() throws IOException {
    cycling = false;
    releasing = true;
    for (int slot = 0; slot < waiting.length; slot++) {
      if (!waiting[slot] && !ledger.nextIsLock(index, slot)) {
        send(slot);
      }
    }
    flush();
  }

  @Override
  boolean looksAtMessages() {
    return true;
  }

  @Override
  void onMessage(Message message) {
    boolean own = message.writer() == index && message.slot() < waiting.length;
    if (own != message.kind().isAnswer()) {
      faults.add(
          "%s got %s about seat w%ds%d"
              .formatted(name(), message.kind(), message.writer(), message.slot()));
    } else if (own && dialect == Dialect.V2 && message.id() != ids[message.slot()]) {
      faults.add(
          "%s got an answer to %d in slot %d, not to %d"
              .formatted(name(), message.id(), message.slot(), ids[message.slot()]));
    } else if (witness.see(message) && own) {
      answered(message.slot(), message.kind().isLock());
    }
  }

  private void answered(int slot, boolean locked) {
    if (!waiting[slot]) {
      faults.add(name() + " got a second answer in slot " + slot);
      return;
    }
    waiting[slot] = false;
    waitingCount--;
    answers++;
    if (measuring) {
      answerTimes.recordValue(System.nanoTime() - ledger.lastSentAt(index, slot));
    }
    Long due = overdue.get(slot).poll();
    if (due != null) {
      send(slot, due);
    } else if (cycling || (locked && releasing)) {
      send(slot);
    }
  }

  private void send(int slot) {
    send(slot, System.nanoTime());
  }

  private void send(int slot, long from) {
    boolean lock = ledger.nextIsLock(index, slot);
    ledger.send(index, slot, from);
    waiting[slot] = true;
    waitingCount++;
    ids[slot] = ++lastId;
    put((lock ? locks : unlocks)[slot].with(lastId));
  }
}
