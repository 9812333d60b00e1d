package io.seatlock.core;

import org.jspecify.annotations.Nullable;

/**
 * What happened to the seats of an {@link Event}, with its two words on the wire: one for everyone
 * else, one for the author.
 */
public enum Change {
  /** A holder locked seats. */
  LOCKED(0, EventType.LOCKED, EventType.LOCKED_FOR_YOU),
  /** A holder unlocked seats. */
  UNLOCKED(1, EventType.UNLOCKED, EventType.UNLOCKED_FOR_YOU),
  /** A session ended and its locks with it; there is no author left to tell. */
  RELEASED(2, EventType.UNLOCKED, null),
  /** A holder's time limit ended and all its locks with it; the author is that holder. */
  EXPIRED(3, EventType.UNLOCKED, EventType.DELETED),
  /** Seats were reserved. */
  RESERVED(4, EventType.RESERVED, EventType.RESERVED),
  /** Reserved seats became available, by an action or because their due time passed. */
  UNRESERVED(5, EventType.UNRESERVED, EventType.UNRESERVED),
  /** Seats were paid. */
  PAID(6, EventType.PAID, EventType.PAID),
  /** Paid seats became available. */
  UNPAID(7, EventType.UNPAID, EventType.UNPAID),
  /** Seats were withdrawn from sale. */
  BLOCKED(8, EventType.BLOCKED, EventType.BLOCKED),
  /** Blocked seats became available. */
  UNBLOCKED(9, EventType.UNBLOCKED, EventType.UNBLOCKED),
  /**
   * A holder's time limit will end soon. Nothing has changed yet: the event has the number of the
   * last change, and nobody but the author receives it.
   */
  EXPIRING(10, null, EventType.EXPIRING),
  /**
   * A session was taken to another connection while it had one. No seat has changed: the event has
   * no seats and the number of the last change, no client receives it, and the server of the old
   * connection closes that connection. The author is that session's holder.
   */
  TAKEN_OVER(11, null, null);

  /** The byte that stands for this change in the binary form; never reused. */
  final int code;

  private final @Nullable EventType toOthers;
  private final @Nullable EventType toAuthor;

  Change(int code, @Nullable EventType toOthers, @Nullable EventType toAuthor) {
    this.code = code;
    this.toOthers = toOthers;
    this.toAuthor = toAuthor;
  }

  /** The word for everyone except the author; null if nobody else receives it. */
  public @Nullable EventType toOthers() {
    return toOthers;
  }

  /** The word for the author; null if the author receives nothing. */
  public @Nullable EventType toAuthor() {
    return toAuthor;
  }
}
