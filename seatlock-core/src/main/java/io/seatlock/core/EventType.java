package io.seatlock.core;

/**
 * The words for a change on the wire. A change has one word for its author and one for everyone
 * else; see {@link Change}.
 */
public enum EventType {
  /** Seats were locked. */
  LOCKED,
  /** The author's own lock was granted. */
  LOCKED_FOR_YOU,
  /** Seats were unlocked: by their holder, because it left, or because its time ran out. */
  UNLOCKED,
  /** The author's own unlock was done. */
  UNLOCKED_FOR_YOU,
  /** The author's seats will be unlocked soon because of the reservation time limit. */
  EXPIRING,
  /** The author's seats were unlocked because of the reservation time limit. */
  DELETED,
  /** Seats were reserved. */
  RESERVED,
  /** Seats are no longer reserved and are available again. */
  UNRESERVED,
  /** Seats were paid. */
  PAID,
  /** Seats are no longer paid and are available again. */
  UNPAID,
  /** Seats were withdrawn from sale. */
  BLOCKED,
  /** Seats are on sale again. */
  UNBLOCKED
}
