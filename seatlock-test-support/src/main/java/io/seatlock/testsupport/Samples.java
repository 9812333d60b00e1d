package io.seatlock.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads samples from the documents and from the code they are taken from, so that a test can
 * compare the two. Paths start at the top directory of the project.
 */
public final class Samples {
  /** Tests run in the directory of their module. */
  private static final Path TOP = Path.of("..");

  private Samples() {}

  /** The lines of a document. */
  public static List<String> lines(String document) throws IOException {
    return Files.readAllLines(TOP.resolve(document));
  }

  /** The code between {@code // begin} and {@code // end} in a Java file, without indentation. */
  public static String compiled(String file) throws IOException {
    List<String> lines = lines(file);
    List<String> sample =
        lines.subList(lines.indexOf("    // begin") + 1, lines.indexOf("    // end"));
    return String.join("\n", sample).stripIndent();
  }

  /** The Java code that a document shows as taken from this file. */
  public static String shown(String document, String file) throws IOException {
    return block(document, "<!-- sample: " + file + " -->", "```java");
  }

  /**
   * The content of the fenced block of a document right after a line.
   *
   * @throws AssertionError if there is no such line, or something else follows it
   */
  public static String block(String document, String mark, String fence) throws IOException {
    List<String> lines = lines(document);
    int at = lines.indexOf(mark);
    if (at < 0 || !lines.get(at + 1).equals(fence)) {
      throw new AssertionError(document + " has no " + fence + " after " + mark);
    }
    List<String> rest = lines.subList(at + 2, lines.size());
    return String.join("\n", rest.subList(0, rest.indexOf("```")));
  }
}
