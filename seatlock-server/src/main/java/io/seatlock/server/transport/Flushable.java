package io.seatlock.server.transport;

import java.util.concurrent.atomic.AtomicBoolean;

/** Something with output to write, on one event loop. */
public abstract class Flushable {

  private final EventLoop loop;
  private final AtomicBoolean requested = new AtomicBoolean();

  /** Belongs to this event loop for good. */
  protected Flushable(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Has {@link #flush} called soon, on the event loop, once for all requests until then. Whatever
   * any thread did before is seen by that call.
   */
  public final void requestFlush() {
    if (requested.compareAndSet(false, true)) {
      loop.flushSoon(this);
    }
  }

  /** Writes what waits. Called on the event loop. */
  protected abstract void flush();

  /** The event loop that calls {@link #flush}. */
  public final EventLoop loop() {
    return loop;
  }

  final void flushAsRequested() {
    requested.set(false);
    flush();
  }
}
