package io.seatlock.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An open session of the state machine, with the list of its locks, which is threaded through the
 * seats. While it holds locks, it is a link in the list of {@link Deadlines}.
 */
final class Holder {

  static final Comparator<Holder> BY_ID = Comparator.comparing(holder -> holder.id);

  final String id;

  /** What must be given to resume the session; null if it cannot be resumed. */
  final @Nullable String credential;

  /** The connection that the session is on; null if it is on none. */
  @Nullable String connection;

  /** When a session without connection ends, in milliseconds since the epoch; 0 if it does not. */
  long graceEnd;

  /** When it locked the first of its seats, in milliseconds since the epoch; 0 without locks. */
  long lockedSince;

  // Kept by Deadlines.
  long deadline;
  boolean warned;
  @Nullable Holder earlier;
  @Nullable Holder later;

  private @Nullable Seat firstLock;
  private @Nullable Seat lastLock;
  private int lockCount;
  private Map<String, Snapshot.Answer> answers = Map.of();

  Holder(String id, @Nullable String credential) {
    this.id = id;
    this.credential = credential;
  }

  int lockCount() {
    return lockCount;
  }

  /** The seat that it locked first of those that it holds; null if it holds none. */
  @Nullable Seat firstLock() {
    return firstLock;
  }

  void addLock(Seat seat) {
    seat.holder = this;
    seat.previousLock = lastLock;
    if (lastLock == null) {
      firstLock = seat;
    } else {
      lastLock.nextLock = seat;
    }
    lastLock = seat;
    lockCount++;
  }

  void removeLock(Seat seat) {
    Seat previous = seat.previousLock;
    Seat next = seat.nextLock;
    if (previous == null) {
      firstLock = next;
    } else {
      previous.nextLock = next;
    }
    if (next == null) {
      lastLock = previous;
    } else {
      next.previousLock = previous;
    }
    seat.previousLock = null;
    seat.nextLock = null;
    seat.holder = null;
    lockCount--;
  }

  /** The ids of its seats, in the order of locking. */
  List<String> lockIds() {
    List<String> ids = new ArrayList<>(lockCount);
    for (Seat seat = firstLock; seat != null; seat = seat.nextLock) {
      ids.add(seat.id);
    }
    return ids;
  }

  /** How much of its time limit is left, in milliseconds; 0 without locks. */
  long timeLeft(long now) {
    return lockCount == 0 ? 0 : deadline - now;
  }

  /** What it was answered to the request with this id, if it remembers that. */
  Snapshot.@Nullable Answer answerTo(String requestId) {
    return answers.get(requestId);
  }

  /** Remembers an answer, and forgets the oldest if there are too many. */
  void remember(Snapshot.Answer answer) {
    if (answers.isEmpty()) {
      answers = new LinkedHashMap<>();
    }
    answers.put(answer.id(), answer);
    if (answers.size() > Command.Once.REMEMBERED) {
      answers.remove(answers.keySet().iterator().next());
    }
  }

  Snapshot.Session snapshot() {
    return new Snapshot.Session(
        id,
        lockIds(),
        lockedSince,
        deadline,
        warned,
        credential,
        connection,
        graceEnd,
        List.copyOf(answers.values()));
  }
}
