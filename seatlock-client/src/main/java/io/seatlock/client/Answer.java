package io.seatlock.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The future of a call. Those who wait for it are woken by the thread that knows the outcome; what
 * a program has chained to it may take its time, so it runs on another thread. Safe for many
 * threads.
 */
final class Answer extends CompletableFuture<Outcome> {
  /*
   * Two futures in one. Nothing is ever chained to `known`, so to complete it runs nobody's code:
   * to wait for this future and to ask it is to wait for that one. This one itself, to which the
   * program chains, follows by `runDependents`. Only `state`, which JDK 19 has added, asks this one: its
   * type is unknown to JDK 17. It may say RUNNING for a moment after isDone.
   */

  private final CompletableFuture<Outcome> known = new CompletableFuture<>();

  /**
   * Wakes those who wait. {@link #runDependents} is to be called after it, on a thread that may
   * block.
   */
  void settle(Outcome outcome) {
    known.complete(outcome);
  }

  /** As {@link #settle}, if there is no outcome. */
  void settleFailure(Throwable failure) {
    known.completeExceptionally(failure);
  }

  /** Runs what is chained. */
  void runDependents() {
    var unused =
        known.whenComplete(
            (outcome, failure) -> {
              if (failure == null) {
                super.complete(outcome);
              } else {
                super.completeExceptionally(failure);
              }
            });
  }

  // --- what the program waits for and asks

  @Override
  public Outcome join() {
    return known.join();
  }

  @Override
  public Outcome get() throws InterruptedException, ExecutionException {
    return known.get();
  }

  @Override
  public Outcome get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return known.get(timeout, unit);
  }

  @Override
  public Outcome getNow(Outcome absent) {
    return known.getNow(absent);
  }

  @Override
  public boolean isDone() {
    return known.isDone();
  }

  @Override
  public boolean isCancelled() {
    return known.isCancelled();
  }

  @Override
  public boolean isCompletedExceptionally() {
    return known.isCompletedExceptionally();
  }

  /**
   * As JDK 19 has it.
   *
   * @throws IllegalStateException if there is no outcome
   */
  public Outcome resultNow() {
    if (!isDone() || isCompletedExceptionally()) {
      throw new IllegalStateException("there is no outcome");
    }
    return known.join();
  }

  /**
   * As JDK 19 has it.
   *
   * @throws IllegalStateException if it has not failed, or was cancelled
   */
  public Throwable exceptionNow() {
    if (!isCompletedExceptionally() || isCancelled()) {
      throw new IllegalStateException("it has not failed");
    }
    return known.handle((outcome, failure) -> failure).join();
  }

  // --- what the program ends by itself, by a timeout for example

  @Override
  public boolean complete(Outcome outcome) {
    boolean first = known.complete(outcome);
    if (first) {
      runDependents();
    }
    return first;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    boolean first = known.completeExceptionally(failure);
    if (first) {
      runDependents();
    }
    return first;
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    boolean first = !known.isDone() && known.cancel(mayInterrupt);
    if (first) {
      runDependents();
    }
    return first || known.isCancelled();
  }

  @Override
  public CompletableFuture<Outcome> completeAsync(
      Supplier<? extends Outcome> supplier, Executor executor) {
    executor.execute(() -> complete(supplier.get()));
    return this;
  }
}
