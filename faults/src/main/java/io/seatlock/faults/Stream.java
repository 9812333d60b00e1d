package io.seatlock.faults;

/**
 * What is told over one connection, in its order: each change must be the one after the last,
 * except where the server starts anew with a state. Used by one thread at a time.
 */
public final class Stream {

  private static final long NOTHING = -1;

  private final Chronicle chronicle;
  private final String client;
  private long last;

  /**
   * Begins a connection.
   *
   * @param last the number of the last change that the client knows from before; negative if none
   */
  public Stream(Chronicle chronicle, String client, long last) {
    this.chronicle = chronicle;
    this.client = client;
    this.last = last < 0 ? NOTHING : last;
  }

  /** The number of the last change that the client knows; negative if it knows nothing. */
  public long last() {
    return last;
  }

  /** The server told a state: because it was asked for, or to start anew. */
  public void onView(View view, boolean answer, long at) {
    if (view.seq() < last) {
      chronicle.contradict(client + " was told a state of #" + view.seq() + " after #" + last);
    } else if (answer && view.seq() != last) {
      chronicle.contradict(client + " knew #" + last + " and was answered with #" + view.seq());
    }
    last = view.seq();
    chronicle.tell(view, at, client);
  }

  /** The server told a change, to everyone or as an answer. */
  public void onChange(Change change, boolean answer, long at) {
    if (change.seq() <= last) {
      if (!answer) {
        chronicle.contradict(client + " was told " + change + " after #" + last);
      }
      return;
    }
    if (last == NOTHING) {
      chronicle.contradict(client + " was told " + change + " before any state");
    } else if (change.seq() != last + 1) {
      chronicle.contradict(client + " was told " + change + " right after #" + last);
    }
    last = change.seq();
    chronicle.tell(change, at, client);
  }
}
