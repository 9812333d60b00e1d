package io.seatlock.server.broadcast;

import io.seatlock.server.transport.Outgoing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one client has still to receive: the show's log from its cursor on, with the client's own
 * messages in their places. The show's feed adds messages, under its lock; the client's event loop
 * writes them.
 */
final class Outbox implements Outgoing {
  /*
   * An own message stands at a position of the log, and may stand there instead of some bytes of
   * the log: the words for everyone else. It is added before the log's head moves past its
   * position, so a writer that reads the head first cannot run past a message it has not seen; and
   * it is not written before the bytes that it stands for are there.
   *
   * A client without own messages is written to straight from the log's memory: one system call
   * for everything since the last. For one with own messages the pieces are collected in the event
   * loop's scratch memory, so that it is one call, too. What a socket does not take of that is
   * kept as a copy; what it does not take of the log is not kept at all: the cursor stays. A
   * cursor holds on to the chunks after it, so a lost one must be let go even if its socket takes
   * nothing; just the copy and the chunk it stands in are finished, since that ends with a whole
   * frame. The client's own messages are bounded and stay: they are written before the state that
   * it may receive next, which is not added before the socket has taken all of them.
   */

  private final FrameLog log;
  private final Deque<Own> own = new ArrayDeque<>(2);
  private int ownBytes;
  private FrameLog.@Nullable Cursor cursor;
  private @Nullable ByteBuffer rest;
  private boolean lost;
  private boolean startedBefore;

  Outbox(FrameLog log) {
    this.log = log;
  }

  private record Own(long at, int instead, ByteBuffer frame) {}

  /**
   * Begins with these frames and with the log from the cursor on; nothing is written before. Own
   * messages that stand for a part of the log before the cursor are let go: the client begins after
   * what they tell. Begins again after the client was lost, behind what was left of its own
   * messages.
   */
  synchronized void start(List<ByteBuffer> firstFrames, FrameLog.Cursor from) {
    List<Own> first = new ArrayList<>();
    for (ByteBuffer frame : firstFrames) {
      first.add(new Own(from.position(), 0, frame));
      ownBytes += frame.remaining();
    }
    if (startedBefore) {
      own.addAll(first);
    } else {
      own.removeIf(message -> isBefore(message, from));
      Collections.reverse(first);
      first.forEach(own::addFirst);
    }
    startedBefore = true;
    cursor = from;
  }

  private boolean isBefore(Own message, FrameLog.Cursor from) {
    boolean before = message.instead > 0 && message.at < from.position();
    if (before) {
      ownBytes -= message.frame.remaining();
    }
    return before;
  }

  /**
   * Adds a message of the client's own.
   *
   * @param at its position in the log, which the head has not passed yet
   * @param instead how many bytes of the log from there on the client does not receive
   */
  synchronized void addOwn(long at, int instead, ByteBuffer frame) {
    own.addLast(new Own(at, instead, frame));
    ownBytes += frame.remaining();
  }

  /** Adds one message of the client's own that is made of parts. */
  synchronized void addOwn(long at, List<ByteBuffer> parts) {
    parts.forEach(part -> addOwn(at, 0, part));
  }

  @Override
  public synchronized int ownBytes() {
    return ownBytes;
  }

  @Override
  public boolean checkLost() {
    FrameLog.Cursor from = startedCursor();
    if (from != null && from.isLost()) {
      rest = joined(rest, from.restOfChunk());
      letGo();
    }
    return lost;
  }

  @Override
  public State writeTo(WritableByteChannel channel, ByteBuffer scratch) throws IOException {
    long head = log.head();
    checkLost();
    while (true) {
      ByteBuffer kept = rest;
      if (kept != null) {
        channel.write(kept);
        if (kept.hasRemaining()) {
          return State.BLOCKED;
        }
        rest = null;
      }
      FrameLog.Cursor from = startedCursor();
      if (from == null) {
        rest = lost ? takeOwn() : null;
        if (rest != null) {
          continue;
        }
        State state = lost ? State.LOST : State.EMPTY;
        lost = false;
        return state;
      }
      if (nextOwn(head) == null) {
        return writeLog(channel, from, head);
      }
      collect(from, head, scratch.clear());
      if (scratch.flip().hasRemaining()) {
        channel.write(scratch);
        if (scratch.hasRemaining()) {
          rest = ByteBuffer.allocate(scratch.remaining()).put(scratch).flip();
        }
      }
    }
  }

  private static State writeLog(WritableByteChannel channel, FrameLog.Cursor from, long head)
      throws IOException {
    while (from.position() < head) {
      ByteBuffer bytes = from.towards(head);
      from.advance(channel.write(bytes));
      if (bytes.hasRemaining()) {
        return State.BLOCKED;
      }
    }
    return State.EMPTY;
  }

  /** Fills the memory with what comes next; an own message too large for it becomes the rest. */
  private void collect(FrameLog.Cursor from, long head, ByteBuffer into) {
    while (into.hasRemaining()) {
      Own next = nextOwn(head);
      long until = next == null ? head : next.at;
      if (from.position() < until) {
        ByteBuffer bytes = from.towards(until);
        bytes.limit(Math.min(bytes.limit(), bytes.position() + into.remaining()));
        from.advance(bytes.remaining());
        into.put(bytes);
      } else if (next == null) {
        return;
      } else if (next.frame.remaining() <= into.remaining()) {
        into.put(next.frame.duplicate());
        done(next, from);
      } else if (into.position() == 0) {
        rest = next.frame.duplicate();
        done(next, from);
        return;
      } else {
        return;
      }
    }
  }

  private static ByteBuffer joined(@Nullable ByteBuffer first, ByteBuffer second) {
    if (first == null) {
      return second;
    }
    return ByteBuffer.allocate(first.remaining() + second.remaining())
        .put(first)
        .put(second)
        .flip();
  }

  private synchronized FrameLog.@Nullable Cursor startedCursor() {
    return cursor;
  }

  private synchronized @Nullable Own nextOwn(long head) {
    Own next = own.peekFirst();
    // One that stands for bytes of the log waits until they are there to be skipped.
    return next == null || next.at + next.instead > head ? null : next;
  }

  private synchronized void letGo() {
    lost = true;
    cursor = null;
  }

  private synchronized @Nullable ByteBuffer takeOwn() {
    Own next = own.pollFirst();
    if (next == null) {
      return null;
    }
    ownBytes -= next.frame.remaining();
    return next.frame.duplicate();
  }

  private synchronized void done(Own message, FrameLog.Cursor from) {
    own.removeFirst();
    ownBytes -= message.frame.remaining();
    if (message.at == from.position()) {
      from.skip(message.instead);
    }
  }
}
