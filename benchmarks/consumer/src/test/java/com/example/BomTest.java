package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What a host gets that imports the BOM, and what it does not get. */
class BomTest {

  private static final Set<String> MODULES =
      Set.of(
          "spinforge-cache",
          "spinforge-balance",
          "spinforge-health",
          "spinforge-scaling",
          "spinforge-metrics");

  private static final File OURS = new File("pom.xml");
  private static final File BOM = new File("../../spinforge-bom/pom.xml");

  @Test
  void fiveModulesComeWithoutVersions() throws Exception {
    TreeMap<String, String> asked = dependencies(OURS, "io.spinforge");
    asked.remove("spinforge-bom"); // The import, which says the one version.
    assertEquals(MODULES, asked.keySet());
    assertEquals(Set.of(""), Set.copyOf(asked.values()), "versions in our pom");

    String version = text(read(BOM).getDocumentElement(), "version");
    TreeSet<String> found = new TreeSet<>();
    for (URL url : resources("module-info.class")) {
      String module = moduleName(url);
      if (module.startsWith("io.spinforge.")) {
        found.add(module.substring("io.".length()).replace('.', '-'));
        // A build that stops before it makes jars has folders of classes instead.
        String at = url.toString();
        assertTrue(at.contains("-" + version + ".jar!") || at.contains("/target/classes/"), at);
      }
    }
    assertEquals(MODULES, found);
  }

  @Test
  void slf4j2WinsOverTheOneThatLettuceAsksFor() throws Exception {
    assertEquals("lettuce-core", firstDependency(), "declared first, so its slf4j is nearest");
    // The provider mechanism is new in 2.x; 1.7 has no such class.
    Class.forName("org.slf4j.spi.SLF4JServiceProvider");
    List<URL> found = resources("org/slf4j/LoggerFactory.class");
    assertEquals(1, found.size(), () -> "one slf4j-api on the class path: " + found);
    String url = LoggerFactory.class.getResource("LoggerFactory.class").toString();
    String version = dependencies(BOM, "org.slf4j").get("slf4j-api");
    assertTrue(version.startsWith("2."), version);
    assertTrue(url.contains("slf4j-api-" + version + ".jar"), url);
  }

  @Test
  void bomManagesTheFiveModulesAndSlf4jAndNothingElse() throws Exception {
    Document bom = read(BOM);
    assertEquals(MODULES, dependencies(BOM, "io.spinforge").keySet());
    assertEquals(Set.of("slf4j-api"), dependencies(BOM, "org.slf4j").keySet());
    assertEquals(
        MODULES.size() + 1, bom.getElementsByTagName("dependency").getLength(), "lines in all");
    Set<String> versions = new TreeSet<>(dependencies(BOM, "io.spinforge").values());
    assertEquals(Set.of("${project.version}"), versions, "one version for the five");
    for (String surprise : List.of("parent", "scope", "repositories", "build", "profiles")) {
      assertEquals(0, bom.getElementsByTagName(surprise).getLength(), surprise);
    }
  }

  /** The artifacts of a group in a pom, managed or used, each with its version or "". */
  private static TreeMap<String, String> dependencies(File pom, String group) throws Exception {
    TreeMap<String, String> found = new TreeMap<>();
    for (Element dependency : elements(read(pom), "dependency")) {
      if (text(dependency, "groupId").equals(group)) {
        found.put(text(dependency, "artifactId"), text(dependency, "version"));
      }
    }
    return found;
  }

  private static String firstDependency() throws Exception {
    for (Element dependency : elements(read(OURS), "dependency")) {
      if (!text(dependency, "scope").equals("import")) {
        return text(dependency, "artifactId");
      }
    }
    return "";
  }

  private static Document read(File pom) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(pom);
  }

  private static List<Element> elements(Document document, String name) {
    NodeList nodes = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  /** The text of a child, or "" if there is none. */
  private static String text(Element parent, String child) {
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i).getNodeName().equals(child)) {
        return nodes.item(i).getTextContent().strip();
      }
    }
    return "";
  }

  private static List<URL> resources(String name) throws IOException {
    return Collections.list(BomTest.class.getClassLoader().getResources(name));
  }

  private static String moduleName(URL descriptor) throws IOException {
    try (InputStream in = descriptor.openStream()) {
      return ModuleDescriptor.read(in).name();
    }
  }
}
