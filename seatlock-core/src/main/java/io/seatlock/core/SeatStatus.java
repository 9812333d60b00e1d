package io.seatlock.core;

/** What a seat is at one moment. */
public enum SeatStatus {
  /** Free: anyone may lock it. */
  AVAILABLE(0),
  /** Held by one holder until it is unlocked, sold or the holder's time limit ends. */
  LOCKED(1),
  /** Set aside for an order, without end or until its due time. */
  RESERVED(2),
  /** Sold. */
  PAID(3),
  /** Withdrawn from sale. */
  BLOCKED(4);

  /** The byte that stands for this status in the binary form; never reused. */
  final int code;

  SeatStatus(int code) {
    this.code = code;
  }
}
