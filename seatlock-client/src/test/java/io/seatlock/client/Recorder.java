package io.seatlock.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that notes what it hears, one word and the seats for each event. */
class Recorder implements SeatListener {

  final List<String> events = new CopyOnWriteArrayList<>();
  final List<ConnectionState> states = new CopyOnWriteArrayList<>();
  final List<String> reasons = new CopyOnWriteArrayList<>();

  @Override
  public void onLocked(String seat) {
    events.add("locked " + seat);
  }

  @Override
  public void onLockedForYou(String seat) {
    events.add("lockedForYou " + seat);
  }

  @Override
  public void onUnlocked(String seat) {
    events.add("unlocked " + seat);
  }

  @Override
  public void onUnlockedForYou(String seat) {
    events.add("unlockedForYou " + seat);
  }

  @Override
  public void onDeleted(List<String> seats) {
    events.add("deleted " + seats);
  }

  @Override
  public void onReserved(String seat) {
    events.add("reserved " + seat);
  }

  @Override
  public void onUnreserved(String seat) {
    events.add("unreserved " + seat);
  }

  @Override
  public void onPaid(String seat) {
    events.add("paid " + seat);
  }

  @Override
  public void onUnpaid(String seat) {
    events.add("unpaid " + seat);
  }

  @Override
  public void onStateChanged(ConnectionState state, String why) {
    states.add(state);
    reasons.add(why);
  }

  @Override
  public void onEventsMissed(long count) {
    events.add("missed " + count);
  }
}
