package io.seatlock.faults;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client of the harness asks for. */
public enum Action {
  /** Opens or resumes a session. */
  HELLO,
  /** Locks seats. */
  LOCK(Kind.LOCKED),
  /** Ends locks. */
  UNLOCK(Kind.UNLOCKED),
  /** Ends all locks of the session. */
  UNLOCK_ALL(Kind.UNLOCKED),
  /** Starts the time limit of all locks of the session anew. */
  EXTEND,
  /** Sets seats aside. */
  RESERVE(Kind.RESERVED),
  /** Ends a reservation. */
  UNRESERVE(Kind.UNRESERVED),
  /** Sells seats. */
  PAY(Kind.PAID),
  /** Takes a sale back. */
  UNPAY(Kind.UNPAID),
  /** Ends a reservation or takes a sale back. Of one seat: several can be two changes. */
  REVOKE(Kind.UNRESERVED, Kind.UNPAID),
  /** Withdraws seats from sale. */
  BLOCK(Kind.BLOCKED),
  /** Puts seats on sale again. */
  UNBLOCK(Kind.UNBLOCKED),
  /** Reads the show. */
  STATE,
  /** Ends the session. */
  BYE;

  private final @Nullable Kind kind;
  private final @Nullable Kind other;

  Action() {
    this(null);
  }

  Action(@Nullable Kind kind) {
    this(kind, null);
  }

  Action(@Nullable Kind kind, @Nullable Kind other) {
    this.kind = kind;
    this.other = other;
  }

  /** The word by which the server knows it. */
  public String word() {
    return this == UNLOCK_ALL ? "unlockAll" : name().toLowerCase(Locale.ROOT);
  }

  /** Whether it makes a change of this kind. */
  public boolean makes(Kind change) {
    return kind == change || other == change;
  }
}
