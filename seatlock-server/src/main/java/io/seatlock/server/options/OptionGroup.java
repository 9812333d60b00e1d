package io.seatlock.server.options;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that belong together, mixed into the commands that have them. */
abstract class OptionGroup {

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /** What is thrown if the options contradict each other or cannot be used. */
  final ParameterException wrongUsage(String message) {
    return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
  }
}
