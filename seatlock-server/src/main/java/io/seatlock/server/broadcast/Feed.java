package io.seatlock.server.broadcast;

import io.seatlock.core.Change;
import io.seatlock.core.Decision;
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
 * Sends one show's events to its clients in one dialect: encodes each event once into the show's
 * log and asks the event loops that have clients of the show to write. Safe for use by many
 * threads.
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

  private static final int TAKEN_OVER = 4001;

  private final Show show;
  private final Dialect dialect;
  private final FrameLog log;
  private final Show.Subscription subscription;
  private final Map<String, Subscriber> byHolder = new HashMap<>();
  private final Map<EventLoop, Audience> audiences = new HashMap<>();
  private final List<Wish> wishes = new ArrayList<>();
  private @Nullable Start start;

  Feed(Show show, Dialect dialect, long retainBytes) {
    this.show = show;
    this.dialect = dialect;
    this.log = new FrameLog(retainBytes);
    this.subscription = show.listenToDecisions(this::broadcast);
  }

  /** The state of the show and the position in the log at which it is true. */
  private record Start(Dialect.StartState state, FrameLog.Cursor cursor) {}

  /** A client that waits for the state of the show, and what to do with the state. */
  private record Wish(Subscriber subscriber, Consumer<Start> fulfilment) {}

  /** The show whose events are sent. */
  public Show show() {
    return show;
  }

  /**
   * Adds a client, which receives nothing before {@link Subscriber#startWithState} and is nobody's
   * before {@link Subscriber#becomeHolder}. Only on the connection's event loop.
   */
  Subscriber subscribe(Connection connection) {
    Outbox outbox = new Outbox(log);
    Subscriber subscriber;
    synchronized (this) {
      Audience audience =
          audiences.computeIfAbsent(connection.loop(), loop -> new Audience(this, log, loop));
      subscriber = new Subscriber(this, audience, connection, outbox);
    }
    connection.setOutgoing(outbox);
    subscriber.audience().addSubscriber(subscriber);
    return subscriber;
  }

  /** Removes a client. Only on its connection's event loop. */
  void unsubscribe(Subscriber subscriber) {
    subscriber.audience().removeSubscriber(subscriber);
    synchronized (this) {
      subscriber.left = true;
      byHolder.remove(subscriber.holder, subscriber);
      wishes.removeIf(wish -> wish.subscriber == subscriber);
      if (subscriber.audience().isEmpty()) {
        audiences.remove(subscriber.connection.loop());
      }
    }
  }

  /** Ends the subscription to the show. */
  void close() {
    subscription.close();
  }

  private void broadcast(Decision decision) {
    if (!decision.ended().isEmpty() || !decision.events().isEmpty()) {
      broadcastEvents(decision);
    }
  }

  private synchronized void broadcastEvents(Decision decision) {
    start = null;
    boolean answered = decision.answer() != null;
    decision.ended().forEach(event -> broadcast(event, false));
    decision.events().forEach(event -> broadcast(event, answered));
    audiences.values().forEach(Flushable::requestFlush);
  }

  private void broadcast(Event event, boolean answered) {
    Subscriber author = event.author() == null ? null : byHolder.get(event.author());
    if (event.change() == Change.TAKEN_OVER) {
      if (author != null) {
        author.takenOver = true;
        author.connection.closeSoon(TAKEN_OVER, "the session is on another connection");
      }
      return;
    }
    List<byte[]> toOthers = dialect.toOthers(event);
    if (author != null) {
      List<byte[]> toAuthor = dialect.toAuthor(event, toOthers, answered);
      if (toAuthor != toOthers) {
        author.outbox.addOwn(log.head(), Frames.textSize(toOthers), Frames.texts(toAuthor));
      }
    }
    if (!toOthers.isEmpty()) {
      log.append(event.seq(), toOthers);
    }
    if (author != null) {
      author.connection.requestFlush();
    }
  }

  /**
   * Sends messages to one client, and nothing if its session was taken over: its requests since
   * then were not done, but the session may have sent them again on its new connection.
   */
  synchronized void answer(Subscriber subscriber, List<byte[]> payloads) {
    if (subscriber.takenOver) {
      return;
    }
    subscriber.outbox.addOwn(log.head(), 0, Frames.texts(payloads));
    subscriber.connection.requestFlush();
  }

  synchronized void startWithState(Subscriber subscriber, List<byte[]> greeting) {
    wishes.add(
        new Wish(
            subscriber,
            at -> {
              List<ByteBuffer> frames = new ArrayList<>(at.state.frame(subscriber.holder, null));
              frames.add(0, Frames.texts(greeting));
              subscriber.outbox.start(frames, at.cursor.copy());
            }));
    subscriber.audience().requestFlush();
  }

  synchronized void answerWithState(Subscriber subscriber, String id) {
    subscriber.awaitsState = true;
    wishes.add(
        new Wish(
            subscriber,
            at -> {
              subscriber.outbox.addOwn(at.cursor.position(), at.state.frame(subscriber.holder, id));
              subscriber.awaitsState = false;
            }));
    subscriber.audience().requestFlush();
  }

  synchronized boolean startAfter(
      Subscriber subscriber, List<byte[]> greeting, long seq, long now) {
    FrameLog.Cursor cursor = seq == now ? log.cursorAtHead() : log.cursorAfter(seq, now);
    if (cursor == null) {
      return false;
    }
    subscriber.outbox.start(List.of(Frames.texts(greeting)), cursor);
    subscriber.connection.requestFlush();
    return true;
  }

  /** Sends the state of the show to all clients that wait for it. */
  void fulfilWishes() {
    synchronized (this) {
      if (wishes.isEmpty()) {
        return;
      }
      if (start != null) {
        fulfilAll(start);
        return;
      }
    }
    show.seatMap(this::fulfilFrom);
  }

  private synchronized void fulfilFrom(SeatMap map) {
    start = new Start(dialect.startState(map), log.cursorAtHead());
    fulfilAll(start);
  }

  private void fulfilAll(Start at) {
    for (Wish wish : wishes) {
      wish.fulfilment.accept(at);
      wish.subscriber.connection.requestFlush();
    }
    wishes.clear();
  }

  synchronized void becomeHolder(Subscriber subscriber, String holder) {
    if (!subscriber.left) {
      byHolder.remove(subscriber.holder, subscriber);
      subscriber.holder = holder;
      byHolder.put(holder, subscriber);
    }
  }
}
