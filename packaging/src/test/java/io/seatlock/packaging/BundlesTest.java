package io.seatlock.packaging;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

/** Each library is an OSGi bundle that says the same as its module descriptor, and starts. */
class BundlesTest {
  private static final List<Path> CLASS_PATH =
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(Path::of)
          .toList();

  /** All libraries, by the names of their modules. */
  private static final Map<String, ModuleReference> LIBRARIES =
      CLASS_PATH.stream()
          .filter(path -> path.toString().contains("seatlock-"))
          .flatMap(path -> ModuleFinder.of(path).findAll().stream())
          .filter(module -> !module.descriptor().isAutomatic())
          .collect(toMap(module -> module.descriptor().name(), module -> module));

  /*
   * slf4j-api, which Java-WebSocket needs, asks for a mediator of java.util.ServiceLoader and for a provider. A real
   * framework has Aries SPI Fly and a logging library; here the framework says that it has both.
   */
  private static final String STAND_INS =
      "osgi.extender;osgi.extender=osgi.serviceloader.processor;version:Version=1.0,"
          + "osgi.serviceloader;osgi.serviceloader=org.slf4j.spi.SLF4JServiceProvider";

  @TempDir private Path cache;
  private Framework framework;
  private BundleContext context;

  @BeforeEach
  void startFramework() throws BundleException {
    Map<String, String> configuration = new HashMap<>();
    configuration.put(Constants.FRAMEWORK_STORAGE, cache.toString());
    configuration.put(Constants.FRAMEWORK_SYSTEMCAPABILITIES_EXTRA, STAND_INS);
    framework = new FrameworkFactory().newFramework(configuration);
    framework.start();
    context = framework.getBundleContext();
  }

  @AfterEach
  void stopFramework() throws BundleException, InterruptedException {
    framework.stop();
    framework.waitForStop(10_000);
  }

  static Set<String> libraries() {
    return LIBRARIES.keySet();
  }

  @Test
  void libraries_areThoseOfTheseChecks() {
    assertThat(libraries())
        .containsExactlyInAnyOrder(
            "io.seatlock.client",
            "io.seatlock.client.testkit",
            "io.seatlock.core",
            "io.seatlock.jdbc",
            "io.seatlock.protocol",
            "io.seatlock.testkit");
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void headers_sayWhatTheModuleDescriptorSays(String library) throws Exception {
    Bundle bundle = install(library);

    assertThat(bundle.getSymbolicName()).isEqualTo(library);
    assertThat(bundle.getVersion()).isGreaterThan(Version.emptyVersion);
    assertThat(exports(bundle).map(e -> e.getAttributes().get("osgi.wiring.package")).toList())
        .containsExactlyInAnyOrderElementsOf(exportedByModule(library));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void exports_haveTheVersionOfTheBundle(String library) throws Exception {
    Bundle bundle = install(library);

    Version version = bundle.getVersion();
    assertThat(exports(bundle).map(export -> export.getAttributes().get("version")))
        .containsOnly(new Version(version.getMajor(), version.getMinor(), version.getMicro()));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void headers_tellNeitherWhenNorByWhomTheyWereMade(String library) throws IOException {
    Attributes headers = manifest(LIBRARIES.get(library)).getMainAttributes();

    assertThat(headers.keySet())
        .extracting(Object::toString)
        .contains("Bundle-SymbolicName", "Bundle-License")
        .doesNotContain("Bnd-LastModified", "Built-By", "Tool");
  }

  @Test
  void core_startsAlone() throws Exception {
    assertThat(start("io.seatlock.core").loadClass("io.seatlock.core.SeatLock").getMethods())
        .isNotEmpty();
  }

  @Test
  void jdbc_startsWithoutAnyDriver() throws Exception {
    install("io.seatlock.core");

    assertThat(start("io.seatlock.jdbc").getState()).isEqualTo(Bundle.ACTIVE);
  }

  @Test
  void client_startsWithItsLibraries() throws Exception {
    install("io.seatlock.core");
    install("io.seatlock.protocol");
    installJar("gson-");
    installJar("Java-WebSocket-");
    installJar("slf4j-api-");

    Bundle client = start("io.seatlock.client");

    assertThat(client.loadClass("io.seatlock.client.SeatLockClient").getMethods()).isNotEmpty();
  }

  @Test
  void client_ofAnotherMinorVersion_isNotBoundToThisCore() throws Exception {
    Bundle client = install("io.seatlock.client");

    assertThat(client.getHeaders().get(Constants.IMPORT_PACKAGE))
        .contains("io.seatlock.core;version=\"[0.1,0.2)\"");
  }

  private Bundle start(String library) throws Exception {
    Bundle bundle = install(library);
    bundle.start();
    return bundle;
  }

  private Bundle install(String library) throws Exception {
    return install(Path.of(LIBRARIES.get(library).location().orElseThrow()));
  }

  private Bundle installJar(String prefix) throws Exception {
    return install(
        CLASS_PATH.stream()
            .filter(path -> path.getFileName().toString().startsWith(prefix))
            .findFirst()
            .orElseThrow());
  }

  /**
   * Installs a jar, or the directory of classes that is on the class path before there is a jar.
   */
  private Bundle install(Path path) throws Exception {
    return context.installBundle("reference:" + path.toUri());
  }

  private static Stream<BundleCapability> exports(Bundle bundle) {
    return bundle
        .adapt(BundleRevision.class)
        .getDeclaredCapabilities("osgi.wiring.package")
        .stream();
  }

  private static Set<String> exportedByModule(String library) {
    return LIBRARIES.get(library).descriptor().exports().stream()
        .filter(export -> !export.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(toSet());
  }

  private static Manifest manifest(ModuleReference module) throws IOException {
    try (var reader = module.open();
        var in = reader.open("META-INF/MANIFEST.MF").orElseThrow()) {
      return new Manifest(in);
    }
  }
}
