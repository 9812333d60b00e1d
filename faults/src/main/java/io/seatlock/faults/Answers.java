package io.seatlock.faults;

import io.seatlock.protocol.RequestId;
import io.seatlock.protocol.v2.Message;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one connection is answered: each time that something is asked there is one answer, and no
 * other. Safe for use by many threads; one thing is asked after the other.
 */
final class Answers {

  private final Chronicle chronicle;
  private final String client;
  private @Nullable String asked;
  private CompletableFuture<@Nullable Answer> pending = CompletableFuture.completedFuture(null);
  private boolean ended;

  /** No answer yet to a connection of this client. */
  Answers(Chronicle chronicle, String client) {
    this.chronicle = chronicle;
    this.client = client;
  }

  /**
   * An answer of the server.
   *
   * @param at when it came, in nanoseconds
   */
  record Answer(Message message, long at) {}

  /** Something is asked under this id; null will be its answer if the connection ends before. */
  synchronized CompletableFuture<@Nullable Answer> ask(String id) {
    asked = id;
    pending = new CompletableFuture<>();
    if (ended) {
      pending.complete(null);
    }
    return pending;
  }

  /** A message came that carries an id. */
  synchronized void onAnswer(RequestId id, Message message, long at) {
    if (!id.json().equals(asked) || !pending.complete(new Answer(message, at))) {
      contradict(message);
    }
  }

  private void contradict(Message message) {
    if (!ended) {
      chronicle.contradict(client + " was answered without having asked, or again: " + message);
    }
  }

  /** The connection has ended: what comes now is not looked at any more. */
  synchronized void end() {
    ended = true;
    pending.complete(null);
  }
}
