package io.spinforge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the module descriptors say to a host that uses the module path. */
class ModuleDescriptorTest {

  private static final Map<String, ModuleDescriptor> MODULES = new TreeMap<>();

  @BeforeAll
  static void readTheDescriptors() throws IOException {
    ClassLoader loader = ModuleDescriptorTest.class.getClassLoader();
    List<URL> found = Collections.list(loader.getResources("module-info.class"));
    for (URL url : found) {
      try (InputStream in = url.openStream()) {
        ModuleDescriptor module = ModuleDescriptor.read(in);
        if (module.name().startsWith("io.spinforge.")) {
          MODULES.put(module.name(), module);
        }
      }
    }
  }

  @Test
  void thereAreFiveModules() {
    assertThat(MODULES)
        .containsOnlyKeys(
            "io.spinforge.balance",
            "io.spinforge.cache",
            "io.spinforge.health",
            "io.spinforge.metrics",
            "io.spinforge.scaling");
  }

  @ParameterizedTest
  @ValueSource(strings = {"balance", "cache", "health", "scaling"})
  void roomsRequireNeitherEachOtherNorMicrometer(String room) {
    assertThat(module(room).requires())
        .extracting(Requires::name)
        .noneMatch(name -> name.startsWith("io.spinforge.") || name.startsWith("micrometer."));
  }

  @Test
  void metricsWorksWithoutAnyOfTheFour() {
    assertThat(module("metrics").requires())
        .filteredOn(requires -> requires.name().startsWith("io.spinforge."))
        .hasSize(4)
        .allMatch(requires -> requires.modifiers().contains(Requires.Modifier.STATIC));
  }

  @ParameterizedTest
  @ValueSource(strings = {"balance", "cache", "health", "metrics", "scaling"})
  void exportsAreForEveryoneAndWithinTheModule(String room) {
    assertThat(module(room).exports())
        .noneMatch(Exports::isQualified)
        .extracting(Exports::source)
        .contains("io.spinforge." + room)
        .allMatch(name -> (name + ".").startsWith("io.spinforge." + room + "."))
        .noneMatch(name -> (name + ".").contains(".internal."));
  }

  /** A host that lacks a module which is required both ways does not compile. */
  @ParameterizedTest
  @ValueSource(strings = {"balance", "cache", "health", "metrics", "scaling"})
  void whatIsOptionalIsNotPassedOn(String room) {
    assertThat(module(room).requires())
        .filteredOn(requires -> requires.modifiers().contains(Requires.Modifier.STATIC))
        .noneMatch(requires -> requires.modifiers().contains(Requires.Modifier.TRANSITIVE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"balance", "cache", "health", "metrics", "scaling"})
  void nothingIsOpenedToReflection(String room) {
    assertThat(module(room).isOpen()).isFalse();
    assertThat(module(room).opens()).isEmpty();
  }

  private static ModuleDescriptor module(String room) {
    return MODULES.get("io.spinforge." + room);
  }
}
