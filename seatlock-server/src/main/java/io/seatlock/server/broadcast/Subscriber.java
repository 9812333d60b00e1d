package io.seatlock.server.broadcast;

import io.seatlock.server.transport.Connection;
import java.util.List;

/** A client of a {@link Feed}. Safe for use by many threads, except where a thread is named. */
public final class Subscriber {

  private final Feed feed;
  private final Audience audience;
  final Connection connection;
  final Outbox outbox;

  // --- guarded by the feed's lock

  String holder = "";
  boolean left;
  boolean takenOver;

  /** Written under the feed's lock. */
  volatile boolean awaitsState;

  /** Its place in the audience; used by the audience alone. */
  int index;

  Subscriber(Feed feed, Audience audience, Connection connection, Outbox outbox) {
    this.feed = feed;
    this.audience = audience;
    this.connection = connection;
    this.outbox = outbox;
  }

  Feed feed() {
    return feed;
  }

  Audience audience() {
    return audience;
  }

  /**
   * Whether so much is waiting to be written to the clients of this event loop that new requests
   * are better refused for a moment. Only on the connection's event loop.
   */
  public boolean isBusy() {
    return audience.isBusy();
  }

  /**
   * Makes this client the one that receives a holder's events as their author. In the show's order,
   * or before the holder's session is opened.
   *
   * @param holder the public holder id of the client's session
   */
  public void becomeHolder(String holder) {
    feed.becomeHolder(this, holder);
  }

  /** Sends these messages, the state of the show, and then every event. */
  public void startWithState(List<byte[]> greeting) {
    feed.startWithState(this, greeting);
  }

  /**
   * Sends these messages and then every event after the given one; sends the state of the show in
   * between if some of those events are no longer kept. Only in the show's order.
   *
   * @param seq the event's number
   * @param now the number of the last event
   */
  public void startAfter(List<byte[]> greeting, long seq, long now) {
    if (!feed.startAfter(this, greeting, seq, now)) {
      startWithState(greeting);
    }
  }

  /** Sends the state of the show, and then every event. */
  public void startAnew() {
    startWithState(List.of());
  }

  /** Sends a message to this client alone, after everything that happened before. */
  public void answer(byte[] payload) {
    feed.answer(this, List.of(payload));
  }

  /**
   * Sends the state of the show to this client alone, soon: {@link #awaitsState} until then.
   *
   * @param id the id of the answered request, as written in messages
   */
  public void answerWithState(String id) {
    feed.answerWithState(this, id);
  }

  /** Whether the client waits for the state of the show that it has asked for. */
  public boolean awaitsState() {
    return awaitsState;
  }
}
