package io.seatlock.core;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The holders with locks, in the order in which their time limits end, and who is to be warned. */
final class Deadlines {
  /*
   * A list threaded through the holders. The time limits of a show are equally long, so a new
   * deadline is nearly always the last one: it is put in from the end, and only an extension that
   * was cut by the absolute limit has to walk, or one by rules that have become shorter.
   */

  private @Nullable Holder first;
  private @Nullable Holder last;

  /** The first holder in this order that is still to be warned. */
  private @Nullable Holder nextToWarn;

  /** How long before its deadline a holder is warned, in milliseconds; 0 for never. */
  private long warnBefore;

  /** Sets how long before its deadline a holder is warned from now on; 0 for never. */
  void setWarnBefore(long millis) {
    warnBefore = millis;
    if (millis == 0) {
      for (Holder holder = nextToWarn; holder != null; holder = holder.later) {
        holder.warned = true;
      }
      nextToWarn = null;
    }
  }

  /** The holder whose time limit ends first; null if there is none. */
  @Nullable Holder first() {
    return first;
  }

  /** When the first time limit ends; MAX_VALUE if there is none. */
  long firstEnd() {
    return first == null ? Long.MAX_VALUE : first.deadline;
  }

  /** The holder that is to be warned first; null if there is none. */
  @Nullable Holder nextToWarn() {
    return nextToWarn;
  }

  /** When the next warning is due; MAX_VALUE if there is none. */
  long nextWarning() {
    return nextToWarn == null ? Long.MAX_VALUE : nextToWarn.deadline - warnBefore;
  }

  /** All holders in this order. */
  Stream<Holder> stream() {
    return Stream.iterate(first, holder -> holder != null, holder -> holder.later);
  }

  /** Puts in a holder with this deadline. */
  void insert(Holder holder, long deadline, long now) {
    holder.deadline = deadline;
    holder.warned = warnBefore == 0 || deadline - now <= warnBefore;
    insert(holder);
  }

  /** Puts in a holder with the deadline that it has. */
  void insert(Holder holder) {
    Holder before = last;
    while (before != null && before.deadline > holder.deadline) {
      before = before.earlier;
    }
    Holder after = before == null ? first : before.later;
    holder.earlier = before;
    holder.later = after;
    if (before == null) {
      first = holder;
    } else {
      before.later = holder;
    }
    if (after == null) {
      last = holder;
    } else {
      after.earlier = holder;
    }
    if (!holder.warned && (nextToWarn == null || holder.deadline < nextToWarn.deadline)) {
      nextToWarn = holder;
    }
  }

  /** Takes out a holder, which has no deadline then. */
  void remove(Holder holder) {
    Holder before = holder.earlier;
    Holder after = holder.later;
    if (nextToWarn == holder) {
      nextToWarn = after;
      skipWarned();
    }
    if (before == null) {
      first = after;
    } else {
      before.later = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.earlier = before;
    }
    holder.earlier = null;
    holder.later = null;
    holder.deadline = 0;
    holder.warned = false;
  }

  /** The holder has been warned. */
  void warned(Holder holder) {
    holder.warned = true;
    skipWarned();
  }

  private void skipWarned() {
    while (nextToWarn != null && nextToWarn.warned) {
      nextToWarn = nextToWarn.later;
    }
  }
}
