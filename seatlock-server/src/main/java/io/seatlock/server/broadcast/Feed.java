package io.seatlock.server.broadcast;

import io.seatlock.core.Change;
import io.seatlock.core.Event;
import io.seatlock.core.SeatMap;
import io.seatlock.core.Show;
import io.seatlock.server.transport.Connection;
import io.seatlock.server.transport.EventLoop;
import io.seatlock.server.transport.Flushable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
   * same round of an event loop share one state, with those who asked for it, and so do those who
   * come later as long as nothing has changed: a round makes one at most, however many ask.
   */

  private static final long MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;
  private static final int TAKEN_OVER = 4001;

  private final Show show;
  private final Dialect dialect;
  private final FrameLog log;
  private final Show.Subscription subscription;
  private final Map<String, Member> byHolder = new HashMap<>();
  private final Map<EventLoop, Audience> audiences = new HashMap<>();
  private final List<Wish> waiting = new ArrayList<>();
  private @Nullable Start start;

  /** The last one whose events are to be told with a result. */
  private @Nullable Member lastUntold;

  Feed(Show show, Dialect dialect, long retainBytes) {
    this.show = show;
    this.dialect = dialect;
    this.log = new FrameLog(retainBytes);
    this.subscription = show.listen(this::tell, this::noResult);
  }

  /** The state of the show and the place in the log that it is true for. */
  private record Start(Dialect.StartState state, FrameLog.Cursor cursor) {}

  /** A client that waits for the state of the show, and what is done with it. */
  private record Wish(Member member, Consumer<Start> fulfilment) {}

  /** The show that is told. */
  public Show show() {
    return show;
  }

  /**
   * Adds a client, which receives nothing before {@link Member#start} and is nobody's before {@link
   * Member#becomeHolders}. Only on the connection's event loop.
   */
  Member join(Connection connection) {
    Outbox outbox = new Outbox(log);
    Member member;
    synchronized (this) {
      Audience audience = audiences.computeIfAbsent(connection.loop(), Audience::new);
      member = new Member(connection, outbox, audience);
    }
    connection.setOutgoing(outbox);
    member.audience.add(member);
    return member;
  }

  /** Removes a client. Only on its connection's event loop. */
  void leave(Member member) {
    member.audience.remove(member);
    synchronized (this) {
      member.left = true;
      byHolder.remove(member.holder, member);
      waiting.removeIf(wish -> wish.member == member);
      if (lastUntold == member) {
        lastUntold = null;
      }
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
    List<byte[]> toOthers = dialect.toOthers(event);
    Member author = event.author() == null ? null : byHolder.get(event.author());
    if (event.change() == Change.TAKEN_OVER) {
      if (author != null) {
        author.takenOver = true;
        author.connection.closeSoon(TAKEN_OVER, "the session is on another connection");
      }
      return;
    }
    if (author != null) {
      List<byte[]> toAuthor = dialect.toAuthor(event, toOthers);
      if (toAuthor == null) {
        author.untold.add(event);
        lastUntold = author;
        toAuthor = List.of();
      }
      if (toAuthor != toOthers) {
        author.outbox.add(log.head(), Frames.textSize(toOthers), Frames.texts(toAuthor));
      }
    }
    if (!toOthers.isEmpty()) {
      log.append(event.seq(), toOthers);
    }
    if (author != null) {
      author.connection.requestFlush();
    }
    audiences.values().forEach(Flushable::requestFlush);
  }

  /** No answer here will tell the last event to its author, so it hears of it as everyone does. */
  private synchronized void noResult() {
    Member author = lastUntold;
    if (author != null) {
      author.untold.forEach(event -> answer(author, dialect.toOthers(event)));
      author.untold.clear();
      lastUntold = null;
    }
  }

  /**
   * Whoever lost its session is told nothing more: what it has asked since was not done, and that
   * is no answer, since the session may have asked the same again on its new connection.
   */
  private synchronized void answer(Member member, List<byte[]> payloads) {
    if (member.takenOver) {
      return;
    }
    member.outbox.add(log.head(), 0, Frames.texts(payloads));
    member.connection.requestFlush();
  }

  private synchronized void startWithState(Member member, List<byte[]> greeting) {
    waiting.add(
        new Wish(
            member,
            at -> {
              List<ByteBuffer> frames = new ArrayList<>(at.state.frame(member.holder, null));
              frames.add(0, Frames.texts(greeting));
              member.outbox.start(frames, at.cursor.copy());
            }));
    member.audience.requestFlush();
  }

  private synchronized void answerWithState(Member member, String id) {
    member.awaitsState = true;
    waiting.add(
        new Wish(
            member,
            at -> {
              member.outbox.add(at.cursor.position(), at.state.frame(member.holder, id));
              member.awaitsState = false;
            }));
    member.audience.requestFlush();
  }

  private synchronized boolean startAfter(
      Member member, List<byte[]> greeting, long seq, long now) {
    FrameLog.Cursor cursor = seq == now ? log.cursorAtHead() : log.cursorAfter(seq, now);
    if (cursor == null) {
      return false;
    }
    member.outbox.start(List.of(Frames.texts(greeting)), cursor);
    member.connection.requestFlush();
    return true;
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
    show.seatMap(this::startFrom);
  }

  private synchronized void startFrom(SeatMap map) {
    start = new Start(dialect.startState(map), log.cursorAtHead());
    startAll(start);
  }

  private void startAll(Start at) {
    for (Wish wish : waiting) {
      wish.fulfilment.accept(at);
      wish.member.connection.requestFlush();
    }
    waiting.clear();
  }

  /** A client of a feed. */
  public final class Member {
    private final Connection connection;
    private final Outbox outbox;
    private final Audience audience;
    private final List<Event> untold = new ArrayList<>();
    private String holder = "";
    private boolean left;
    private boolean takenOver;
    private volatile boolean awaitsState;
    private int index;

    private Member(Connection connection, Outbox outbox, Audience audience) {
      this.connection = connection;
      this.outbox = outbox;
      this.audience = audience;
    }

    /** The feed that it is a client of. */
    public Feed feed() {
      return Feed.this;
    }

    /**
     * Whether more is waiting to be written to the clients of this event loop than it can write in
     * a moment, so that it is better to do nothing new now. Only on the connection's event loop.
     */
    public boolean isBusy() {
      return (log.head() - audience.writtenUpTo) * audience.members.size() > MAX_UNWRITTEN_BYTES;
    }

    /**
     * Makes this client the one that a holder's events are told to as their author. In the show's
     * order, or before the holder's session is opened.
     *
     * @param holder the public holder id of the client's session
     */
    public void becomeHolders(String holder) {
      synchronized (Feed.this) {
        if (!left) {
          byHolder.remove(this.holder, this);
          this.holder = holder;
          byHolder.put(holder, this);
        }
      }
    }

    /** The connection to the client. */
    public Connection connection() {
      return connection;
    }

    /** Begins with these messages and the state of the show, then tells everything that happens. */
    public void start(List<byte[]> greeting) {
      startWithState(this, greeting);
    }

    /**
     * Begins with these messages and whatever happened since an event, then tells everything that
     * happens; with the state of the show if that is not known any more. Only in the show's order.
     *
     * @param seq the event's number
     * @param now the number of the last event
     */
    public void startAfter(List<byte[]> greeting, long seq, long now) {
      if (!Feed.this.startAfter(this, greeting, seq, now)) {
        start(greeting);
      }
    }

    /** Sends a message to this client alone, after everything that happened before. */
    public void answer(byte[] payload) {
      Feed.this.answer(this, List.of(payload));
    }

    /**
     * Sends the state of the show to this client alone, soon: {@link #awaitsState} until then.
     *
     * @param id of the request that it answers, as it stands in messages
     */
    public void answerWithState(String id) {
      Feed.this.answerWithState(this, id);
    }

    /** Whether it has not been told the state of the show yet that it has asked for. */
    public boolean awaitsState() {
      return awaitsState;
    }

    /** Sends the state of the show, then tells everything that happens. */
    public void startAnew() {
      start(List.of());
    }

    /**
     * The events of which this client's holder is the author and that no answer has told yet; they
     * count as told from now on. If another client is the holder's by now, that one is told them as
     * everyone is: it has not asked for them. Only in the show's order.
     */
    public List<Event> takeUntold() {
      synchronized (Feed.this) {
        Member holders = byHolder.getOrDefault(holder, this);
        List<Event> taken = List.copyOf(holders.untold);
        holders.untold.clear();
        if (holders != this) {
          taken.forEach(event -> Feed.this.answer(holders, dialect.toOthers(event)));
        }
        return taken;
      }
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
