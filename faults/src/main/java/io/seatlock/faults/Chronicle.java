package io.seatlock.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What all clients together were told of one show: each change and each state once, with who was
 * told first and when. Where two were told different things under one number, that is kept as a
 * contradiction. Safe for use by many threads.
 */
public final class Chronicle {

  private static final int MAX_CONTRADICTIONS = 50;

  private final String show;
  private final NavigableMap<Long, Told<Change>> changes = new TreeMap<>();
  private final NavigableMap<Long, Told<View>> views = new TreeMap<>();
  private final List<String> contradictions = new ArrayList<>();

  Chronicle(String show) {
    this.show = show;
  }

  /**
   * Something that was told.
   *
   * @param at when it was first told, in nanoseconds
   * @param to who was told first
   */
  public record Told<T>(T what, long at, String to) {
    /** In milliseconds, as operations are told. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s, told %s at %.3f", what, to, at / 1e6);
    }

    private Told<T> sooner(Told<T> other) {
      return at - other.at <= 0 ? this : other;
    }
  }

  /** Somebody was told of a change. */
  public synchronized void tell(Change change, long at, String to) {
    Told<Change> told = new Told<>(change, at, to);
    Told<Change> known = changes.putIfAbsent(change.seq(), told);
    if (known == null) {
      return;
    }
    if (change.equals(known.what())) {
      changes.put(change.seq(), known.sooner(told));
    } else if (isAnswerTo(change, known.what())) {
      changes.put(change.seq(), known);
    } else if (isAnswerTo(known.what(), change)) {
      changes.put(change.seq(), told);
    } else {
      contradict(to + " was told " + change + ", but " + known.to() + " " + known.what());
    }
  }

  /** The answer to a lock names all seats that were asked for, also those locked before. */
  private static boolean isAnswerTo(Change answer, Change change) {
    return answer.kind() == Kind.LOCKED
        && change.kind() == Kind.LOCKED
        && answer.seats().containsAll(change.seats());
  }

  /** Somebody was told a state. */
  public synchronized void tell(View view, long at, String to) {
    Told<View> told = new Told<>(view, at, to);
    Told<View> known = views.putIfAbsent(view.seq(), told);
    if (known != null && !known.what().equals(view)) {
      contradict(to + " was told " + view + ", but " + known.to() + " " + known.what());
    }
  }

  /** Notes that one client was told something that does not fit. */
  public synchronized void contradict(String what) {
    if (contradictions.size() < MAX_CONTRADICTIONS) {
      contradictions.add(show + ": " + what);
    }
  }

  /** What does not fit. */
  public synchronized List<String> contradictions() {
    return List.copyOf(contradictions);
  }

  /** The show's name. */
  public String show() {
    return show;
  }

  /** All changes that somebody was told of, by number. */
  public synchronized NavigableMap<Long, Told<Change>> changes() {
    return new TreeMap<>(changes);
  }

  /** All states that somebody was told, by number. */
  public synchronized NavigableMap<Long, Told<View>> views() {
    return new TreeMap<>(views);
  }

  /** The highest number that anybody was told, 0 if nobody was told anything. */
  public synchronized long last() {
    return Math.max(
        changes.isEmpty() ? 0 : changes.lastKey(), views.isEmpty() ? 0 : views.lastKey());
  }

  /** The change of a number, null if nobody was told of it. */
  public synchronized @Nullable Change change(long seq) {
    Told<Change> told = changes.get(seq);
    return told == null ? null : told.what();
  }
}
