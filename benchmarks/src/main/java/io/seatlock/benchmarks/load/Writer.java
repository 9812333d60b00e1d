package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.Arrays;
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
    if (cycling || (locked && releasing)) {
      send(slot);
    }
  }

  private void send(int slot) {
    boolean lock = ledger.nextIsLock(index, slot);
    ledger.send(index, slot, System.nanoTime());
    waiting[slot] = true;
    waitingCount++;
    ids[slot] = ++lastId;
    put((lock ? locks : unlocks)[slot].with(lastId));
  }
}
