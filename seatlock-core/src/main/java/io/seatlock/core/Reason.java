package io.seatlock.core;

/** Why a seat, or a whole action, was refused. A refused action has changed nothing. */
public enum Reason {
  /** The seat is locked: by somebody else, or, for block and unblock, by anyone. */
  ALREADY_LOCKED(0),
  /** The seat is available, so there is no lock to end or to build on. */
  ALREADY_UNLOCKED(1),
  /** The lock belongs to another holder, or the seat is not locked but taken. */
  NOT_YOURS(2),
  /** The seat is reserved. */
  ALREADY_RESERVED(3),
  /** The seat is not reserved (for revoke: neither reserved nor paid). */
  NOT_RESERVED(4),
  /** The seat is paid. */
  ALREADY_PAID(5),
  /** The seat is not paid. */
  NOT_PAID(6),
  /** The seat is withdrawn from sale. */
  BLOCKED(7),
  /** The show was opened with a list of seats and this one is not on it. */
  UNKNOWN_SEAT(8),
  /** The holder would hold more seats, or hold them longer, than the show allows. */
  LIMIT_REACHED(9),
  /** The holder holds no lock that could be extended. */
  NOTHING_LOCKED(10),
  /** No such session is open in this show. */
  NO_SESSION(11),
  /** A session with this holder id is open already. */
  SESSION_EXISTS(12),
  /** The request's id was used before in this session, for something else. */
  ID_REUSED(13);

  /** The byte that stands for this reason in the binary form; never reused. */
  final int code;

  Reason(int code) {
    this.code = code;
  }
}
