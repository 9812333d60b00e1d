package io.seatlock.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who knows whom. */
@AnalyzeClasses(packages = "io.seatlock", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String SERVER = "io.seatlock.server..";
  private static final String TRANSPORT = "io.seatlock.server.transport..";
  private static final String BROADCAST = "io.seatlock.server.broadcast..";
  private static final String ACCESS = "io.seatlock.server.access..";
  private static final String CORE = "io.seatlock.core..";
  private static final String PROTOCOL = "io.seatlock.protocol..";

  private static final String THIS_MODULE =
      Main.class.getProtectionDomain().getCodeSource().getLocation().getPath();

  @ArchTest
  static final ArchRule no_cycles_among_the_packages =
      slices().matching("io.seatlock.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule only_the_public_types_of_other_modules =
      noClasses()
          .that()
          .resideInAPackage(SERVER)
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "are internal to core or protocol",
                  (JavaClass type) ->
                      (type.getPackageName().equals("io.seatlock.core")
                              || type.getPackageName().equals("io.seatlock.protocol"))
                          && !type.getModifiers().contains(JavaModifier.PUBLIC)));

  @ArchTest
  static final ArchRule this_module_has_its_own_packages_alone =
      classes()
          .that(
              DescribedPredicate.describe(
                  "are of this module",
                  (JavaClass type) ->
                      type.getSource()
                          .map(source -> source.getUri().toString().contains(THIS_MODULE))
                          .orElse(false)))
          .should()
          .resideInAPackage(SERVER);

  @ArchTest
  static final ArchRule core_and_protocol_do_not_know_the_server =
      noClasses()
          .that()
          .resideInAnyPackage(CORE, PROTOCOL)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SERVER);

  @ArchTest
  static final ArchRule transport_knows_nothing_of_seats =
      noClasses()
          .that()
          .resideInAPackage(TRANSPORT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.seatlock.server", BROADCAST, ACCESS, CORE, PROTOCOL);

  @ArchTest
  static final ArchRule broadcast_does_not_know_the_dialects =
      noClasses()
          .that()
          .resideInAPackage(BROADCAST)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.seatlock.server", ACCESS, PROTOCOL);

  @ArchTest
  static final ArchRule access_stands_alone =
      noClasses()
          .that()
          .resideInAPackage(ACCESS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.seatlock.server", BROADCAST, TRANSPORT, PROTOCOL);

  @ArchTest
  static final ArchRule the_librarys_server_is_not_used =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.java_websocket.server..", "org.java_websocket.client..");

  @ArchTest
  static final ArchRule the_command_line_is_known_to_main_and_tools_alone =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.seatlock\\.server\\.(Main(\\$.*)?|tools\\..*)")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");
}
