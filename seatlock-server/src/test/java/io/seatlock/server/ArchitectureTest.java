package io.seatlock.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who knows whom. */
@AnalyzeClasses(
    packages = {
      "io.seatlock.core",
      "io.seatlock.protocol",
      "io.seatlock.jdbc",
      "io.seatlock.server"
    },
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String SERVER = "io.seatlock.server..";

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

  /** Each room is named: a new one fails the test until it stands here with what it may use. */
  @ArchTest
  static final ArchRule each_room_uses_only_what_is_named_here =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.seatlock..")
          .layer("core")
          .definedBy("io.seatlock.core..")
          .layer("protocol")
          .definedBy("io.seatlock.protocol..")
          .layer("jdbc")
          .definedBy("io.seatlock.jdbc..")
          .layer("transport")
          .definedBy("io.seatlock.server.transport")
          .layer("access")
          .definedBy("io.seatlock.server.access")
          .layer("broadcast")
          .definedBy("io.seatlock.server.broadcast")
          .layer("client")
          .definedBy("io.seatlock.server.client")
          .layer("classic")
          .definedBy("io.seatlock.server.classic")
          .layer("v2")
          .definedBy("io.seatlock.server.v2")
          .layer("options")
          .definedBy("io.seatlock.server.options")
          .layer("tools")
          .definedBy("io.seatlock.server.tools")
          .layer("server")
          .definedBy("io.seatlock.server")
          .ensureAllClassesAreContainedInArchitectureIgnoring("io.seatlock.testkit..")
          .whereLayer("transport")
          .mayNotAccessAnyLayer()
          .whereLayer("access")
          .mayOnlyAccessLayers("core", "protocol")
          .whereLayer("broadcast")
          .mayOnlyAccessLayers("core", "transport")
          .whereLayer("client")
          .mayOnlyAccessLayers("core", "protocol", "transport", "access")
          .whereLayer("classic")
          .mayOnlyAccessLayers("core", "protocol", "transport", "access", "broadcast", "client")
          .whereLayer("v2")
          .mayOnlyAccessLayers("core", "protocol", "transport", "access", "broadcast", "client")
          .whereLayer("options")
          .mayOnlyAccessLayers("core", "jdbc", "transport", "access")
          .whereLayer("tools")
          .mayOnlyAccessLayers("core", "protocol", "jdbc", "options")
          .whereLayer("server")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule core_protocol_and_jdbc_do_not_know_the_server =
      noClasses()
          .that()
          .resideInAnyPackage("io.seatlock.core..", "io.seatlock.protocol..", "io.seatlock.jdbc..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SERVER);

  @ArchTest
  static final ArchRule the_librarys_server_is_not_used =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.java_websocket.server..", "org.java_websocket.client..");

  @ArchTest
  static final ArchRule the_command_line_is_known_to_main_options_and_tools_alone =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.seatlock\\.server\\.(Main(\\$.*)?|(options|tools)\\..*)")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");
}
