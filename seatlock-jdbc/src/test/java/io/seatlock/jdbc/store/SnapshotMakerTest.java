package io.seatlock.jdbc.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.SeatLock;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.store.SnapshotMaker.Made;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SnapshotMakerTest {

  private final ShowLog show = new ShowLog(new LogStore.StoredShow(1, "hamlet"));

  private Made make(Snapshot state) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    try (SnapshotMaker maker = new SnapshotMaker(told::countDown)) {
      maker.begin(show, state, 7);
      assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
      Made made = maker.poll();
      assertThat(maker.poll()).isNull();
      return made;
    }
  }

  @Test
  void snapshot_isOfTheShowsLastCommand() throws Exception {
    show.beginAt(3, 1000);
    try (SeatLock memory = SeatLock.create()) {
      Made made = make(memory.show("hamlet").snapshot());
      assertThat(made.snapshot().index()).isEqualTo(3);
      assertThat(made.distance()).isEqualTo(7);
      assertThat(show.isInSnapshot()).isTrue();
    }
  }

  @Test
  void snapshotThatCannotBeMade_isToldAsNone() throws Exception {
    Made made = make(null);
    assertThat(made.show()).isSameAs(show);
    assertThat(made.snapshot()).isNull();
  }
}
