package io.seatlock.server.client;

import io.seatlock.core.Command;
import io.seatlock.core.Result;
import io.seatlock.core.Show;
import io.seatlock.server.transport.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
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
   * @param answer answers the request; called once, in the show's order
   */
  public void apply(Command command, Consumer<Result> answer) {
    unanswered.incrementAndGet();
    show.apply(
        command,
        result -> {
          answer.accept(result);
          countAnswered(1);
        });
  }

  /**
   * Applies a command to the show that locks seats, as {@link #lock} allows.
   *
   * @param newLocks how many seats the client was given room for
   * @param answer answers the request; called once, in the show's order
   */
  public void apply(Command command, String holder, int newLocks, Consumer<Result> answer) {
    apply(
        command,
        result -> {
          if (newLocks > 0) {
            rights.lockTried(holder, newLocks);
          }
          answer.accept(result);
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
