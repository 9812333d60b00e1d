package io.seatlock.faults;

import io.seatlock.core.Reason;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a client knows in the end of something that it asked for. */
public sealed interface Outcome {

  /**
   * It was done.
   *
   * @param seq the number that the answer carried
   * @param seats the seats that the answer named
   * @param lastsMillis for a lock how long it lasts from its decision on, in milliseconds
   */
  record Granted(long seq, List<String> seats, long lastsMillis) implements Outcome {}

  /**
   * The locks of the session last longer.
   *
   * @param lastsMillis how long from the decision on, in milliseconds
   */
  record Extended(long lastsMillis) implements Outcome {}

  /**
   * It was refused and changed nothing.
   *
   * @param seats each refused seat with the reason
   */
  record Refused(Reason reason, Map<String, Reason> seats) implements Outcome {}

  /** It was answered {@code busy} and changed nothing. */
  record Busy() implements Outcome {}

  /** There was no answer, or one that says nothing: it was done once or not at all. */
  record Unknown() implements Outcome {}

  /**
   * The show was read.
   *
   * @param yours the seats that the reader has locked
   */
  record Read(View view, Set<String> yours) implements Outcome {}

  /** A session was opened or ended. */
  record Done() implements Outcome {}

  /** A session goes on on another connection. */
  record Resumed() implements Outcome {}
}
