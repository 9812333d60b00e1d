package io.seatlock.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "io.seatlock.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule CORE_NEEDS_THE_JDK_ALONE =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "io.seatlock.core", "org.jspecify.annotations"));

  /** Whatever differs from run to run, from node to node, or from thread to thread. */
  private static final DescribedPredicate<JavaAccess<?>> TO_THE_OUTSIDE_WORLD =
      describe(
          "a clock, randomness, a thread, input or output",
          access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getName();
            return owner.equals("java.lang.System") && !name.equals("arraycopy")
                || owner.equals("java.lang.Thread")
                || owner.equals("java.lang.Runtime")
                || owner.equals("java.lang.Math") && name.equals("random")
                || name.equals("now")
                || name.equals("hashCode") && owner.equals("java.lang.Object")
                || name.equals("identityHashCode")
                || name.matches("parallel|parallelStream|wait|notify|notifyAll");
          });

  private static ArchRule machineUsesNothingThatVaries(JavaClasses core) {
    Set<JavaClass> machine = machine(core);
    return noClasses()
        .that(describe("are the state machine or used by it", machine::contains))
        .should()
        .accessTargetWhere(TO_THE_OUTSIDE_WORLD)
        .orShould()
        .dependOnClassesThat(
            describe(
                "are of threads, randomness, input or output",
                to ->
                    to.getPackageName().startsWith("java.util.concurrent")
                        || to.getPackageName().startsWith("java.io")
                        || to.getPackageName().startsWith("java.nio.file")
                        || to.getPackageName().startsWith("java.net")
                        || to.getPackageName().startsWith("java.util.random")
                        || to.getName()
                            .matches(
                                "java\\.util\\.(Random|SplittableRandom|UUID|Timer|TimerTask)"
                                    + "|java\\.lang\\.(Thread|ThreadLocal)"
                                    + "|java\\.security\\.SecureRandom"
                                    + "|java\\.time\\.(Clock|InstantSource)")));
  }

  @ArchTest
  static void theMachineAndAllThatItUses_useNothingThatVaries(JavaClasses core) {
    assertThat(machine(core))
        .extracting(JavaClass::getSimpleName)
        .contains("SeatMachine", "Holder", "Seat", "Deadlines", "DueTimes", "SeatRules")
        .contains("Command", "CommandCodec", "Snapshot", "Event", "Result")
        .doesNotContain("Show", "Timer");
    machineUsesNothingThatVaries(core).check(core);
  }

  @ArchTest
  static final ArchRule NOTHING_STATIC_CHANGES = fields().that().areStatic().should().beFinal();

  /** The machine and what it leads to among these classes, however far. */
  private static Set<JavaClass> machine(JavaClasses among) {
    Deque<JavaClass> toVisit = new ArrayDeque<>();
    among.stream().filter(type -> type.getSimpleName().equals("SeatMachine")).forEach(toVisit::add);
    Set<JavaClass> found = new LinkedHashSet<>();
    while (!toVisit.isEmpty()) {
      JavaClass next = toVisit.remove();
      if (found.add(next)) {
        next.getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .filter(type -> among.contain(type.getName()))
            .forEach(toVisit::add);
      }
    }
    return found;
  }

  /** Machines that break the rule, to show that it sees them. */
  private static final class WithClock {
    static final class SeatMachine {
      long time() {
        return System.nanoTime();
      }
    }
  }

  private static final class WithRandomness {
    static final class SeatMachine {
      int pick() {
        return new Random().nextInt();
      }
    }
  }

  private static final class WithHelperThatHasAClock {
    static final class Helper {
      long time() {
        return System.nanoTime();
      }
    }

    static final class SeatMachine {
      final Helper helper = new Helper();
    }
  }

  private static final class WithLock {
    static final class SeatMachine {
      final ReentrantLock lock = new ReentrantLock();
    }
  }

  @Test
  void theRule_findsMachinesThatUseWhatVaries() {
    for (Class<?> wrong :
        List.of(
            WithClock.SeatMachine.class,
            WithRandomness.SeatMachine.class,
            WithHelperThatHasAClock.SeatMachine.class,
            WithLock.SeatMachine.class)) {
      JavaClasses planted =
          new ClassFileImporter().importClasses(wrong, WithHelperThatHasAClock.Helper.class);
      assertThatThrownBy(() -> machineUsesNothingThatVaries(planted).check(planted))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void theModule_exportsItsOnePackageAndRequiresTheJdkAlone() throws Exception {
    Path classes =
        Path.of(SeatLock.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ModuleDescriptor module =
        ModuleFinder.of(classes).find("io.seatlock.core").orElseThrow().descriptor();
    assertThat(module.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("io.seatlock.core");
    assertThat(module.exports()).noneMatch(ModuleDescriptor.Exports::isQualified);
    assertThat(module.opens()).isEmpty();
    assertThat(module.isOpen()).isFalse();
    assertThat(module.requires())
        .filteredOn(
            needed -> !needed.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactly("java.base");
  }
}
