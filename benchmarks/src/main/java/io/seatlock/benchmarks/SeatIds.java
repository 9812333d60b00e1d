package io.seatlock.benchmarks;

/** Seat ids as a hall has them: a block, a row and a seat, such as {@code B3-17-08}. */
final class SeatIds {

  private static final int SEATS_IN_A_ROW = 32;

  private SeatIds() {}

  /** The first so many seats of a block, as new strings. */
  static String[] ofBlock(int block, int count) {
    String[] ids = new String[count];
    for (int i = 0; i < count; i++) {
      ids[i] = "B" + block + "-" + i / SEATS_IN_A_ROW + "-" + i % SEATS_IN_A_ROW;
    }
    return ids;
  }
}
