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

  private final Show show;
  private final Command command;
  private final boolean patient;
  private final boolean inOrder;
  private final Consumer<? super Result> callback;

  /** 0 or 1. */
  private volatile int ended;

  /**
   * Makes a submission.
   *
   * @param inOrder whether the result is told in the show's order, or as soon as it is known
   */
  Submission(
      Show show,
      Command command,
      boolean patient,
      boolean inOrder,
      Consumer<? super Result> callback) {
    this.show = show;
    this.command = Objects.requireNonNull(command, "command");
    this.patient = patient;
    this.inOrder = inOrder;
    this.callback = callback;
  }

  /** The name of the show that it is for. */
  public String show() {
    return show.name();
  }

  /** What is to be appended. */
  public Command command() {
    return command;
  }

  /**
   * Whether it waits for as long as the log is away, since it tells what has happened already or
   * what must happen: the end of a connection, of a time limit. Others are better refused after a
   * moment, since somebody waits for the answer.
   */
  public boolean isPatient() {
    return patient;
  }

  /**
   * The command is not in the log and never will be. Does nothing if the submission has ended.
   *
   * @param why for whoever asked
   */
  public void notAccepted(String why) {
    end(new Result.NotAccepted(why));
  }

  /**
   * The command may be in the log or not, and this program will not learn which. Does nothing if
   * the submission has ended.
   *
   * @param why for whoever asked
   */
  public void unknown(String why) {
    end(new Result.Unknown(why));
  }

  /** Whether somebody may stand still until it is decided. */
  boolean isAwaited() {
    return !inOrder && !patient;
  }

  /** The show's, to decide it. */
  Show owner() {
    return show;
  }

  /** It is in the log: nothing ends it any more but its decision. */
  void accept() {
    if (!endsNow()) {
      throw new IllegalStateException("decided after it has ended: " + command);
    }
  }

  /**
   * It was accepted and is decided; returns what is to be told in the show's order, if anything.
   */
  @Nullable Runnable decided(Result result) {
    if (inOrder) {
      return () -> callback.accept(result);
    }
    callback.accept(result);
    return null;
  }

  /** Whether this call is the one that ends it. */
  private boolean endsNow() {
    return ended == 0 && ENDED.compareAndSet(this, 0, 1);
  }

  private void end(Result result) {
    if (endsNow()) {
      if (inOrder) {
        show.tell(() -> callback.accept(result));
      } else {
        callback.accept(result);
      }
    }
  }
}
