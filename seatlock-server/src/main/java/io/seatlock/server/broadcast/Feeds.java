package io.seatlock.server.broadcast;

import io.seatlock.core.Show;
import io.seatlock.server.transport.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The feeds in one dialect of all shows that have clients, or had some a moment ago. Safe for use
 * by many threads.
 */
public final class Feeds {

  private final Dialect dialect;
  private final long retainBytes;
  private final long keepNanos;
  private final Map<Show, Entry> entries = new HashMap<>();

  /**
   * Creates it without any feed.
   *
   * @param retainBytes how far a client may be behind in a show, in bytes of its encoded events
   * @param keep how long a show's feed goes on without clients, for clients that come back
   */
  public Feeds(Dialect dialect, long retainBytes, Duration keep) {
    this.dialect = dialect;
    this.retainBytes = retainBytes;
    this.keepNanos = keep.toNanos();
  }

  /** Adds a client to a show. Only on the connection's event loop. */
  public Subscriber subscribe(Show show, Connection connection) {
    Entry entry;
    synchronized (entries) {
      entry = entries.computeIfAbsent(show, s -> new Entry(new Feed(s, dialect, retainBytes)));
      entry.clients++;
    }
    return entry.feed.subscribe(connection);
  }

  /** Removes a client. Only on its connection's event loop. */
  public void unsubscribe(Subscriber subscriber) {
    Feed feed = subscriber.feed();
    feed.unsubscribe(subscriber);
    synchronized (entries) {
      Entry entry = entries.get(feed.show());
      if (entry != null && --entry.clients == 0) {
        entry.emptySince = System.nanoTime();
        if (keepNanos == 0) {
          entries.remove(feed.show());
          feed.close();
        }
      }
    }
  }

  /** Ends the feeds that have had no clients for long enough. Called now and then. */
  public void sweep() {
    long now = System.nanoTime();
    synchronized (entries) {
      for (Iterator<Entry> i = entries.values().iterator(); i.hasNext(); ) {
        Entry entry = i.next();
        if (entry.clients == 0 && now - entry.emptySince > keepNanos) {
          i.remove();
          entry.feed.close();
        }
      }
    }
  }

  private static final class Entry {
    final Feed feed;
    int clients;
    long emptySince;

    Entry(Feed feed) {
      this.feed = feed;
    }
  }
}
