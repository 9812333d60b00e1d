package io.seatlock.server.broadcast;

import io.seatlock.server.transport.EventLoop;
import io.seatlock.server.transport.Flushable;
import java.util.ArrayList;
import java.util.List;

/** The clients of a feed on one event loop; known to that loop alone. */
final class Audience extends Flushable {

  private static final long MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

  private final Feed feed;
  private final FrameLog log;
  private final List<Subscriber> subscribers = new ArrayList<>();
  private long writtenUpTo;

  Audience(Feed feed, FrameLog log, EventLoop loop) {
    super(loop);
    this.feed = feed;
    this.log = log;
    this.writtenUpTo = log.head();
  }

  void addSubscriber(Subscriber subscriber) {
    subscriber.index = subscribers.size();
    subscribers.add(subscriber);
  }

  void removeSubscriber(Subscriber subscriber) {
    Subscriber last = subscribers.remove(subscribers.size() - 1);
    if (last != subscriber) {
      subscribers.set(subscriber.index, last);
      last.index = subscriber.index;
    }
  }

  boolean isEmpty() {
    return subscribers.isEmpty();
  }

  /** Whether more is waiting to be written than the event loop can write in a moment. */
  boolean isBusy() {
    return (log.head() - writtenUpTo) * subscribers.size() > MAX_UNWRITTEN_BYTES;
  }

  @Override
  protected void flush() {
    feed.fulfilWishes();
    writtenUpTo = log.head();
    // From the end, so that a subscriber that leaves is replaced by one that had its turn.
    for (int i = subscribers.size() - 1; i >= 0; i--) {
      subscribers.get(i).connection.flushNow();
    }
  }
}
