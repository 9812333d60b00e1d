package io.seatlock.client;

import io.seatlock.core.SeatStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that notes what it hears. */
class Recorder implements SeatListener {

  final List<String> changes = new CopyOnWriteArrayList<>();
  final List<SeatEvent> events = new CopyOnWriteArrayList<>();
  final List<ConnectionState> states = new CopyOnWriteArrayList<>();
  final List<String> reasons = new CopyOnWriteArrayList<>();

  @Override
  public void onSeatsChanged(List<String> seats, SeatStatus status) {
    changes.add(seats + " " + status);
  }

  @Override
  public void onDeleted(SeatEvent.Deleted event) {
    events.add(event);
  }

  @Override
  public void onExpiring(SeatEvent.Expiring event) {
    events.add(event);
  }

  @Override
  public void onRefreshed(SeatEvent.Refreshed event) {
    events.add(event);
  }

  @Override
  public void onMissed(SeatEvent.Missed event) {
    events.add(event);
  }

  @Override
  public void onStateChanged(ConnectionState state, String why) {
    states.add(state);
    reasons.add(why);
  }

  /** The events of this kind. */
  <T extends SeatEvent> List<T> events(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
