package io.seatlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Command;
import io.seatlock.core.CommandLog;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryLogTest extends CommandLogContract {

  private MemoryLog memory = MemoryLog.create();

  @Override
  protected CommandLog newLog(int snapshotEvery) {
    memory = memory.reopened().withSnapshots(snapshotEvery);
    return memory;
  }

  @Override
  protected long committed(String show) {
    return memory.entries(show).size();
  }

  @Test
  void hold_commandsWaitUntilTheyAreReleased() throws Exception {
    Show show = open().show("hamlet");
    List<Result> results = Collections.synchronizedList(new ArrayList<>());
    memory.hold();
    show.apply(Command.pay("A1"), results::add);
    assertThat(memory.held()).isEqualTo(1);
    assertThat(results).isEmpty();
    memory.release();
    await("it is told", () -> results.size() == 1);
    assertThat(results.get(0)).isInstanceOf(Result.Granted.class);
  }

  @Test
  void lose_endsAsUnknown_andTheNextOneKnows() throws Exception {
    SeatLock seats = open();
    Show show = seats.show("hamlet");
    List<Result> results = Collections.synchronizedList(new ArrayList<>());
    memory.hold();
    show.apply(Command.pay("A1"), results::add);
    memory.lose(true);
    show.apply(Command.pay("A2"), results::add);
    memory.lose(false);
    await("both are told", () -> results.size() == 2);
    assertThat(results).allMatch(Result.Unknown.class::isInstance);
    seats.close();
    assertThat(open().show("hamlet").snapshot().seats(SeatStatus.PAID)).containsExactly("A1");
  }

  @Test
  void refuse_nothingIsAcceptedUntilItIsAgain() throws Exception {
    Show show = open().show("hamlet");
    memory.refuse("away");
    assertThat(show.apply(Command.pay("A1"))).isEqualTo(new Result.NotAccepted("away"));
    assertThat(memory.trouble()).contains("away");
    memory.accept();
    assertThat(show.apply(Command.pay("A1"))).isInstanceOf(Result.Granted.class);
  }

  @Test
  void fail_isToldOnceAndNothingIsAccepted() throws Exception {
    Show show = open().show("hamlet");
    memory.fail(new IOException("disk full"));
    assertThat(show.apply(Command.pay("A1"))).isInstanceOf(Result.NotAccepted.class);
    await("it is told", () -> log().failures().size() == 1);
    assertThat(memory.trouble()).contains("disk full");
  }
}
