package io.seatlock.server.broadcast;

import io.seatlock.core.SeatLock;
import io.seatlock.server.transport.Connection;
import java.util.HashMap;
import java.util.Map;

/** The feeds of all shows that have clients. Safe for use by many threads. */
public final class Feeds {

  private final SeatLock seatLock;
  private final Dialect dialect;
  private final long retainBytes;
  private final Map<String, Entry> entries = new HashMap<>();

  /**
   * With nothing yet.
   *
   * @param retainBytes how far a client may be behind in a show, in bytes of its encoded events
   */
  public Feeds(SeatLock seatLock, Dialect dialect, long retainBytes) {
    this.seatLock = seatLock;
    this.dialect = dialect;
    this.retainBytes = retainBytes;
  }

  /**
   * Adds a client to a show. Only on the connection's event loop.
   *
   * @param holder the public holder id of the client's session
   */
  public Feed.Member join(String show, Connection connection, String holder) {
    Entry entry;
    synchronized (entries) {
      entry =
          entries.computeIfAbsent(
              show, name -> new Entry(new Feed(seatLock.show(name), dialect, retainBytes)));
      entry.clients++;
    }
    return entry.feed.join(connection, holder);
  }

  /** Removes a client. Only on its connection's event loop. */
  public void leave(Feed.Member member) {
    Feed feed = member.feed();
    feed.leave(member);
    synchronized (entries) {
      Entry entry = entries.get(feed.show().name());
      if (entry != null && --entry.clients == 0) {
        entries.remove(feed.show().name());
        feed.close();
      }
    }
  }

  private static final class Entry {
    final Feed feed;
    int clients;

    Entry(Feed feed) {
      this.feed = feed;
    }
  }
}
