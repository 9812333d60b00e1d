package io.seatlock.server.client;

import io.seatlock.core.Command;
import io.seatlock.core.Event;
import io.seatlock.core.Result;
import io.seatlock.core.Show;
import io.seatlock.server.transport.Connection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.java_websocket.framing.CloseFrame;
import org.jspecify.annotations.Nullable;

/**
 * Applies the requests of one connection to its show: never more of them at once than a session
 * remembers, and never more locks than the client's quota allows. For the connection's event loop,
 * except where another thread is named.
 */
public final class Requests {

  private final Connection connection;
  private final ClientRights rights;
  private final Show show;
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile @Nullable Runnable postponed;

  /** Why a lock is refused before the show has seen it. */
  public enum LockRefusal {
    /** The client locks too fast; a later attempt may succeed. */
    TOO_FAST,
    /** The client would hold too many locks. */
    BEYOND_LIMIT
  }

  /** Creates it without any request. */
  public Requests(Connection connection, ClientRights rights) {
    this.connection = connection;
    this.rights = rights;
    this.show = rights.show();
  }

  /** Whether one more request may be taken. */
  public boolean hasRoom() {
    return postponed == null && unanswered.get() < Command.Once.REMEMBERED;
  }

  /**
   * Applies a command to the show.
   *
   * @param answer answers the request; called once, in the show's order, with the result and the
   *     command's own events. If it throws, the connection is closed, since its client would wait
   *     in vain
   */
  public void apply(Command command, BiConsumer<Result, List<Event>> answer) {
    unanswered.incrementAndGet();
    show.decide(
        command,
        decision -> {
          try {
            answer.accept(Objects.requireNonNull(decision.answer()), decision.events());
          } catch (Throwable e) {
            connection.closeSoon(CloseFrame.UNEXPECTED_CONDITION, "the answer cannot be sent");
            throw e;
          } finally {
            countAnswered(1);
          }
        });
  }

  /**
   * Applies a command to the show and ends the attempt that {@link #lock} granted, if any.
   *
   * @param newLocks how many seats were reserved in the client's quota; 0 if the command locks none
   * @param answer answers the request; called once, in the show's order, with the result and the
   *     command's own events
   */
  public void apply(
      Command command, String holder, int newLocks, BiConsumer<Result, List<Event>> answer) {
    apply(
        command,
        (result, events) -> {
          if (newLocks > 0) {
            rights.endLockAttempt(holder, newLocks);
          }
          answer.accept(result, events);
        });
  }

  /**
   * Reserves room for a lock in the client's quota. If there is none, the lock waits until the
   * requests before it are answered, since they may unlock seats; {@link #hasRoom} is false until
   * then.
   *
   * @param granted applies the lock; receives how many seats were reserved in the quota, which may
   *     be none
   * @param refused answers the refusal
   */
  public void lock(Command.Lock lock, IntConsumer granted, Consumer<LockRefusal> refused) {
    int newLocks = show.newLocks(lock);
    if (newLocks == 0) {
      granted.accept(0);
      return;
    }
    switch (rights.tryLock(lock.holder(), newLocks)) {
      case FREE -> granted.accept(newLocks);
      case TOO_FAST -> refused.accept(LockRefusal.TOO_FAST);
      case TOO_MANY -> {
        if (unanswered.get() == 0) {
          refused.accept(LockRefusal.BEYOND_LIMIT);
        } else {
          postpone(() -> lock(lock, granted, refused));
        }
      }
    }
  }

  /** Counts a request that will be answered together with an earlier one. */
  public void countRepeated() {
    unanswered.incrementAndGet();
  }

  /** Counts answered requests, and those that never will be. By any thread. */
  public void countAnswered(int answered) {
    int left = unanswered.addAndGet(-answered);
    if (left == 0 && postponed != null) {
      connection.doSoon(this::goOn);
    } else if (left + answered >= Command.Once.REMEMBERED) {
      connection.requestFlush();
    }
  }

  private void postpone(Runnable task) {
    postponed = task;
    if (unanswered.get() == 0) {
      connection.doSoon(this::goOn);
    }
  }

  private void goOn() {
    Runnable task = postponed;
    if (task != null && unanswered.get() == 0) {
      postponed = null;
      task.run();
      connection.requestFlush();
    }
  }
}
