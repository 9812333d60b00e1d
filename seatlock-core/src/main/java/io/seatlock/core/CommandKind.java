package io.seatlock.core;

/**
 * The kinds of commands. Each {@link Command} has one, so that code that depends on the kind is a
 * {@code switch} without {@code default}, which does not compile when a kind is added.
 */
public enum CommandKind {
  /** {@link Command.OpenSession}. */
  OPEN_SESSION(0, "openSession", false),
  /** {@link Command.CloseSession}. */
  CLOSE_SESSION(1, "closeSession", false),
  /** {@link Command.Lock}. */
  LOCK(2, "lock", true),
  /** {@link Command.Unlock}. */
  UNLOCK(3, "unlock", true),
  /** {@link Command.UnlockAll}. */
  UNLOCK_ALL(4, "unlockAll", true),
  /** {@link Command.Extend}. */
  EXTEND(5, "extend", true),
  /** {@link Command.Sale}; what is done with the seats is its {@link Command.Sale.Action}. */
  SALE(6, "sale", true),
  /** {@link Command.Tick}. */
  TICK(7, "tick", false),
  /** {@link Command.ResumeSession}. */
  RESUME_SESSION(8, "resumeSession", false),
  /** {@link Command.DetachSession}. */
  DETACH_SESSION(9, "detachSession", false),
  /** {@link Command.Once}. */
  ONCE(10, "once", false),
  /** {@link Command.DetachNode}. */
  DETACH_NODE(11, "detachNode", false),
  /** {@link Command.ChangeSettings}. */
  CHANGE_SETTINGS(12, "changeSettings", false);

  /** The number that stands for this kind in the binary form; never reused. */
  final int tag;

  private final String word;
  private final boolean once;

  CommandKind(int tag, String word, boolean once) {
    this.tag = tag;
    this.word = word;
    this.once = once;
  }

  /** The word for this kind in texts for people. */
  public String word() {
    return word;
  }

  /** Whether such a command may be the action of a {@link Command.Once}. */
  public boolean mayBeAskedOnce() {
    return once;
  }
}
