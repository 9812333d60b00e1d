package io.seatlock.server.client;

import io.seatlock.core.Command;
import io.seatlock.server.transport.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are not answered yet: no more of them than a session
 * remembers, and one can be put off until those before it are answered. For the connection's event
 * loop, except where another thread is named.
 */
public final class PendingRequests {

  private final Connection connection;
  private final AtomicInteger count = new AtomicInteger();
  private volatile @Nullable Runnable putOff;

  public PendingRequests(Connection connection) {
    this.connection = connection;
  }

  /** Whether there may be another one. */
  public boolean hasRoom() {
    return putOff == null && count.get() < Command.Once.REMEMBERED;
  }

  public boolean isEmpty() {
    return count.get() == 0;
  }

  /** One more is on its way. */
  public void countSent() {
    count.incrementAndGet();
  }

  /** So many have been answered, or never will be. By any thread. */
  public void countAnswered(int answered) {
    int left = count.addAndGet(-answered);
    if (left == 0 && putOff != null) {
      connection.doSoon(this::goOn);
    } else if (left + answered >= Command.Once.REMEMBERED) {
      connection.requestFlush();
    }
  }

  /** Has something done once there are none, and nothing new heard before. */
  public void whenEmpty(Runnable task) {
    putOff = task;
    if (isEmpty()) {
      connection.doSoon(this::goOn);
    }
  }

  private void goOn() {
    Runnable task = putOff;
    if (task != null && isEmpty()) {
      putOff = null;
      task.run();
      connection.requestFlush();
    }
  }
}
