package io.seatlock.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which room knows which. */
@AnalyzeClasses(packages = "io.seatlock.jdbc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String QUEUE = "io.seatlock.jdbc.queue..";
  private static final String STORE = "io.seatlock.jdbc.store..";
  private static final String SQLITE = "io.seatlock.jdbc.sqlite..";
  private static final String POSTGRES = "io.seatlock.jdbc.postgres..";

  @ArchTest
  static final ArchRule THE_QUEUE_NEEDS_NO_DATABASE =
      noClasses()
          .that()
          .resideInAPackage(QUEUE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              STORE, SQLITE, POSTGRES, "java.sql..", "org.sqlite..", "org.postgresql..");

  @ArchTest
  static final ArchRule THE_TABLES_ARE_THE_SAME_FOR_EACH_DATABASE =
      noClasses()
          .that()
          .resideInAPackage(STORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SQLITE, POSTGRES, "org.sqlite..", "org.postgresql..");

  @ArchTest
  static final ArchRule SQLITE_DOES_NOT_KNOW_POSTGRES =
      noClasses()
          .that()
          .resideInAPackage(SQLITE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(POSTGRES, "org.postgresql..");

  @ArchTest
  static final ArchRule POSTGRES_DOES_NOT_KNOW_SQLITE =
      noClasses()
          .that()
          .resideInAPackage(POSTGRES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SQLITE, "org.sqlite..");

  @ArchTest
  static final ArchRule WHAT_ALL_ROOMS_SHARE_KNOWS_NONE =
      noClasses()
          .that()
          .resideInAPackage("io.seatlock.jdbc")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(QUEUE, STORE, SQLITE, POSTGRES);
}
