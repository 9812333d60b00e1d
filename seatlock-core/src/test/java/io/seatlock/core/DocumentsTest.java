package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.testsupport.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The documents of all modules show the Java code that the build compiles and runs, and their links
 * lead somewhere.
 */
class DocumentsTest {

  private static final Path TOP = Path.of("..");
  private static final Pattern SAMPLE = Pattern.compile("<!-- sample: (\\S+) -->");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern PROGRAM = Pattern.compile("java -cp \\S+ (\\S+\\.java)");

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(filesOf(TOP, ".md"));
    pages.addAll(filesOf(TOP.resolve("docs"), ".md"));
    return pages;
  }

  private static List<Path> filesOf(Path directory, String end) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void javaBlock_ofAPage_isTheCompiledOne(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```java")) {
        String mark = lines.get(i - 1);
        Matcher sample = SAMPLE.matcher(mark);
        assertThat(sample.matches()).as("the line before line %d names a sample", i + 1).isTrue();
        assertThat(lines.indexOf(mark)).as("the only sample of this file").isEqualTo(i - 1);
        assertThat(Samples.shown(TOP.relativize(page).toString(), sample.group(1)))
            .isEqualTo(Samples.compiled(sample.group(1)));
      }
    }
  }

  @Test
  void everyExample_isShownOnAPage() throws IOException {
    Set<String> shown = new TreeSet<>();
    for (Path page : pages()) {
      SAMPLE.matcher(Files.readString(page)).results().forEach(mark -> shown.add(mark.group(1)));
    }

    assertThat(shown).isNotEmpty().containsExactlyElementsOf(examples());
  }

  private static Set<String> examples() throws IOException {
    Set<String> examples = new TreeSet<>();
    try (Stream<Path> modules = Files.list(TOP)) {
      for (Path module : modules.toList()) {
        Path directory = module.resolve(Path.of("src", "test", "java", "example"));
        if (Files.isDirectory(directory)) {
          for (Path file : filesOf(directory, ".java")) {
            examples.add(TOP.relativize(file).toString().replace('\\', '/'));
          }
        }
      }
    }
    return examples;
  }

  @Test
  void embeddingOutput_isWhatTheSamplePrints() throws IOException {
    assertThat(Samples.block("README.md", "<!-- output of: EmbeddingExample -->", "```"))
        .isEqualTo(EmbeddingExampleTest.OUTPUT.strip());
  }

  @Test
  void readme_isShort_andShowsHowToEmbedAndTheClient() throws IOException {
    Path readme = TOP.resolve("README.md");

    assertThat(Files.size(readme)).isLessThan(10_000);
    assertThat(Files.readString(readme))
        .contains("<!-- sample: seatlock-core/src/test/java/example/EmbeddingExample.java -->")
        .contains("<!-- sample: seatlock-client/src/test/java/example/KioskExample.java -->");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void programs_thatAPageRuns_areThere(Path page) throws IOException {
    Matcher command = PROGRAM.matcher(Files.readString(page));
    while (command.find()) {
      assertThat(TOP.resolve(command.group(1))).isRegularFile();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void links_ofAPage_leadSomewhere(Path page) throws IOException {
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      if (link.group(1).contains(":")) {
        continue;
      }
      Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
      assertThat(target).as(link.group()).exists();
      if (link.group(2) != null) {
        assertThat(anchors(target)).as(link.group()).contains(link.group(2));
      }
    }
  }

  /** The headings of a page as the links to them name them. */
  private static List<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(
            line ->
                line.replaceFirst("^#+ ", "")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9 -]", ""))
        .map(heading -> heading.replace(' ', '-'))
        .toList();
  }
}
