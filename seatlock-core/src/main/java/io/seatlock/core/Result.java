package io.seatlock.core;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a command ended. That a seat is taken is a result, not an error. */
public sealed interface Result {

  /**
   * Everything that was asked for is so now.
   *
   * @param seq the show's counter after it
   * @param seats the seats that are now as asked, in the order they were named; for unlockAll and
   *     the end of a session those it released; for a sale those of its last event, or all that it
   *     named if there was none
   * @param change the change of the command's last event; null if everything was as asked before,
   *     so that there is no event
   * @param expiresInMillis for the commands of a holder that holds locks: how long from now they
   *     last, in milliseconds, also when the rest is given again; otherwise 0
   */
  record Granted(long seq, List<String> seats, @Nullable Change change, long expiresInMillis)
      implements Result {
    /** Checks that there is a list and copies one that could change. */
    public Granted {
      seats = List.copyOf(seats);
    }

    /** Whether anything is different from before. */
    public boolean changed() {
      return change != null;
    }
  }

  /**
   * Nothing was changed.
   *
   * @param reason why: the reason of the first refused seat in the order they were named
   * @param seats each refused seat with its reason, in the order they were named; empty if the
   *     command names no seats
   */
  record Refused(Reason reason, Map<String, Reason> seats) implements Result {
    /** Checks that nothing is null. The map is kept as it is: it must not be changed. */
    public Refused {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(seats, "seats");
    }
  }

  /**
   * Nothing happened and nothing will: the log took no command just then, or the command could not
   * be decided, which is a fault of this program and is reported to the system logger. Asking again
   * later is safe.
   *
   * @param why the reason, for people
   */
  record NotAccepted(String why) implements Result {
    /** Checks that there is a reason. */
    public NotAccepted {
      Objects.requireNonNull(why, "why");
    }
  }

  /**
   * It may have happened or not: the program lost its log before it could find out. Only where
   * there is a log. The next one that opens the log knows.
   *
   * @param why the reason, for people
   */
  record Unknown(String why) implements Result {
    /** Checks that there is a reason. */
    public Unknown {
      Objects.requireNonNull(why, "why");
    }
  }
}
