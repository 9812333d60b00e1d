package io.seatlock.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The list of modules that others import names every module that is published, and no other. */
class BomTest {
  private static final Path ROOT = Path.of(System.getProperty("seatlock.root"));
  private static final Element PARENT = pom(ROOT);

  /** As it is published. */
  private static final Element BOM = read(ROOT.resolve("seatlock-bom/target/flattened-pom.xml"));

  @Test
  void bom_listsThePublishedModules() {
    List<String> listed =
        children(BOM, "dependencyManagement", "dependencies", "dependency")
            .map(dependency -> text(dependency, "artifactId"))
            .toList();
    List<String> published =
        children(PARENT, "modules", "module")
            .map(module -> pom(ROOT.resolve(module.getTextContent())))
            .filter(pom -> children(pom, "packaging").findAny().isEmpty())
            .filter(pom -> children(pom, "properties", "maven.deploy.skip").findAny().isEmpty())
            .map(pom -> text(pom, "artifactId"))
            .toList();

    assertThat(listed).containsExactlyInAnyOrderElementsOf(published);
  }

  @Test
  void bom_hasTheVersionOfTheModules() {
    assertThat(text(BOM, "groupId")).isEqualTo(text(PARENT, "groupId"));
    assertThat(text(BOM, "version")).isEqualTo(text(PARENT, "version"));
    assertThat(children(BOM, "dependencyManagement", "dependencies", "dependency"))
        .extracting(dependency -> text(dependency, "version"))
        .containsOnly("${project.version}");
  }

  @Test
  void bom_givesNoVersionsOfOtherLibraries() {
    assertThat(children(BOM, "parent")).isEmpty();
    assertThat(children(BOM, "dependencies")).isEmpty();
    assertThat(children(BOM, "dependencyManagement", "dependencies", "dependency"))
        .extracting(dependency -> text(dependency, "groupId"))
        .containsOnly("io.seatlock");
  }

  private static Element pom(Path directory) {
    return read(directory.resolve("pom.xml"));
  }

  private static Element read(Path pom) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(pom.toFile())
          .getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError(pom.toString(), e);
    }
  }

  private static String text(Element element, String name) {
    return children(element, name).findFirst().orElseThrow().getTextContent();
  }

  /** The elements at the end of a path of names. */
  private static Stream<Element> children(Element element, String... path) {
    Stream<Element> found = Stream.of(element);
    for (String name : path) {
      found = found.flatMap(parent -> children(parent).filter(e -> e.getTagName().equals(name)));
    }
    return found;
  }

  private static Stream<Element> children(Element element) {
    NodeList nodes = element.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(node -> node.getNodeType() == Node.ELEMENT_NODE)
        .map(Element.class::cast);
  }
}
