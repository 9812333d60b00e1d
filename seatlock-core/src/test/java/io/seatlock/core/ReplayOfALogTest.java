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

  /** A command that throws before it changes something fails alone, so that must be known. */
  @Test
  void hasChanged_ofACommandThatSaysNo_isTrueToTheState() {
    int unchanged = 0;
    int changed = 0;
    for (long seed = 1; seed <= 50; seed++) {
      RandomShow random = new RandomShow(seed);
      SeatMachine machine = random.newMachine();
      long now = 1_000;
      for (int i = 0; i < 300; i++) {
        now = Math.max(now, random.timeAfter(now, machine.nextDeadline()));
        machine.apply(new Command.Tick(), now, event -> {});
        assertThat(machine.hasChanged()).isFalse();
        Snapshot before = machine.snapshot();
        Command command = random.command(now);
        machine.apply(command, now, event -> {});
        if (machine.hasChanged()) {
          changed++;
        } else {
          assertThat(machine.snapshot())
              .as("seed %s, command %s: %s", seed, i, command)
              .isEqualTo(before);
          unchanged++;
        }
      }
    }
    assertThat(unchanged).isGreaterThan(1_000);
    assertThat(changed).isGreaterThan(1_000);
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
