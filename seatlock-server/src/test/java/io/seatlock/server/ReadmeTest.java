package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The README's table of options has every option of the server, and no other. */
class ReadmeTest {

  private static final Pattern DEFAULT = Pattern.compile("\\$\\{env:([A-Z_]+)(?::-(.*))?}");

  @Test
  void options_areThoseOfTheCommandLine() throws IOException {
    List<String> readme = Files.readAllLines(Path.of("..", "README.md"));
    List<String> rows = readme.stream().filter(line -> line.startsWith("| `--")).toList();
    List<Option> options =
        new CommandLine(new Main())
            .getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(option -> ((Field) option.userObject()).getAnnotation(Option.class))
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
}
