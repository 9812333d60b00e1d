package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands that measure, as the documents show them, are those that there are. */
class PerformancePageTest {

  private static final Path TOP = Path.of("..");
  private static final Pattern COMMAND =
      Pattern.compile("java -cp \\S*benchmarks\\.jar (io\\.seatlock\\.\\S+)([^`\n#]*)");
  private static final Map<String, Supplier<Harness>> HARNESSES =
      Map.of(
          LoadHarness.class.getName(), LoadHarness::new,
          DurabilityHarness.class.getName(), DurabilityHarness::new);

  static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Path page : List.of(Path.of("docs", "performance.md"), Path.of("CONTRIBUTING.md"))) {
      COMMAND
          .matcher(Files.readString(TOP.resolve(page)).replaceAll("\\\\\n", ""))
          .results()
          .map(MatchResult::group)
          .forEach(commands::add);
    }
    return commands;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_ofAPage_isUnderstood(String command) throws ReflectiveOperationException {
    List<String> words = List.of(command.split("\\s+"));
    String program = words.get(3);

    assertThat(Class.forName(program).getMethod("main", String[].class)).isNotNull();
    Supplier<Harness> harness = HARNESSES.get(program);
    if (harness != null) {
      String[] arguments = words.subList(4, words.size()).toArray(String[]::new);
      assertThatCode(() -> harness.get().commandLine().parseArgs(arguments))
          .doesNotThrowAnyException();
    }
  }
}
