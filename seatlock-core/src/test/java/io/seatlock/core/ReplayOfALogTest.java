package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayOfALogTest {

  @Test
  void replay_ofWhatAShowWasGiven_comesToTheSameEventsAndState() {
    for (long seed = 1; seed <= 20; seed++) {
      RandomShow random = new RandomShow(seed);
      SeatMachine machine = random.newMachine();
      Replay replay = new Replay(machine.snapshot());
      List<Event> events = new ArrayList<>();
      List<Event> replayed = new ArrayList<>();
      long now = 1_000;
      for (int i = 0; i < 200; i++) {
        now = random.timeAfter(now, machine.nextDeadline());
        Command command = random.command(now);
        assertThat(replay.apply(command, now, replayed::add))
            .as("seed %s, command %s", seed, i)
            .isEqualTo(machine.apply(command, now, events::add));
      }
      assertThat(replayed).as("seed %s", seed).isEqualTo(events);
      assertThat(replay.snapshot().toBytes()).isEqualTo(machine.snapshot().toBytes());
    }
  }

  @Test
  void new_stateThatContradictsItself_throws() {
    Snapshot wrong =
        new Snapshot(
            ShowSettings.DEFAULT,
            false,
            1,
            1,
            List.of(new Snapshot.Seat("A1", SeatStatus.LOCKED, null, null)),
            List.of());
    assertThatThrownBy(() -> new Replay(wrong)).isInstanceOf(IllegalArgumentException.class);
  }
}
