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
 * The requests of one connection that are not answered yet. There are no more of them than a
 * session remembers, and locks stay within the client's quota. For the connection's event loop,
 * except where another thread is named.
 */
public final class Requests {

  private final Connection connection;
  private final ClientRights rights;
  private final Show show;
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile @Nullable Runnable postponed;

  /** Why a lock is not tried. */
  public enum LockRefusal {
    /** The client locks too fast; a while later it may try again. */
    TOO_FAST,
    /** The client would hold too much. */
    BEYOND_LIMIT
  }

  /** With none yet. */
  public Requests(Connection connection, ClientRights rights) {
    this.connection = connection;
    this.rights = rights;
    this.show = rights.show();
  }

  /** Whether one more may be taken. */
  public boolean hasRoom() {
    return postponed == null && unanswered.get() < Command.Once.REMEMBERED;
  }

  /**
   * Applies a command to the show.
   *
   * @param answer answers the request; called once, in the show's order, with the result and the
   *     command's own events. If it throws, the connection is closed, since its client would wait
   *     for ever
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
   * Applies a command to the show that locks seats, as {@link #lock} allows.
   *
   * @param newLocks how many seats the client was given room for
   * @param answer answers the request; called once, in the show's order, with the result and the
   *     command's own events
   */
  public void apply(
      Command command, String holder, int newLocks, BiConsumer<Result, List<Event>> answer) {
    apply(
        command,
        (result, events) -> {
          if (newLocks > 0) {
            rights.lockTried(holder, newLocks);
          }
          answer.accept(result, events);
        });
  }

  /**
   * Takes room for a lock out of the client's quota. If there is none, the lock waits until the
   * requests before it are answered, since they may unlock something; nothing more is heard of the
   * client until then.
   *
   * @param granted applies the lock; given how many seats there is room for, perhaps none
   * @param refused answers that the lock is not tried
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

  /** One more request that the answer to another one will answer, too. */
  public void countRepeated() {
    unanswered.incrementAndGet();
  }

  /** So many requests are answered, or never will be. By any thread. */
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
