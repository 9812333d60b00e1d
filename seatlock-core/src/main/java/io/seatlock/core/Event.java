package io.seatlock.core;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change of a show: some seats, all changed together, in one place of the show's order.
 *
 * @param seq the show's counter: the first change has 1 and each following one is higher by 1
 * @param at when it was decided, in milliseconds since the epoch; never falls from event to event
 * @param change what happened
 * @param author the holder whose action, or whose time limit, caused it; null if no session did
 *     (the embedding program, a due time)
 * @param seats the ids of the seats that changed, never empty
 * @param expiresInMillis for locks and for the warning before they end: how long from then the
 *     author's locks last, in milliseconds; otherwise 0
 */
public record Event(
    long seq,
    long at,
    Change change,
    @Nullable String author,
    List<String> seats,
    long expiresInMillis) {

  /** Checks that nothing but the author is null and copies a list that could change. */
  public Event {
    Objects.requireNonNull(change, "change");
    seats = List.copyOf(seats);
  }

  /** An event that has nothing to do with a time limit. */
  public Event(long seq, long at, Change change, @Nullable String author, List<String> seats) {
    this(seq, at, change, author, seats, 0);
  }

  /**
   * The word for this change to a holder, or null if that holder does not receive it.
   *
   * @param holder the public holder id of the recipient; null for one without a session
   */
  public @Nullable EventType typeFor(@Nullable String holder) {
    return author != null && author.equals(holder) ? change.toAuthor() : change.toOthers();
  }
}
