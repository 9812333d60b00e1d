package io.seatlock.jdbc;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.seatlock.core.Command;
import io.seatlock.core.CommandKind;
import io.seatlock.core.Submission;
import java.util.List;

/** Commands that a log cannot write, as a program that has grown too fast would have them. */
public final class BadCommands {

  private BadCommands() {}

  /** A command of no kind: there is no text for it. */
  public static Submission withoutText(String show) {
    Command.Lock command = mock(Command.Lock.class);
    when(command.kind()).thenThrow(new IllegalStateException("no such kind"));
    return submission(show, command);
  }

  /** A command with a text and without a binary form. */
  public static Submission withoutBinaryForm(String show) {
    Command.Lock command = mock(Command.Lock.class);
    when(command.kind()).thenReturn(CommandKind.LOCK);
    when(command.holder()).thenReturn("bad");
    when(command.seats())
        .thenReturn(List.of("A1"))
        .thenThrow(new IllegalStateException("no binary form"));
    return submission(show, command);
  }

  private static Submission submission(String show, Command command) {
    Submission submission = mock(Submission.class);
    when(submission.show()).thenReturn(show);
    when(submission.command()).thenReturn(command);
    return submission;
  }
}
