package io.seatlock.server.broadcast;

import io.seatlock.core.Event;
import io.seatlock.core.Show;
import io.seatlock.core.Snapshot;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.EventLoop;
import io.seatlock.server.transport.Flushable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells one show to its clients in one dialect: each event is encoded once into the show's log, and
 * the event loops that have clients of the show are asked to write. Safe for use by many threads.
 */
public final class Feed {
  /*
   * Events come in the show's order, one at a time. The lock makes one step of "where is the log's
   * head" and "put this message there", for messages that do not come with an event, too.
   *
   * A new client gets the state of the show and the log from that point on. All who came in the
   * same round of an event loop share one state, and so do those who come later as long as nothing
   * has changed.
   */

  private static final long MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

  private final Show show;
  private final Dialect dialect;
  private final FrameLog log;
  private final Show.Subscription subscription;
  private final Map<String, Member> byHolder = new HashMap<>();
  private final Map<EventLoop, Audience> audiences = new HashMap<>();
  private final List<Member> waiting = new ArrayList<>();
  private @Nullable Start start;

  Feed(Show show, Dialect dialect, long retainBytes) {
    this.show = show;
    this.dialect = dialect;
    this.log = new FrameLog(retainBytes);
    this.subscription = show.listen(this::tell);
  }

  /** A first message and the place in the log that it is true for. */
  private record Start(ByteBuffer frame, FrameLog.Cursor cursor) {}

  /** The show that is told. */
  public Show show() {
    return show;
  }

  /**
   * Adds a client: it receives the state of the show, then everything that happens. Only on the
   * connection's event loop.
   *
   * @param holder the public holder id of the client's session
   */
  public Member join(Connection connection, String holder) {
    Outbox outbox = new Outbox(log);
    Member member;
    synchronized (this) {
      Audience audience = audiences.computeIfAbsent(connection.loop(), Audience::new);
      member = new Member(connection, holder, outbox, audience);
      byHolder.put(holder, member);
      waiting.add(member);
    }
    connection.setOutgoing(outbox);
    member.audience.add(member);
    member.audience.requestFlush();
    return member;
  }

  /** Removes a client. Only on its connection's event loop. */
  void leave(Member member) {
    member.audience.remove(member);
    synchronized (this) {
      byHolder.remove(member.holder);
      waiting.remove(member);
      if (member.audience.members.isEmpty()) {
        audiences.remove(member.connection.loop());
      }
    }
  }

  /** Ends the subscription to the show. */
  void close() {
    subscription.close();
  }

  private synchronized void tell(Event event) {
    start = null;
    if (audiences.isEmpty()) {
      return;
    }
    List<byte[]> toOthers = dialect.toOthers(event);
    Member author = event.author() == null ? null : byHolder.get(event.author());
    if (author != null) {
      List<byte[]> toAuthor = dialect.toAuthor(event, toOthers);
      if (toAuthor != toOthers) {
        author.outbox.add(log.head(), Frames.textSize(toOthers), Frames.texts(toAuthor));
      }
    }
    log.append(toOthers);
    if (author != null) {
      author.connection.requestFlush();
    }
    audiences.values().forEach(Flushable::requestFlush);
  }

  private synchronized void answer(Member member, byte[] payload) {
    member.outbox.add(log.head(), 0, Frames.texts(List.of(payload)));
    member.connection.requestFlush();
  }

  private void startWaiting() {
    synchronized (this) {
      if (waiting.isEmpty()) {
        return;
      }
      if (start != null) {
        startAll(start);
        return;
      }
    }
    show.snapshot(this::startFrom);
  }

  private synchronized void startFrom(Snapshot snapshot) {
    ByteBuffer frame = Frames.texts(List.of(dialect.startState(snapshot)));
    start = new Start(frame, log.cursorAtHead());
    startAll(start);
  }

  private void startAll(Start at) {
    for (Member member : waiting) {
      member.outbox.start(at.frame, at.cursor.copy());
      member.connection.requestFlush();
    }
    waiting.clear();
  }

  /** A client of a feed. */
  public final class Member {
    private final Connection connection;
    private final String holder;
    private final Outbox outbox;
    private final Audience audience;
    private int index;

    private Member(Connection connection, String holder, Outbox outbox, Audience audience) {
      this.connection = connection;
      this.holder = holder;
      this.outbox = outbox;
      this.audience = audience;
    }

    /** The feed that it is a client of. */
    public Feed feed() {
      return Feed.this;
    }

    /** The public holder id of the client's session. */
    public String holder() {
      return holder;
    }

    /**
     * Whether more is waiting to be written to the clients of this event loop than it can write in
     * a moment, so that it is better to do nothing new now. Only on the connection's event loop.
     */
    public boolean isBusy() {
      return (log.head() - audience.writtenUpTo) * audience.members.size() > MAX_UNWRITTEN_BYTES;
    }

    /** Sends a message to this client alone, after everything that happened before. */
    public void answer(byte[] payload) {
      Feed.this.answer(this, payload);
    }
  }

  /** The clients of a feed on one event loop; known to that loop alone. */
  private final class Audience extends Flushable {

    private final List<Member> members = new ArrayList<>();
    private long writtenUpTo = log.head();

    Audience(EventLoop loop) {
      super(loop);
    }

    void add(Member member) {
      member.index = members.size();
      members.add(member);
    }

    void remove(Member member) {
      Member last = members.remove(members.size() - 1);
      if (last != member) {
        members.set(member.index, last);
        last.index = member.index;
      }
    }

    @Override
    protected void flush() {
      startWaiting();
      writtenUpTo = log.head();
      // From the end, so that a member that leaves is replaced by one that had its turn.
      for (int i = members.size() - 1; i >= 0; i--) {
        members.get(i).connection.flushNow();
      }
    }
  }
}
