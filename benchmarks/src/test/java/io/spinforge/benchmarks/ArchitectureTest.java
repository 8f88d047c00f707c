package io.spinforge.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The rules of the house: who may know whom, and what nobody does. */
class ArchitectureTest {

  /** The rooms without doors between them. */
  private static final List<String> ROOMS = List.of("cache", "balance", "health", "scaling");

  private static final List<String> MODULES =
      List.of("cache", "balance", "health", "scaling", "metrics");

  private static JavaClasses classes;

  @BeforeAll
  static void readTheModules() {
    classes =
        new ClassFileImporter()
            .importPackages(MODULES.stream().map(ArchitectureTest::packageOf).toList());
  }

  @ParameterizedTest
  @FieldSource("ROOMS")
  void roomsImportNeitherEachOtherNorMicrometer(String room) {
    noClasses()
        .that()
        .resideInAPackage(within(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(
                    Stream.of("io.micrometer.."),
                    MODULES.stream().filter(m -> !m.equals(room)).map(ArchitectureTest::within))
                .toArray(String[]::new))
        .check(classes);
  }

  @ParameterizedTest
  @FieldSource("MODULES")
  void noTwoPackagesOfAModuleImportEachOther(String module) {
    slices()
        .assignedFrom(new PackagesOf(packageOf(module)))
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void nothingPrints() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
  }

  @Test
  void noMethodIsSynchronized() {
    methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(classes);
  }

  @ParameterizedTest
  @FieldSource("MODULES")
  void everyPackageIsNullMarked(String module) {
    List<String> packages =
        classes.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> isWithin(name, packageOf(module)))
            .distinct()
            .toList();
    assertThat(packages)
        .contains(packageOf(module))
        .allMatch(name -> classes.getPackage(name).isAnnotatedWith(NullMarked.class));
  }

  @Test
  void rulesBiteWhereTheyAreBroken() {
    JavaClasses broken = new ClassFileImporter().importClasses(Broken.class);
    assertThatThrownBy(() -> NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(broken))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () -> methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(broken))
        .isInstanceOf(AssertionError.class);
  }

  private static String packageOf(String module) {
    return "io.spinforge." + module;
  }

  private static String within(String module) {
    return packageOf(module) + "..";
  }

  private static boolean isWithin(String name, String parent) {
    return name.equals(parent) || name.startsWith(parent + ".");
  }

  /** Each package by itself is a slice, the module's own package too. */
  private record PackagesOf(String module) implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      return isWithin(name, module) ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages of " + module;
    }
  }

  static final class Broken {

    private Broken() {}

    static synchronized void print() {
      System.out.println("printed");
    }
  }
}
