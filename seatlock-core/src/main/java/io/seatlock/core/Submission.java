package io.seatlock.core;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through a {@link CommandLog}. It ends once: in {@link Replica#decide}, or in
 * one of the methods here. Safe for use by many threads.
 */
public final class Submission {

  private static final AtomicIntegerFieldUpdater<Submission> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(Submission.class, "ended");

  private final String show;
  private final Command command;
  private final boolean patient;
  private final @Nullable Consumer<? super Decision> inOrder;
  private final Consumer<? super Result> atOnce;

  /** 0 or 1. */
  private volatile int ended;

  /**
   * Makes a submission.
   *
   * @param inOrder receives the decision in the show's order; null if nobody does
   * @param atOnce receives the result of a submission that is not decided; and without {@code
   *     inOrder} of one that is
   */
  Submission(
      String show,
      Command command,
      boolean patient,
      @Nullable Consumer<? super Decision> inOrder,
      Consumer<? super Result> atOnce) {
    this.show = show;
    this.command = Objects.requireNonNull(command, "command");
    this.patient = patient;
    this.inOrder = inOrder;
    this.atOnce = atOnce;
  }

  /** The name of the show that it is for. */
  public String show() {
    return show;
  }

  /** What is to be appended. */
  public Command command() {
    return command;
  }

  /**
   * Whether it waits for as long as the log is away, since it reports what has happened already or
   * what must happen: the end of a connection, of a time limit. Others are better refused after a
   * moment, since somebody waits for the answer.
   */
  public boolean isPatient() {
    return patient;
  }

  /**
   * The command is not in the log and never will be. Does nothing if the submission has ended.
   *
   * @param why the reason, for people
   */
  public void notAccepted(String why) {
    end(new Result.NotAccepted(why));
  }

  /**
   * The command may be in the log or not, and this program will not learn which. Does nothing if
   * the submission has ended.
   *
   * @param why the reason, for people
   */
  public void unknown(String why) {
    end(new Result.Unknown(why));
  }

  /** Whether somebody may stand still until it is decided. */
  boolean isAwaited() {
    return inOrder == null && !patient;
  }

  /** It is in the log: nothing ends it any more but its decision. */
  void accept() {
    if (!endsNow()) {
      throw new IllegalStateException("decided after it has ended: " + command);
    }
  }

  /** Who receives the decision in the show's order; null if nobody does. */
  @Nullable Consumer<? super Decision> inOrder() {
    return inOrder;
  }

  /** It was accepted and is decided, or nobody will know how. */
  void decided(Result result) {
    if (inOrder == null) {
      atOnce.accept(result);
    }
  }

  /** Whether this call is the one that ends it. */
  private boolean endsNow() {
    return ended == 0 && ENDED.compareAndSet(this, 0, 1);
  }

  private void end(Result result) {
    if (endsNow()) {
      atOnce.accept(result);
    }
  }
}
