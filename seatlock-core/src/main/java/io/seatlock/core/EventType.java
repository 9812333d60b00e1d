package io.seatlock.core;

/** The words in which clients are told of a change, each with the audience that hears it. */
public enum EventType {
  /** Seats were locked. */
  LOCKED(Audience.OTHERS),
  /** The author's own lock was granted. */
  LOCKED_FOR_YOU(Audience.AUTHOR),
  /** Seats were unlocked: by their holder, because it left, or because its time ran out. */
  UNLOCKED(Audience.OTHERS),
  /** The author's own unlock was done. */
  UNLOCKED_FOR_YOU(Audience.AUTHOR),
  /** The author's seats will be unlocked soon because of the reservation time limit. */
  EXPIRING(Audience.AUTHOR),
  /** The author's seats were unlocked because of the reservation time limit. */
  DELETED(Audience.AUTHOR),
  /** Seats were reserved. */
  RESERVED(Audience.EVERYONE),
  /** Seats are no longer reserved and are available again. */
  UNRESERVED(Audience.EVERYONE),
  /** Seats were paid. */
  PAID(Audience.EVERYONE),
  /** Seats are no longer paid and are available again. */
  UNPAID(Audience.EVERYONE),
  /** Seats were withdrawn from sale. */
  BLOCKED(Audience.EVERYONE),
  /** Seats are on sale again. */
  UNBLOCKED(Audience.EVERYONE);

  private final Audience audience;

  EventType(Audience audience) {
    this.audience = audience;
  }

  /** Who is told, seen from the author of the change. */
  public Audience audience() {
    return audience;
  }

  /** Who is told of a change. */
  public enum Audience {
    /** Everyone in the show, the author too. */
    EVERYONE,
    /** Everyone in the show except the author. */
    OTHERS,
    /** The author alone. */
    AUTHOR
  }
}
