package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Reason;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All checks together, on histories of one server and of several. */
@Timeout(60)
class VerdictTest {

  private static Told told(boolean oneServer) {
    Told told = new Told();
    return oneServer ? told : told.withStaleReads();
  }

  private static Verdict verdict(Told told, Change... changes) {
    History history = told.history();
    Stream stream = new Stream(history.chronicle(Told.SHOW), "viewer", -1);
    stream.onView(View.of(0, Set.of(), Set.of(), Set.of(), Set.of()), false, 0);
    for (Change change : changes) {
      stream.onChange(change, false, change.seq() * 10_000_000);
    }
    return Verdict.of(history, told.promise());
  }

  private static Change change(long seq, Kind kind) {
    return new Change(seq, kind, Set.of(Told.SEAT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsRight_isClean(boolean oneServer) {
    Told told = told(oneServer).granted("anna", Action.LOCK, 1, 5, 15, "A1");
    told.granted("backend", Action.PAY, 2, 16, 25, "A1");
    assertThat(verdict(told, change(1, Kind.LOCKED), change(2, Kind.PAID)).faults()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void doubleGrant_isFound(boolean oneServer) {
    Told told = told(oneServer).granted("anna", Action.LOCK, 1, 5, 15, "A1");
    told.granted("ben", Action.LOCK, 2, 6, 25, "A1").alive("anna", 30).alive("ben", 30);
    assertThat(verdict(told, change(1, Kind.LOCKED), change(2, Kind.LOCKED)).faults())
        .anySatisfy(fault -> assertThat(fault).contains("but A1 was Held[status=LOCKED"))
        .anySatisfy(fault -> assertThat(fault).contains("no order explains"));
  }

  /** Two servers that each have an order of their own. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneNumberForTwoGrants_isFound(boolean oneServer) {
    Told told = told(oneServer).granted("anna", Action.LOCK, 1, 5, 15, "A1");
    told.granted("backend", Action.PAY, 1, 5, 15, "A1");
    assertThat(verdict(told, change(1, Kind.LOCKED)).faults())
        .anySatisfy(fault -> assertThat(fault).contains("was granted, but there is"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void saleThatIsLost_isFound(boolean oneServer) {
    Told told = told(oneServer).granted("backend", Action.PAY, 1, 5, 15, "A1");
    told.granted("anna", Action.LOCK, 2, 16, 25, "A1");
    assertThat(verdict(told, change(1, Kind.PAID), change(2, Kind.LOCKED)).faults())
        .anySatisfy(fault -> assertThat(fault).contains("no order explains"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void busyThatHappened_isFound(boolean oneServer) {
    Told told = told(oneServer).busy("backend", Action.PAY, 5, 15);
    assertThat(verdict(told, change(1, Kind.PAID)).faults())
        .anySatisfy(fault -> assertThat(fault).contains("nobody asked for it"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sessionThatIsLost_isFound(boolean oneServer) {
    Told told = told(oneServer).withGrace(2000).hello("anna", new Outcome.Done(), 0, 1);
    told.refused("anna", Action.LOCK, Reason.NO_SESSION, 100, 101);
    assertThat(verdict(told).faults())
        .anySatisfy(fault -> assertThat(fault).contains("for the end of its session"));
  }

  @Test
  void readingOfThePast_isAFaultOfOneServerOnly() {
    Told told = new Told().granted("backend", Action.PAY, 1, 5, 15, "A1");
    told.read("anna", Kind.UNPAID, 20, 25);
    assertThat(verdict(told, change(1, Kind.PAID)).isClean()).isFalse();
    assertThat(verdict(told.withStaleReads(), change(1, Kind.PAID)).faults()).isEmpty();
  }
}
