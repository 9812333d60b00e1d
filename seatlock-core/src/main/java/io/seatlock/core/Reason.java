package io.seatlock.core;

/** Why a seat, or a whole action, was refused. A refused action has changed nothing. */
public enum Reason {
  /** The seat is locked: by somebody else, or, for block and unblock, by anyone. */
  ALREADY_LOCKED,
  /** The seat is available, so there is no lock to end or to build on. */
  ALREADY_UNLOCKED,
  /** The lock belongs to another holder, or the seat is not locked but taken. */
  NOT_YOURS,
  /** The seat is reserved. */
  ALREADY_RESERVED,
  /** The seat is not reserved (for revoke: neither reserved nor paid). */
  NOT_RESERVED,
  /** The seat is paid. */
  ALREADY_PAID,
  /** The seat is not paid. */
  NOT_PAID,
  /** The seat is withdrawn from sale. */
  BLOCKED,
  /** The show was opened with a list of seats and this one is not on it. */
  UNKNOWN_SEAT,
  /** The holder would hold more seats, or hold them longer, than the show allows. */
  LIMIT_REACHED,
  /** The holder holds no lock that could be extended. */
  NOTHING_LOCKED,
  /** No such session is open in this show. */
  NO_SESSION,
  /** A session with this holder id is open already. */
  SESSION_EXISTS
}
