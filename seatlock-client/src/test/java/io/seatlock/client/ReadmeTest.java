package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows of the client is what the build compiles and runs. */
class ReadmeTest {

  private static final Path TOP = Path.of("..");

  @Test
  void kioskSample_isTheCompiledOne() throws IOException {
    String file = "seatlock-client/src/test/java/example/KioskExample.java";
    List<String> readme = Files.readAllLines(TOP.resolve("README.md"));
    List<String> example = Files.readAllLines(TOP.resolve(file));

    int mark = readme.indexOf("<!-- sample: " + file + " -->");
    assertThat(mark).isNotNegative();
    assertThat(readme.get(mark + 1)).isEqualTo("```java");
    List<String> rest = readme.subList(mark + 2, readme.size());
    String shown = String.join("\n", rest.subList(0, rest.indexOf("```")));

    List<String> compiled =
        example.subList(example.indexOf("    // begin") + 1, example.indexOf("    // end"));
    assertThat(shown).isEqualTo(String.join("\n", compiled).stripIndent());
  }
}
