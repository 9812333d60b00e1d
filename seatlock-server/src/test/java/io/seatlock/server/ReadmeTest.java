package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Option;

/** The README's table of options has every option of the server, and no other. */
class ReadmeTest {

  private static final Pattern DEFAULT = Pattern.compile("\\$\\{env:([A-Z_]+)(?::-(.*))?}");

  @Test
  void options_areThoseOfTheCommandLine() throws IOException {
    List<String> readme = Files.readAllLines(Path.of("..", "README.md"));
    List<String> rows = readme.stream().filter(line -> line.startsWith("| `--")).toList();
    List<Option> options =
        Arrays.stream(Main.class.getDeclaredFields())
            .map(field -> field.getAnnotation(Option.class))
            .filter(Objects::nonNull)
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
