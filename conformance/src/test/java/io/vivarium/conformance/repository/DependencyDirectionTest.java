package io.vivarium.conformance.repository;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: kernel, WASM lane, software, facade, command line. */
final class DependencyDirectionTest {
  private static final JavaClasses VIVARIUM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.vivarium");

  private static final DescribedPredicate<JavaClass> JDK_AND_ANNOTATIONS =
      resideInAnyPackage("java..", "javax..", "jdk..", "org.jspecify.annotations..", "org.slf4j..");
  private static final DescribedPredicate<JavaClass> KERNEL =
      resideInAPackage("io.vivarium.kernel..");
  private static final DescribedPredicate<JavaClass> WASM = resideInAPackage("io.vivarium.wasm..");
  private static final DescribedPredicate<JavaClass> SOFTWARE =
      resideInAPackage("io.vivarium.software..");
  private static final DescribedPredicate<JavaClass> COMMAND_LINE =
      resideInAPackage("io.vivarium.cli..");
  private static final DescribedPredicate<JavaClass> TOOLS =
      resideInAnyPackage("io.vivarium.bench..", "io.vivarium.conformance..");
  private static final DescribedPredicate<JavaClass> FACADE =
      resideInAPackage("io.vivarium..")
          .and(DescribedPredicate.not(KERNEL.or(WASM).or(SOFTWARE).or(COMMAND_LINE).or(TOOLS)))
          .as("the facade");

  @Test
  void kernel_knows_no_engine_and_no_lane() {
    classes()
        .that(KERNEL)
        .should()
        .onlyDependOnClassesThat(JDK_AND_ANNOTATIONS.or(KERNEL))
        .check(VIVARIUM);
  }

  @Test
  void subsystems_of_the_kernel_have_an_order() {
    slices()
        .matching("io.vivarium.kernel.(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(VIVARIUM);
  }

  @Test
  void wasm_lane_knows_the_kernel_and_the_engine() {
    classes()
        .that(WASM)
        .should()
        .onlyDependOnClassesThat(
            JDK_AND_ANNOTATIONS
                .or(KERNEL)
                .or(WASM)
                .or(resideInAPackage("run.endive.."))
                .or(resideInAPackage("org.objectweb.asm..")))
        .check(VIVARIUM);
  }

  @Test
  void software_knows_kernel_and_wasm_lane_but_not_the_engine() {
    classes()
        .that(SOFTWARE)
        .should()
        .onlyDependOnClassesThat(
            JDK_AND_ANNOTATIONS
                .or(KERNEL)
                .or(WASM)
                .or(SOFTWARE)
                .or(resideInAPackage("org.apache.commons.compress..")))
        .check(VIVARIUM);
  }

  @Test
  void facade_knows_neither_the_command_line_nor_the_engine() {
    classes()
        .that(FACADE)
        .should()
        .onlyDependOnClassesThat(JDK_AND_ANNOTATIONS.or(KERNEL).or(WASM).or(SOFTWARE).or(FACADE))
        .check(VIVARIUM);
  }

  @Test
  void command_line_knows_only_the_facade() {
    classes()
        .that(COMMAND_LINE)
        .should()
        .onlyDependOnClassesThat(
            JDK_AND_ANNOTATIONS
                .or(FACADE)
                .or(COMMAND_LINE)
                .or(
                    resideInAnyPackage(
                        "sun.misc..",
                        "org.apache.commons.cli..",
                        "tools.jackson.core..",
                        "org.snakeyaml.engine..")))
        .check(VIVARIUM);
  }
}
