package io.seatlock.benchmarks;

import io.seatlock.core.SeatLock;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import java.util.Arrays;

/** Measures how much heap a seat of a show takes, its id included, and prints it. */
public final class HeapPerSeat {

  private static final int SEATS = 100_000;
  private static final int ROUNDS = 5;

  private HeapPerSeat() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    for (int round = 0; round < ROUNDS; round++) {
      try (SeatLock seatLock = SeatLock.create()) {
        long before = Heap.usedAfterCollection();
        Show show = openShow(seatLock);
        long after = Heap.usedAfterCollection();
        System.out.printf(
            "%s: %,d bytes of heap for %,d available seats, %.1f a seat%n",
            show.name(), after - before, SEATS, (double) (after - before) / SEATS);
      }
    }
  }

  /** In a method of its own, so that the list of ids is garbage when it returns. */
  private static Show openShow(SeatLock seatLock) {
    return seatLock.open("hall", ShowSettings.DEFAULT, Arrays.asList(SeatIds.ofBlock(1, SEATS)));
  }
}
