package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows of the core is what the build compiles and runs. */
class ReadmeTest {

  private static final Path TOP = Path.of("..");

  @Test
  void embeddingSample_isTheCompiledOne() throws IOException {
    String file = "seatlock-core/src/test/java/example/EmbeddingExample.java";
    List<String> example = Files.readAllLines(TOP.resolve(file));
    List<String> compiled =
        example.subList(example.indexOf("    // begin") + 1, example.indexOf("    // end"));

    assertThat(block("<!-- sample: " + file + " -->", "```java"))
        .isEqualTo(String.join("\n", compiled).stripIndent());
  }

  @Test
  void embeddingOutput_isWhatTheSamplePrints() throws IOException {
    assertThat(block("<!-- output of: EmbeddingExample -->", "```"))
        .isEqualTo(EmbeddingExampleTest.OUTPUT.strip());
  }

  @Test
  void everyJavaBlock_isASampleThatSomeTestCompares() throws IOException {
    List<String> readme = readme();

    for (int i = 0; i < readme.size(); i++) {
      if (readme.get(i).startsWith("```java")) {
        assertThat(readme.get(i - 1)).startsWith("<!-- sample: ");
      }
    }
  }

  /** The fenced block right after this line. */
  private static String block(String line, String fence) throws IOException {
    List<String> readme = readme();
    int mark = readme.indexOf(line);
    assertThat(mark).isNotNegative();
    assertThat(readme.get(mark + 1)).isEqualTo(fence);
    List<String> rest = readme.subList(mark + 2, readme.size());
    return String.join("\n", rest.subList(0, rest.indexOf("```")));
  }

  private static List<String> readme() throws IOException {
    return Files.readAllLines(TOP.resolve("README.md"));
  }
}
