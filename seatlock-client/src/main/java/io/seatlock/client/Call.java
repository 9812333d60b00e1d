package io.seatlock.client;

import io.seatlock.protocol.ClassicRequest.Action;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A call that was sent and whose place in the order of answers is still open. Not thread-safe. */
final class Call {

  final Action action;
  final String seat;

  /** The seat id whose refusal tells that this call was answered before; null if none is needed. */
  final @Nullable String fence;

  final CompletableFuture<Outcome> future = new CompletableFuture<>();

  /** Set once the call is sent. */
  @Nullable Future<?> timeout;

  /** The server has told the caller alone what became of the call. */
  boolean answered;

  /** A broadcast came that may be the answer. */
  boolean broadcastSeen;

  Call(Action action, String seat, @Nullable String fence) {
    this.action = action;
    this.seat = seat;
    this.fence = fence;
  }
}
