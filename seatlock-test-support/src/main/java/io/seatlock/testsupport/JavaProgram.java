package io.seatlock.testsupport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a Java program is started as a process of its own, by the JDK that runs the tests. Immutable.
 *
 * @param before the program through which it is started, with its arguments
 * @param program what of {@code java} is run, with options of the JVM: a jar, or a class with its
 *     class path
 * @param environment the variables whose names begin with {@code SEATLOCK_}; others are inherited
 * @param directory the working directory, or null for that of the tests
 */
public record JavaProgram(
    List<String> before,
    List<String> program,
    List<String> arguments,
    Map<String, String> environment,
    @Nullable Path directory) {

  /** Starts in the directory of the tests, with nothing before it and no environment. */
  public JavaProgram(List<String> program, List<String> arguments) {
    this(List.of(), program, arguments, Map.of(), null);
  }

  /** Starts it. */
  public RunningProgram start() throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(program);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("SEATLOCK_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    return new RunningProgram(builder.start());
  }
}
