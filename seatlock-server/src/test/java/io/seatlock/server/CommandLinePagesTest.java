package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The documents tell of the server's command line as it is. */
class CommandLinePagesTest {

  private static final Path TOP = Path.of("..");
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{env:([A-Z_]+)(?::-(.*))?}");
  private static final Pattern COMMAND =
      Pattern.compile("java -jar \\S*seatlock-server\\.jar([^`\n#]*)");

  @Test
  void options_ofTheTable_areThoseOfTheCommandLine() throws IOException {
    List<String> page = Files.readAllLines(TOP.resolve(Path.of("docs", "operating.md")));
    List<String> rows = page.stream().filter(line -> line.startsWith("| `--")).toList();
    List<Option> options =
        new CommandLine(new Main())
            .getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(option -> ((AnnotatedElement) option.userObject()).getAnnotation(Option.class))
                .map(Objects::requireNonNull)
                .toList();

    assertThat(rows).hasSameSizeAs(options);
    for (Option option : options) {
      assertThat(rows).filteredOn(row -> row.matches(rowOf(option))).hasSize(1);
    }
  }

  private static String rowOf(Option option) {
    Matcher value = DEFAULT.matcher(option.defaultValue());
    assertThat(value.matches()).isTrue();
    String shown =
        value.group(2) == null ? "(none|any)" : Pattern.quote("`" + value.group(2) + "`");
    return Pattern.quote("| `" + option.names()[0] + "` | `" + value.group(1) + "` | ")
        + shown
        + " \\| .+ \\|";
  }

  /** The arguments of each command that a page shows. */
  static List<String> commands() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(TOP.resolve("README.md")));
    try (Stream<Path> files = Files.list(TOP.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<String> commands = new ArrayList<>();
    for (Path page : pages) {
      COMMAND
          .matcher(Files.readString(page).replaceAll("\\\\\n", ""))
          .results()
          .forEach(command -> commands.add(command.group(1).strip()));
    }
    return commands;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_ofAPage_isUnderstood(String arguments) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split("\\s+");

    assertThatCode(() -> new CommandLine(new Main()).parseArgs(words)).doesNotThrowAnyException();
  }
}
