package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A listener that is too slow, on an executor that runs when the test says so. */
class CallbacksTest {

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Recorder recorder = new Recorder();
  private final Callbacks callbacks = new Callbacks(recorder, tasks::add);

  @Test
  void run_manyEvents_isOneTaskAtATime() {
    for (int i = 0; i < 350; i++) {
      String seat = "A" + i;
      callbacks.add(listener -> listener.onLocked(seat));
      callbacks.run();
      assertThat(tasks).hasSize(1);
    }
    runTasks();

    assertThat(recorder.events).hasSize(350).startsWith("locked A0").endsWith("locked A349");
  }

  @Test
  void listener_tooFarBehind_missesEventsAndIsTold_butNoState() {
    for (int i = 0; i < Callbacks.LIMIT + 7; i++) {
      callbacks.add(listener -> listener.onPaid("A1"));
    }
    callbacks.addAlways(listener -> listener.onStateChanged(ConnectionState.LOST, "test"));
    callbacks.run();
    runTasks();
    callbacks.add(listener -> listener.onPaid("A2"));
    callbacks.run();
    runTasks();

    assertThat(recorder.states).containsExactly(ConnectionState.LOST);
    assertThat(recorder.events).hasSize(Callbacks.LIMIT + 2).endsWith("missed 7", "paid A2");
  }

  private void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }
}
