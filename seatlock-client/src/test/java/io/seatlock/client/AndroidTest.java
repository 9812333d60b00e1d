package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Android loads the client. The build compares each module with what API level 34 has, but for the
 * system logger of the core: the classes of the core with one are none that the client leads to.
 */
class AndroidTest {

  private static final JavaClasses SEATLOCK =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.seatlock.client", "io.seatlock.protocol", "io.seatlock.core");

  @Test
  void client_leadsToNoClassWithASystemLogger() {
    Set<JavaClass> loaded = loadedByTheClient();
    assertThat(loaded).extracting(JavaClass::getSimpleName).contains("Reason", "Message");
    assertThat(loaded).noneMatch(AndroidTest::hasSystemLogger);
    assertThat(SEATLOCK).as("classes with one").anyMatch(AndroidTest::hasSystemLogger);
  }

  /** The client's classes, those that these mention, and so on. */
  private static Set<JavaClass> loadedByTheClient() {
    Deque<JavaClass> next =
        SEATLOCK.stream()
            .filter(type -> type.getPackageName().equals("io.seatlock.client"))
            .collect(Collectors.toCollection(ArrayDeque::new));
    Set<JavaClass> loaded = new HashSet<>(next);
    while (!next.isEmpty()) {
      next.remove().getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(type -> SEATLOCK.contain(type.getName()) && loaded.add(type))
          .forEach(next::add);
    }
    return loaded;
  }

  private static boolean hasSystemLogger(JavaClass type) {
    return type.getDirectDependenciesFromSelf().stream()
        .anyMatch(
            dependency -> dependency.getTargetClass().getName().startsWith("java.lang.System$"));
  }
}
