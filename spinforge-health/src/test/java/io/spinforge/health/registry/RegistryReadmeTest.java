package io.spinforge.health.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The registry's section of the README is true. */
final class RegistryReadmeTest {
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Contract))\\.(\\w+)`");

  private static String section() throws Exception {
    String text = Files.readString(Path.of("README.md"));
    int begin = text.indexOf("## Service registry");
    int end = text.indexOf("\n## ", begin + 1);
    return text.substring(begin, end < 0 ? text.length() : end);
  }

  @Test
  void everyTestThatIsNamedExists() throws Exception {
    Path root = Path.of("src/test/java/io/spinforge/health/registry");
    List<MatchResult> named = TEST.matcher(section()).results().toList();
    assertThat(named).hasSizeGreaterThan(20);
    for (MatchResult test : named) {
      String name = test.group(1) + ".java";
      Path file = root.resolve(name.startsWith("Scripts") ? "redis/" + name : name);
      assertThat(Files.readString(file)).contains("void " + test.group(2) + "(");
    }
  }
}
